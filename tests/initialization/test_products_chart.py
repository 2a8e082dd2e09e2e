"""The chart of products: what it shows is what the matrices do."""

from __future__ import annotations

import pytest

from d2l_utils.initialization import condition_numbers, explore_products
from d2l_utils.initialization.products_chart import DEPTH, KINDS, _rows


def test_orthogonal_products_stay_round_and_gaussian_ones_do_not() -> None:
    gaussian, orthogonal = condition_numbers()
    assert len(gaussian) == len(orthogonal) == DEPTH + 1
    assert gaussian[0] == 1
    assert gaussian[-1] > 10
    assert orthogonal == pytest.approx([1] * (DEPTH + 1))


def test_each_panel_has_each_depth_and_outlines_reach_size_one() -> None:
    chart = explore_products().to_dict()
    assert chart == explore_products().to_dict()
    rows = _rows()
    assert repr(rows[-1]["x"]) in repr(chart)
    for kind in KINDS:
        for k in range(DEPTH + 1):
            outline = [row for row in rows if (row["kind"], row["k"]) == (kind, k)]
            sizes = [(row["x"] ** 2 + row["y"] ** 2) ** 0.5 for row in outline]
            assert 0.99 < max(sizes) < 1.01
