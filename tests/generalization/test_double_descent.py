"""The closed form against fits, and at the places where it is known without it."""

from __future__ import annotations

import math

import pytest
import torch

from d2l_utils.generalization import min_norm_risk


def fits(n: int, p: int, signal: float, noise: float, count: int) -> torch.Tensor:
    """Errors of `count` solutions of minimum norm."""
    generator = torch.Generator().manual_seed(n + p)

    def randn(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    w = torch.zeros(p, 1, dtype=torch.float64)
    w[0] = signal**0.5
    X = randn(count, n, p)
    y = X @ w + noise**0.5 * randn(count, n, 1)
    return (torch.linalg.pinv(X) @ y - w).square().sum((1, 2)) + noise


@pytest.mark.parametrize(("n", "p"), [(20, 3), (20, 13), (8, 17), (8, 40)])
@pytest.mark.parametrize(("signal", "noise"), [(1.0, 0.5), (4.0, 0.1), (2.0, 0.0)])
def test_it_is_the_mean_error_of_fits(n: int, p: int, signal: float, noise: float) -> None:
    errors = fits(n, p, signal, noise, 1500)
    standard_error = float(errors.std()) / math.sqrt(len(errors))
    expected = min_norm_risk(n, p, signal, noise)
    assert abs(float(errors.mean()) - expected) <= 3.5 * standard_error + 1e-12


@pytest.mark.parametrize("p", [9, 10, 11])
def test_at_the_peak_it_is_infinite_unless_there_is_no_noise(p: int) -> None:
    assert min_norm_risk(10, p, 1.0, 0.1) == math.inf
    assert min_norm_risk(10, p, 1.0, 0.0) == pytest.approx(max(0.0, 1 - 10 / p))


def test_it_goes_on_to_what_predicting_zero_costs() -> None:
    assert min_norm_risk(10, 10**9, 2.0, 0.5) == pytest.approx(2.5)
    assert min_norm_risk(10**9, 10, 2.0, 0.5) == pytest.approx(0.5)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match=r"p: expected .*, got 0"):
        min_norm_risk(3, 0, 1.0, 1.0)
    with pytest.raises(ValueError, match=r"noise: expected .*, got -1"):
        min_norm_risk(3, 1, 1.0, -1.0)
