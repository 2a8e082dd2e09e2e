"""Bounds for singular values of products: they hold, they are attained, they can fail."""

import pytest
import torch
from torch import Tensor

from d2l_utils.initialization import Bound, singular_bounds


@pytest.mark.parametrize(("m", "k", "n"), [(3, 3, 3), (5, 3, 4), (2, 4, 3), (3, 4, 6), (4, 1, 2)])
def test_every_bound_holds_for_random_factors(m: int, k: int, n: int) -> None:
    gen = torch.Generator().manual_seed(m + 10 * k + 100 * n)
    for _ in range(20):
        A, B = (torch.randn(s, generator=gen, dtype=torch.float64) for s in ((m, k), (k, n)))
        for name, bound in singular_bounds(A, B).items():
            assert bound.holds(), name


def test_every_bound_holds_for_factors_without_full_rank() -> None:
    gen = torch.Generator().manual_seed(0)
    for m, k, n in [(2, 2, 4), (4, 3, 4), (4, 4, 4), (1, 3, 2)] * 50:
        A, B = (torch.randint(-1, 2, s, generator=gen).double() for s in ((m, k), (k, n)))
        for name, bound in singular_bounds(A, B).items():
            assert bound.holds(), (name, A, B)


def test_diagonal_factors_attain_the_upper_or_the_lower_bounds() -> None:
    A = torch.diag(torch.tensor([6.0, 2.0]))
    aligned = singular_bounds(A, A)
    assert (aligned["largest"].value, aligned["largest"].high) == (36, 36)
    assert (aligned["condition"].value, aligned["condition"].high) == (9, 9)
    crossed = singular_bounds(A, A.flip(0, 1))
    assert (crossed["largest"].value, crossed["largest"].low) == (12, 12)
    assert (crossed["condition"].value, crossed["condition"].low) == (1, 1)


def test_the_product_of_all_singular_values_is_the_determinant() -> None:
    gen = torch.Generator().manual_seed(3)
    A, B = torch.randn(2, 4, 4, generator=gen, dtype=torch.float64)
    last = singular_bounds(A, B)["first 4"]
    assert last.value == pytest.approx(abs(float(torch.linalg.det(A @ B))))
    assert last.low == last.high == pytest.approx(last.value)


def test_a_singular_factor_has_no_condition_number() -> None:
    assert "condition" not in singular_bounds(torch.diag(torch.tensor([1.0, 0.0])), torch.eye(2))


@pytest.mark.parametrize("value", [0.9, 3.1])
def test_a_value_outside_does_not_hold(value: float) -> None:
    assert not Bound(1, value, 3).holds()
    assert not Bound(1, value, 3, noise=0.01).holds()


@pytest.mark.parametrize(
    ("A", "B", "words"),
    [
        (torch.ones(2), torch.ones(2, 2), r"A: expected a matrix, got shape \(2,\)"),
        (torch.ones(2, 3), torch.ones(2, 2), "B: expected 3 rows, as A has columns, got 2"),
        (torch.ones(2, 2), torch.ones(2, 2).long(), "B: expected floating-point numbers"),
        (torch.full((2, 2), torch.nan), torch.ones(2, 2), "A: expected finite numbers"),
    ],
)
def test_what_is_no_pair_of_matrices_is_refused(A: Tensor, B: Tensor, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        singular_bounds(A, B)
