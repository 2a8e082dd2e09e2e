"""The roofline: its two limits, its corner, and the chart that shows it."""

from __future__ import annotations

import pytest
import torch

from d2l_utils import costs
from d2l_utils.costs import rooflines as module


def test_intensity_is_flops_over_bytes_of_real_tensors() -> None:
    A, B = torch.empty(3, 5), torch.empty(5, 7)
    num_bytes = sum(M.nbytes for M in (A, B, A @ B))
    expected = costs.flops(lambda: A @ B) / num_bytes
    assert costs.product_intensity(3, 5, 7) == pytest.approx(expected)
    assert costs.product_intensity(3, 5, 7, torch.float64) == pytest.approx(expected / 2)


def test_products_below_the_corner_are_bound_by_memory() -> None:
    for peak, bandwidth in ((100, 20), (2000, 5), (20, 500)):
        for each in costs.roofline(peak, bandwidth):
            assert each.speed == min(peak, each.intensity * bandwidth)
            assert (each.bound == "memory") is (each.speed < peak)
    assert {each.bound for each in costs.roofline()} == {"memory", "arithmetic"}


def test_faster_arithmetic_leaves_one_example_as_slow_as_it_was() -> None:
    assert costs.roofline(1000, 20)[0].speed == costs.roofline(100, 20)[0].speed


def test_chart_holds_the_products() -> None:
    chart = costs.explore_roofline().to_dict()
    assert chart == costs.explore_roofline().to_dict()
    assert [row["batch"] for row in module._rows()] == [each.batch for each in costs.roofline()]
    assert f"of {len(module.BATCHES)} batch sizes" in repr(chart)


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="peak: expected"):
        costs.roofline(peak=0.0)
    with pytest.raises(ValueError, match="m: expected at least 1, got 0"):
        costs.product_intensity(0, 1, 1)
