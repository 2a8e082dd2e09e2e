"""Exponents of random products: in closed form, and as measured."""

import math

import pytest
import torch

from d2l_utils.initialization import lyapunov_exponents, measured_exponents

EULER = 0.5772156649015329


def test_one_by_one_it_is_the_mean_log_of_a_normal_number() -> None:
    expected = math.log(3) - (EULER + math.log(2)) / 2
    assert lyapunov_exponents(1, 3.0).tolist() == pytest.approx([expected])


def test_two_by_two_the_first_is_an_elementary_number() -> None:
    assert float(lyapunov_exponents(2, 1.0)[0]) == pytest.approx((math.log(2) - EULER) / 2)


def test_they_decrease_and_sigma_shifts_them_all() -> None:
    plain, scaled = lyapunov_exponents(6, 1.0), lyapunov_exponents(6, 0.5)
    assert bool((plain.diff() < 0).all())
    assert (plain - scaled).tolist() == pytest.approx([math.log(2)] * 6)


def test_their_sum_is_the_mean_logarithm_of_the_determinant() -> None:
    gen = torch.Generator().manual_seed(1)
    M = torch.randn(20000, 3, 3, generator=gen, dtype=torch.float64)
    mean = float(torch.linalg.det(M).abs().log().mean())
    assert abs(mean - float(lyapunov_exponents(3, 1.0).sum())) < 0.05


def test_measured_ones_are_the_predicted_ones() -> None:
    gen = torch.Generator().manual_seed(2)
    factors = torch.randn(2000, 4, 4, generator=gen, dtype=torch.float64) / 2
    error = measured_exponents(list(factors)) - lyapunov_exponents(4, 0.5)
    assert float(error.abs().max()) < 0.08  # four times the spread of the last, 0.02


def test_of_one_repeated_diagonal_matrix_they_are_its_logarithms() -> None:
    factors = [torch.diag(torch.tensor([8.0, 0.5]))] * 500
    # 500 factors scale the second direction by 2 ** -500: the QR steps keep its exponent
    assert measured_exponents(factors).tolist() == pytest.approx([math.log(8), math.log(0.5)])


@pytest.mark.parametrize(("n", "sigma"), [(0, 1.0), (3, 0.0), (3, -1.0), (3, math.nan)])
def test_sizes_and_deviations_must_be_positive(n: int, sigma: float) -> None:
    with pytest.raises(ValueError, match="expected"):
        lyapunov_exponents(n, sigma)


def test_factors_must_be_squares_of_one_size() -> None:
    with pytest.raises(ValueError, match="at least one matrix, got none"):
        measured_exponents([])
    with pytest.raises(ValueError, match=r"of one size, got shape \(3, 3\)"):
        measured_exponents([torch.eye(2), torch.eye(3)])
    with pytest.raises(ValueError, match=r"got shape \(2, 3\)"):
        measured_exponents([torch.ones(2, 3)])
    with pytest.raises(ValueError, match=r"got shape \(2,\)"):
        measured_exponents([torch.ones(2)])
