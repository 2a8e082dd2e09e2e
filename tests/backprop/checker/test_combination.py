import pytest
import torch
from torch import Tensor

from d2l_utils.backprop.checker.combination import wrong_amounts
from d2l_utils.backprop.checker.mistakes import PARAMETERS
from d2l_utils.backprop.checker.problems import random_problems, right_gradients

pytestmark = pytest.mark.exercise(2)

TOL = 1e-6
PROBLEMS = random_problems("tanh", "cross_entropy", seed=0)
RIGHT = {name: [right_gradients(problem)[name] for problem in PROBLEMS] for name in PARAMETERS}


def said(name: str, got: list[Tensor], tol: float = TOL) -> str:
    return wrong_amounts(name, got, RIGHT[name], PROBLEMS, tol)


def made(name: str, c: float, a: float, b: float) -> list[Tensor]:
    """c W + a dL/dW + b λ W on every problem."""
    gradients = []
    for problem, right in zip(PROBLEMS, RIGHT[name], strict=True):
        parameter = getattr(problem, name)
        penalty = problem.lambd * parameter
        loss = right if name == "b1" else right - penalty
        gradients.append(c * parameter + a * loss + b * penalty)
    return gradients


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        ((0, 3, 3), "3 dL/dW1 + 3 λ W1"),
        ((0, -0.5, 1), "−0.5 dL/dW1 + λ W1"),
        ((0, 1, -3), "dL/dW1 − 3 λ W1"),
        ((1, -0.1, -0.1), "W1 − 0.1 dL/dW1 − 0.1 λ W1"),  # a step of gradient descent
        ((1, 0, 0), "W1"),
        ((-1, -1, 0), "−W1 − dL/dW1"),
        ((1, 1, 0), "W1 + dL/dW1"),  # λ forgotten
        ((0, 1 / 3, 1), "0.3333 dL/dW1 + λ W1"),
        ((0, 1.00001, 1), "1.00001 dL/dW1 + λ W1"),  # four digits would say that it is right
        ((0, 1e100, 1e100), "1e+100 dL/dW1 + 1e+100 λ W1"),
    ],
)
def test_the_amounts_are_found(amounts: tuple[float, float, float], words: str) -> None:
    assert said("W1", made("W1", *amounts)) == (
        f"these numbers are {words}; right is dL/dW1 + λ W1."
    )


def test_the_bias_has_no_penalty_to_be_right() -> None:
    assert said("b1", made("b1", 0, 1, 3)) == "these numbers are dL/db1 + 3 λ b1; right is dL/db1."
    assert said("b1", made("b1", 1, -1, 0)) == "these numbers are b1 − dL/db1; right is dL/db1."


def test_zeros_are_nothing_in_any_amount() -> None:
    assert said("W1", [torch.zeros_like(g) for g in RIGHT["W1"]]) == ""


def test_float32_is_seen_through() -> None:
    single = [g.float().double() for g in made("W2", 1, -0.1, -0.1)]
    assert said("W2", single, tol=1e-4).startswith("these numbers are W2 − 0.1 dL/dW2 − 0.1 λ W2;")
    assert said("W2", single, tol=1e-12) == ""


@pytest.mark.parametrize("name", PARAMETERS)
def test_other_numbers_are_no_combination(name: str) -> None:
    gen = torch.Generator().manual_seed(1)
    three = made(name, 0, 3, 3)
    one_entry = [g.clone() for g in three]
    one_entry[3].view(-1)[0] *= 1 + 1e-4
    one_problem = [*three[:-1], 2 * three[-1]]
    over_n = [g / len(problem.X) for g, problem in zip(three, PROBLEMS, strict=True)]
    noise = [torch.randn(g.shape, generator=gen, dtype=g.dtype) for g in three]
    for got in (one_entry, one_problem, over_n, noise, [g[None] for g in three]):
        assert said(name, got) == ""
