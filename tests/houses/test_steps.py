"""The step limit: exact on matrices whose spectrum is known, and where descent turns round."""

from __future__ import annotations

import pytest
import torch

from d2l_utils.houses.steps import step_limit


def matrix(values: list[float], n: int = 9) -> torch.Tensor:
    """A matrix of n rows with these singular values."""
    generator = torch.Generator().manual_seed(1)
    d = len(values)
    U = torch.linalg.qr(torch.randn(n, d, generator=generator, dtype=torch.float64))[0]
    V = torch.linalg.qr(torch.randn(d, d, generator=generator, dtype=torch.float64))[0]
    return (U * torch.tensor(values, dtype=torch.float64)) @ V.T


def test_ends_of_a_known_spectrum() -> None:
    found = step_limit(matrix([6.0, 3.0, 0.5]))
    assert found.largest == pytest.approx(2 / 9 * 36)
    assert found.smallest == pytest.approx(2 / 9 * 0.25)
    assert found.limit == pytest.approx(9 / 36)
    assert found.condition == pytest.approx(144)
    assert found.rank == 3


def test_columns_that_depend_on_others_are_left_out() -> None:
    Z = matrix([6.0, 3.0, 0.5])
    dependent = torch.cat([Z, Z[:, :1] + Z[:, 1:2], torch.zeros(9, 1)], dim=1)
    found = step_limit(dependent)
    assert found.rank == 3
    assert found.smallest > 0.05


def test_descent_shrinks_below_and_grows_above() -> None:
    Z = matrix([6.0, 3.0, 0.5])
    limit = step_limit(Z).limit
    for share, grows in ((0.98, False), (1.02, True)):
        w = torch.ones(3, dtype=torch.float64)
        for _ in range(300):
            w = w - share * limit * 2 / 9 * Z.T @ (Z @ w)
        assert (float(((Z @ w) ** 2).mean()) > float(((Z.sum(1)) ** 2).mean())) == grows


def test_float32_is_taken_and_autograd_left_alone() -> None:
    Z = matrix([2.0, 1.0]).float().requires_grad_()
    assert step_limit(Z).largest == pytest.approx(8 / 9, rel=1e-5)


@pytest.mark.parametrize(
    ("Z", "words"),
    [
        (torch.ones(3), r"Z: expected a matrix .*, got shape \(3,\)"),
        (torch.ones(0, 2), r"Z: expected a matrix .*, got shape \(0, 2\)"),
        (torch.zeros(3, 2), "Z: expected a number other than 0, got only zeros"),
        (torch.full((2, 2), torch.nan), "Z: expected finite numbers, got others"),
        (torch.full((2, 2), 1e200, dtype=torch.float64), "squares float64 holds, got .* 2e[+]200"),
        (torch.full((2, 2), 1e-200, dtype=torch.float64), "squares float64 holds, got .* 2e-200"),
    ],
)
def test_matrices_without_a_limit_are_refused(Z: torch.Tensor, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        step_limit(Z)
