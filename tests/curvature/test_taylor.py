"""Taylor mode against nested reverse mode and against closed forms."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from d2l_utils.curvature import taylor
from d2l_utils.curvature.taylor import Tally, Taylor, derivatives

pytestmark = pytest.mark.exercise(4)

FUNCTIONS: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[Taylor], Taylor]]] = {
    "polynomial": (lambda x: 3 - x**4 + 2 * x - 1, lambda x: 3 - x**4 + 2 * x - 1),
    "rational": (lambda x: (2 - x) / (1 + x * x), lambda x: (2 - x) / (1 + x * x)),
    "reciprocal": (lambda x: 1 / x / 3, lambda x: 1 / x / 3),
    "exp": (torch.exp, taylor.exp),
    "log": (torch.log, taylor.log),
    "sqrt": (torch.sqrt, taylor.sqrt),
    "sin": (torch.sin, taylor.sin),
    "tanh": (torch.tanh, taylor.tanh),
    "nested": (
        lambda x: torch.exp(torch.sin(x * x)) * torch.log(1 + torch.sqrt(x)),
        lambda x: taylor.exp(taylor.sin(x * x)) * taylor.log(1 + taylor.sqrt(x)),
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("x", [0.3, 1.7])
def test_derivatives_equal_nested_reverse_mode(name: str, x: float) -> None:
    f, g = FUNCTIONS[name]
    at = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    value = f(at)
    expected = [value.item()]
    for _ in range(5):
        (value,) = torch.autograd.grad(value, at, create_graph=True)
        expected.append(value.item())
    assert derivatives(g, x, 5) == pytest.approx(expected, rel=1e-10, abs=1e-10)


def test_high_orders_have_closed_forms() -> None:
    assert derivatives(taylor.exp, 0.0, 30) == pytest.approx([1.0] * 31, rel=1e-12)
    logs = derivatives(taylor.log, 1.0, 20)
    assert logs[20] == pytest.approx(-math.factorial(19), rel=1e-12)
    assert derivatives(lambda x: x**3, 2.0, 5) == [8, 12, 12, 6, 0, 0]


def test_order_zero_is_the_value() -> None:
    assert derivatives(taylor.sin, 0.5, 0) == [math.sin(0.5)]


@pytest.mark.parametrize("order", range(8))
def test_work_is_quadratic_in_the_order(order: int) -> None:
    tally = Tally()
    derivatives(lambda x: x * x, 0.7, order, tally)
    assert tally.multiplications == (order + 1) * (order + 2) // 2
    tally = Tally()
    derivatives(taylor.exp, 0.7, order, tally)
    assert tally.multiplications == order * (order + 5) // 2


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="order: expected an integer >= 0, got -1"):
        derivatives(taylor.exp, 0.0, -1)
    with pytest.raises(ValueError, match="exponent: expected a positive integer, got -2"):
        derivatives(lambda x: x**-2, 1.0, 2)
    with pytest.raises(ValueError, match="expected 2 coefficients, got 3"):
        Taylor((1.0, 2.0)) + Taylor((1.0, 2.0, 3.0))
