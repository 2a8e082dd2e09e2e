from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from d2l_utils.backprop.checker.other_activations import KNOWN_ACTIVATIONS, RELATIVES, slope_from_h
from d2l_utils.checks.claims import relative_error

LIBRARY: dict[str, Callable[[Tensor], Tensor]] = {
    "leaky relu": F.leaky_relu,
    "elu": F.elu,
    "silu": F.silu,
    "gelu, tanh form": lambda z: F.gelu(z, approximate="tanh"),
}
Z = torch.linspace(-4, 4, 50, dtype=torch.float64)


def test_every_relative_is_compared() -> None:
    assert LIBRARY.keys() == RELATIVES.keys()


@pytest.mark.parametrize("name", RELATIVES)
def test_values_and_slopes_are_the_librarys(name: str) -> None:
    z = Z.clone().requires_grad_()
    expected = LIBRARY[name](z)
    (slope,) = torch.autograd.grad(expected.sum(), z)
    assert relative_error(RELATIVES[name].phi(Z), expected) < 1e-15
    assert relative_error(RELATIVES[name].slope(Z), slope) < 1e-14


@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid", "softplus"])
def test_the_slope_in_terms_of_h_is_the_slope(name: str) -> None:
    phi, slope = KNOWN_ACTIVATIONS[name]
    assert relative_error(slope_from_h(name)(phi(Z)), slope(Z)) < 1e-13


def test_without_a_formula_in_h_it_is_the_slope_itself() -> None:
    assert slope_from_h("gelu") is KNOWN_ACTIVATIONS["gelu"].slope
