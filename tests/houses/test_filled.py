"""What filling in does: the law against a large sample, and a sample against arithmetic."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from d2l_utils.houses.filled import Gone, filled_law, filled_sample

NAMES = ("mean", "variance", "correlation", "slope", "intercept")


def normal(n: int, rho: float) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    x, e = torch.randn(2, n, generator=generator, dtype=torch.float64)
    return x, rho * x + (1 - rho**2) ** 0.5 * e


@pytest.mark.parametrize("gone", ["chance", "x", "y"])
@pytest.mark.parametrize(("share", "rho"), [(0.3, 0.6), (0.7, -0.5)])
def test_law_is_that_of_a_large_sample(gone: Gone, share: float, rho: float) -> None:
    x, y = normal(200_000, rho)
    key = {
        "chance": torch.rand(200_000, generator=torch.Generator().manual_seed(1)),
        "x": x,
        "y": y,
    }
    missing = key[gone].double() > key[gone].double().quantile(1 - share)
    found, law = filled_sample(x, y, missing), filled_law(share, gone, rho)
    for name in NAMES:
        assert getattr(found, name) == pytest.approx(getattr(law, name), abs=0.015), name


def test_law_without_missing_values_is_the_distribution() -> None:
    for gone in ("chance", "x", "y"):
        law = filled_law(0, gone, 0.25)
        assert [getattr(law, name) for name in NAMES] == [0, 1, 0.25, 0.25, 0]


def test_a_sample_by_hand() -> None:
    x = torch.tensor([1.0, 3.0, torch.nan, torch.nan])
    y = torch.tensor([0.0, 4.0, 6.0, 2.0])
    found = filled_sample(x, y, x.isnan())
    # The column is 1, 3, 2, 2, and y has mean 3.
    assert found.mean == 2
    assert found.variance == 0.5
    assert found.slope == pytest.approx(2)
    assert found.intercept == pytest.approx(-1)
    assert found.correlation == pytest.approx(1 / (0.5 * 5) ** 0.5)


def test_slope_is_that_of_the_rows_that_are_complete() -> None:
    x, y = normal(50, 0.8)
    missing = y > 0.4
    kept = torch.stack([x, y])[:, ~missing]
    slope = torch.cov(kept)[0, 1] / torch.cov(kept)[0, 0]
    assert filled_sample(x, y, missing).slope == pytest.approx(float(slope))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"y": torch.ones(3)}, r"y: expected shape \(4,\), got \(3,\)"),
        ({"missing": torch.zeros(4)}, r"missing: expected bool, got torch\.float32"),
        ({"missing": torch.tensor([True] * 3 + [False])}, "missing: expected two different x"),
        ({"y": torch.ones(4)}, "y: expected two different numbers, got fewer"),
        ({"x": torch.ones(2, 2)}, r"x: expected one axis, got shape \(2, 2\)"),
    ],
)
def test_columns_that_do_not_fit_are_refused(change: dict[str, Any], words: str) -> None:
    good = {
        "x": torch.arange(4.0),
        "y": torch.arange(4.0) ** 2,
        "missing": torch.tensor([True, False, False, False]),
    }
    filled_sample(**good)
    with pytest.raises(ValueError, match=words):
        filled_sample(**(good | change))


def test_numbers_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"share: expected .*, got 1\.0"):
        filled_law(1.0, "x", 0.5)
    with pytest.raises(ValueError, match=r"correlation: expected .*, got 1\.5"):
        filled_law(0.5, "x", 1.5)
