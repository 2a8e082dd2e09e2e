"""The picture of two units: correlated by shared masks, uncorrelated by masks of their own."""

from __future__ import annotations

import pytest

from d2l_utils.dropout import explore_pairs, unit_correlations
from d2l_utils.dropout.pairs_chart import CHOICES, KINDS, _points, _rows, said


@pytest.mark.parametrize("s", [-1.0, -0.25, 0.0, 0.6, 1.0])
def test_dropout_correlates_by_the_cosine_and_drop_connect_not_at_all(s: float) -> None:
    assert unit_correlations(s) == pytest.approx((s, 0.0), abs=1e-12)


def test_each_unit_alone_has_the_same_law_under_both() -> None:
    shared, own = _points(0.5)
    for unit in (0, 1):
        expected = sorted(round(x, 9) for x in shared[:, unit].tolist() for _ in range(8))
        assert sorted(round(x, 9) for x in own[:, unit].tolist()) == expected


def test_each_setting_has_every_mask_and_words() -> None:
    chart = explore_pairs().to_dict()
    assert chart == explore_pairs().to_dict()
    rows = _rows()
    assert repr(rows[0]["x"]) in repr(chart)
    for s in CHOICES:
        for kind, masks in zip(KINDS, (8, 64), strict=True):
            here = [row for row in rows if (row["s"], row["kind"]) == (s, kind)]
            assert len(here) == masks + 1
            assert here[-1]["says"] == said(s if kind == "dropout" else 0.0)
            assert all(-4 < row[axis] < 6 for row in here[:-1] for axis in "xy")


def test_words_have_no_negative_zero() -> None:
    assert said(-1e-17) == "correlation 0.00"


def test_impossible_similarities_are_refused() -> None:
    with pytest.raises(ValueError, match=r"similarity: expected .*, got 1\.5"):
        unit_correlations(1.5)
