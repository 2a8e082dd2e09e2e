"""The chart of filling in: its points have the law's moments, and its words are theirs."""

from __future__ import annotations

import pytest
import torch

from d2l_utils.houses.missing_chart import (
    _KEYS,
    CORRELATION,
    NUM_POINTS,
    SHARES,
    WAYS,
    _point_rows,
    _points,
    _setting_rows,
    explore_missing,
    filled_points,
)


def test_points_have_the_moments_that_the_law_assumes() -> None:
    x, y, _ = _points()
    assert float(x.mean()) == pytest.approx(0, abs=1e-12)
    assert float(y.var(correction=0)) == pytest.approx(1)
    assert float((x * y).mean()) == pytest.approx(CORRELATION)


def test_rows_lose_the_share_that_is_chosen_and_the_right_points() -> None:
    rows = _point_rows()
    for way, key in _KEYS.items():
        for share in SHARES:
            gone = [row for row in rows if row[key] < share]
            assert len(gone) == round(share * NUM_POINTS)
            if gone and way != "by chance":
                name = way[-1]
                kept = [row[name] for row in rows if row[key] >= share]
                assert min(row[name] for row in gone) >= max(kept)


def test_slope_stays_unless_y_decides() -> None:
    for way in WAYS:
        slope = filled_points(0.5, way)[1].slope
        assert (slope == pytest.approx(CORRELATION)) == (way != "the largest y")
    assert filled_points(0.5, "the largest y")[0].slope < 0.5


def test_sample_is_near_the_law() -> None:
    for row in _setting_rows():
        if row["twentieths"] <= 10:
            for name in ("slope", "corr", "var"):
                assert row[name] == pytest.approx(row[f"{name}_law"], abs=0.15)


def test_chart_repeats_and_holds_the_rows() -> None:
    chart = explore_missing().to_dict()
    assert chart == explore_missing().to_dict()
    assert repr(_point_rows()[-1]["x"]) in repr(chart)
    assert torch.get_default_dtype() == torch.float32


def test_a_way_that_is_not_offered_is_refused() -> None:
    with pytest.raises(ValueError, match=r"way: expected one of by chance, .*, got 'never'"):
        filled_points(0.5, "never")
