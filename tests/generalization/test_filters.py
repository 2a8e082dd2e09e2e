"""Both factors against the algorithms whose result they state."""

from __future__ import annotations

import pytest
import torch

from d2l_utils.generalization import gd_filter, ridge_filter


def design() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    X = torch.randn(7, 4, generator=generator, dtype=torch.float64)
    return X, torch.randn(7, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("share", [0.3, 1.0, 1.7])
def test_descent_has_learnt_what_the_filter_says(share: float) -> None:
    X, y = design()
    U, s, Vh = torch.linalg.svd(X, full_matrices=False)
    eta = share / float(s.max()) ** 2
    w = torch.zeros(4, dtype=torch.float64)
    for t in range(30):
        expected = Vh.T @ (gd_filter(s, eta, t) * (U.T @ y) / s)
        assert torch.allclose(w, expected, rtol=1e-12, atol=1e-12), t
        w = w - eta * X.T @ (X @ w - y)


@pytest.mark.parametrize("lam", [0.0, 0.1, 5.0])
def test_ridge_keeps_what_the_filter_says(lam: float) -> None:
    X, y = design()
    U, s, Vh = torch.linalg.svd(X, full_matrices=False)
    solution = torch.linalg.solve(X.T @ X + lam * torch.eye(4, dtype=torch.float64), X.T @ y)
    expected = Vh.T @ (ridge_filter(s, lam) * (U.T @ y) / s)
    assert torch.allclose(solution, expected, rtol=1e-12, atol=1e-12)


def test_small_factors_keep_their_digits() -> None:
    s = torch.tensor([1e-9, 0.0, 1.0], dtype=torch.float64)
    assert gd_filter(s, 1.0, 10).tolist() == pytest.approx([1e-17, 0.0, 1.0], rel=1e-12, abs=0)
    assert ridge_filter(s, 1.0).tolist() == pytest.approx([1e-18, 0.0, 0.5], rel=1e-12, abs=0)
    assert ridge_filter(s, 0.0).tolist() == [1.0, 0.0, 1.0]
    assert gd_filter(s, 1.0, 0).tolist() == [0.0, 0.0, 0.0]


def test_what_diverges_or_is_no_singular_value_is_refused() -> None:
    s = torch.tensor([2.0, 1.0], dtype=torch.float64)
    with pytest.raises(ValueError, match=r"eta: expected at most 2 / max\(s\)² .*, got 0\.6"):
        gd_filter(s, 0.6, 3)
    assert gd_filter(s, 0.5, 3).tolist() == pytest.approx([2.0, 0.875])  # eta s² = 2: it swings
    with pytest.raises(ValueError, match="s: expected finite numbers of at least 0, got -2"):
        ridge_filter(-s, 1.0)
    with pytest.raises(ValueError, match="s: expected at least one singular value, got none"):
        ridge_filter(s[:0], 1.0)
    with pytest.raises(TypeError, match=r"s: expected a floating-point dtype, got torch\.int64"):
        gd_filter(s.long(), 0.1, 3)
    with pytest.raises(ValueError, match=r"t: expected .*, got -1"):
        gd_filter(s, 0.1, -1)
