"""The probability of a unit that is off for every example, by other routes."""

import math

import pytest
import torch
from scipy.stats import multivariate_normal

from d2l_utils.initialization import dead_probability


def cosines_of(X: torch.Tensor) -> torch.Tensor:
    U = X / X.norm(dim=1, keepdim=True)
    return U @ U.T


def alike(n: int, rho: float) -> torch.Tensor:
    C = torch.full((n, n), rho, dtype=torch.float64)
    return C.fill_diagonal_(1.0)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_up_to_three_examples_as_a_share_of_random_weights(n: int, seed: int) -> None:
    gen = torch.Generator().manual_seed(10 * n + seed)
    X = torch.randn(n, 5, generator=gen, dtype=torch.float64)
    W = torch.randn(5, 100_000, generator=gen, dtype=torch.float64)
    share = float((X @ W <= 0).all(0).double().mean())
    assert dead_probability(cosines_of(X)) == pytest.approx(share, abs=0.008)


@pytest.mark.parametrize("n", [2, 3])
def test_up_to_three_examples_as_a_normal_integral(n: int) -> None:
    gen = torch.Generator().manual_seed(n)
    C = cosines_of(torch.randn(n, 6, generator=gen, dtype=torch.float64))
    integral = multivariate_normal.cdf([0.0] * n, cov=C.numpy())
    assert dead_probability(C) == pytest.approx(integral, abs=1e-5)


@pytest.mark.parametrize("n", [4, 9, 100, 10_000])
def test_half_a_cosine_gives_one_in_n_plus_one(n: int) -> None:
    from d2l_utils.initialization.dead import _alike

    assert _alike(n, 0.5) == pytest.approx(1 / (n + 1), rel=1e-9)


def test_both_formulas_agree_on_three() -> None:
    from d2l_utils.initialization.dead import _alike

    for rho in (0.0, 0.3, 0.9):
        assert dead_probability(alike(3, rho)) == pytest.approx(_alike(3, rho), rel=1e-9)


def test_right_angles_are_independent_and_one_direction_counts_once() -> None:
    assert dead_probability(alike(6, 0.0)) == pytest.approx(2**-6)
    assert dead_probability(alike(6, 1.0)) == 0.5
    opposite = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    assert dead_probability(opposite) == 0


def test_what_has_no_formula_is_refused() -> None:
    C = alike(4, 0.2)
    C[0, 1] = C[1, 0] = 0.3
    with pytest.raises(ValueError, match=r"got 4 examples with cosines from 0\.2 to 0\.3"):
        dead_probability(C)
    with pytest.raises(ValueError, match="at least 0, got 4 examples"):
        dead_probability(alike(4, -0.1))


@pytest.mark.parametrize(
    ("C", "words"),
    [
        (torch.ones(2, 3), r"expected shape \(n, n\), got \(2, 3\)"),
        (torch.tensor([[1.0, math.nan], [math.nan, 1.0]]), "expected finite numbers"),
        (torch.tensor([[1.0, 0.2], [0.3, 1.0]]), "symmetric matrix with 1 on the diagonal"),
        (torch.tensor([[1.0, 2.0], [2.0, 1.0]]), "negative eigenvalue"),
    ],
)
def test_matrices_that_are_no_cosines_are_refused(C: torch.Tensor, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        dead_probability(C)
