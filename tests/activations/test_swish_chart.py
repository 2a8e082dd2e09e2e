"""Swish's special points: formulas against a grid."""

from __future__ import annotations

import pytest
import torch

from d2l_utils.activations import explore_swish, swish_points


@pytest.mark.parametrize("beta", [0.5, 1.0, 3.0])
def test_points_are_where_a_grid_finds_them(beta: float) -> None:
    x = torch.arange(-100_000, 100_001, dtype=torch.float64) / 10_000
    s = torch.sigmoid(beta * x)
    curves = {
        "minimum of f": -x * s,
        "largest slope": s + beta * x * s * (1 - s),
        "largest ∂f/∂β": (x**2 * s * (1 - s)).where(x > 0, 0),
    }
    for name, (place, value) in swish_points(beta).items():
        best = curves[name].max().item()
        assert abs(best) == pytest.approx(abs(value), rel=1e-7)
        assert x[curves[name].argmax()].item() == pytest.approx(place, abs=1e-4)


@pytest.mark.parametrize("beta", [0.0, -1.0])
def test_beta_has_limits(beta: float) -> None:
    with pytest.raises(ValueError, match=r"beta: expected at least 0\.001"):
        swish_points(beta)


def test_chart_is_the_same_every_time() -> None:
    assert explore_swish().to_dict() == explore_swish().to_dict()
