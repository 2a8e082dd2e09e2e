"""No gradient is given a name that it does not bear: mistakes that are not in the catalogue."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from d2l_utils.backprop.by_hand import Problem
from d2l_utils.backprop.checker.agreement import matches
from d2l_utils.backprop.checker.check import check_backward
from d2l_utils.backprop.checker.mistakes import MISTAKES, PARAMETERS
from d2l_utils.backprop.checker.problems import random_problems, right_gradients
from d2l_utils.backprop.checker.wrong_gradients import AMOUNTS, Propagation, gradients_with
from d2l_utils.backprop.derivatives import ACTIVATIONS

pytestmark = pytest.mark.exercise(2)

Spoil = Callable[[Tensor, float], Tensor]
"""(a right gradient, a random number between 0 and 1) -> a wrong one."""

UNLISTED: dict[str, Spoil] = {
    "cube": lambda g, c: g**3,
    "square": lambda g, c: g * g.abs(),
    "root": lambda g, c: g.sign() * g.abs().sqrt(),
    "sign": lambda g, c: g.sign(),
    "absolute": lambda g, c: g.abs(),
    "positive part": lambda g, c: g.clamp(min=0),
    "shifted": lambda g, c: g + 0.01 + c,
    "one entry": lambda g, c: g.index_put([torch.tensor(0)] * g.ndim, g.flatten()[0] * (2 + c)),
    "flipped": lambda g, c: g.flip(0),
    "rolled": lambda g, c: g.roll(1, 0),
    "sorted": lambda g, c: g.sort(0).values,
    "centred": lambda g, c: g - g.mean(),
    "summed up": lambda g, c: g.cumsum(0),
    "tanh": lambda g, c: torch.tanh(g),
    "softmax": lambda g, c: torch.softmax(g, 0),
    "rounded": lambda g, c: g.mul(1000).round() / 1000,
    "first row": lambda g, c: torch.where(
        torch.arange(len(g)).reshape(-1, *[1] * (g.ndim - 1)) > 0, 0.0, g
    ),
    "over its size": lambda g, c: g / (len(g) + c),
    "to its norm": lambda g, c: g * (1 + g.norm()),
    "noise": lambda g, c: g + (1e-4 + c) * torch.sin(1e3 * g),
}


@pytest.mark.parametrize("seed", range(18))
def test_mistakes_that_are_not_listed_get_no_name(seed: int) -> None:
    draw = random.Random(seed)
    kinds = {name: draw.choice(sorted(UNLISTED)) for name in PARAMETERS}
    activation = draw.choice(sorted(ACTIVATIONS))
    amount = draw.random()

    def reader(*args: Any) -> dict[str, Tensor]:
        right = right_gradients(Problem(*args, activation=activation, loss="cross_entropy"))
        return {name: UNLISTED[kinds[name]](right[name], amount) for name in PARAMETERS}

    report = check_backward(reader, activation=activation, seed=seed)
    assert report.mistakes == {}, (kinds, report)
    assert [row.activation for row in report.rows] == [""] * 3
    assert [row.passed for row in report.rows] == [False] * 3, (kinds, report)
    assert all("not a mistake I know" in row.diagnosis for row in report.rows), report


@pytest.mark.parametrize("seed", range(18))
def test_what_is_named_holds_on_problems_that_were_not_tried(seed: int) -> None:
    """Up to three listed mistakes at once, and the report's explanation of them elsewhere."""
    draw = random.Random(seed)
    activation, loss = draw.choice(sorted(ACTIVATIONS)), draw.choice(["cross_entropy", "squared"])
    possible = [m for m in MISTAKES if MISTAKES[m].loss in ("", loss) and m not in AMOUNTS]
    made = draw.sample(possible, draw.randint(1, 3))

    def reader(*args: Any) -> dict[str, Tensor]:
        return gradients_with(made, Problem(*args, activation=activation, loss=loss))

    report = check_backward(reader, activation=activation, loss=loss, seed=seed)
    for problem in random_problems(activation, loss, seed + 1000):
        right, wrong = right_gradients(problem), gradients_with(made, problem)
        for row in report.rows:
            if row.passed:
                assert matches([wrong[row.name]], [right[row.name]], 1e-9), (made, report)
            else:
                # Mistakes at one place may be combined in ways that are not tried.
                named, places = bool(row.mistakes), [MISTAKES[m].place for m in made]
                both_of_shape = {"shape", "sum"} <= set(places)
                assert named or both_of_shape or len(set(places)) < len(places), (made, report)
                if named and not row.activation:
                    value = Propagation(problem).gradient(row.name, frozenset(row.mistakes))
                    assert matches([wrong[row.name]], [value], 1e-9), (made, report)
