from fractions import Fraction

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from d2l_utils.checks.claims import relative_error
from d2l_utils.training.minibatch import (
    accumulated_gradients,
    arithmetic_intensity,
    gradient_noise,
    integer_gradients,
    noise_law,
)

pytestmark = pytest.mark.exercise(5)


@pytest.fixture(autouse=True)
def float64() -> object:
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    yield
    torch.set_default_dtype(before)


def test_gradients_are_whole_numbers_and_differ() -> None:
    gradients = integer_gradients(4)
    assert {len(g) for g in gradients} == {4 * 3 + 2 * 4}
    assert all(value.denominator == 1 for g in gradients for value in g)
    assert len(set(gradients)) == 4


def test_noise_of_two_numbers_by_hand() -> None:
    pair = [(Fraction(0),), (Fraction(2),)]
    assert gradient_noise(pair, 1, replacement=True) == 1
    assert gradient_noise(pair, 2, replacement=True) == Fraction(1, 2)
    assert gradient_noise(pair, 1, replacement=False) == 1
    assert gradient_noise(pair, 2, replacement=False) == 0


@pytest.mark.parametrize("replacement", [True, False])
def test_law_holds_exactly_for_every_size(replacement: bool) -> None:
    gradients = integer_gradients(4, seed=1)
    for n in range(1, 5):
        assert gradient_noise(gradients, n, replacement) == noise_law(gradients, n, replacement)


def test_the_two_laws_differ() -> None:
    gradients = integer_gradients(4)
    assert noise_law(gradients, 2, True) != noise_law(gradients, 2, False)
    assert noise_law(gradients, 1, True) == 2 * noise_law(gradients, 2, True)


@pytest.mark.parametrize("n", [0, 5])
def test_sizes_outside_the_data_set_are_refused(n: int) -> None:
    with pytest.raises(ValueError, match=f"n: expected 1 to 4 examples, got {n}"):
        gradient_noise(integer_gradients(4), n, True)
    with pytest.raises(ValueError, match=f"n: expected 1 to 4 examples, got {n}"):
        noise_law(integer_gradients(4), n, False)


def difference(net: nn.Module, pieces: list[int], **options: str) -> float:
    X, y = torch.randn(12, 5), torch.randint(3, (12,))
    parts = accumulated_gradients(net, cross_entropy, X, y, pieces, **options)  # type: ignore[arg-type]
    whole = torch.autograd.grad(cross_entropy(net(X), y), list(net.parameters()))
    return max(relative_error(a, b) for a, b in zip(parts, whole, strict=True))


def test_pieces_weighted_by_examples_give_the_whole() -> None:
    net = nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 3))
    assert difference(net, [4, 4, 4]) < 1e-13
    assert difference(net, [7, 3, 2]) < 1e-13
    assert difference(net, [4, 4, 4], weighting="pieces") < 1e-13


def test_unequal_pieces_weighted_equally_do_not() -> None:
    net = nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 3))
    assert difference(net, [9, 3], weighting="pieces") > 1e-3


def test_batch_norm_does_not() -> None:
    net = nn.Sequential(nn.Linear(5, 7), nn.BatchNorm1d(7), nn.ReLU(), nn.Linear(7, 3))
    assert difference(net, [6, 6]) > 1e-3


def test_wrong_pieces_are_refused() -> None:
    net = nn.Linear(5, 3)
    with pytest.raises(ValueError, match=r"add up to 12, got \[5, 6\]"):
        difference(net, [5, 6])
    with pytest.raises(ValueError, match=r"positive numbers that add up to 12, got \[12, 0\]"):
        difference(net, [12, 0])
    with pytest.raises(ValueError, match="expected 'examples' or 'pieces', got 'equal'"):
        difference(net, [6, 6], weighting="equal")


def test_intensity_by_hand() -> None:
    assert arithmetic_intensity(2, 3, 5, itemsize=4) == Fraction(60, 4 * (6 + 15 + 10))


def test_intensity_needs_positive_numbers() -> None:
    with pytest.raises(ValueError, match="n: expected at least 1, got 0"):
        arithmetic_intensity(0, 3, 5, 4)
