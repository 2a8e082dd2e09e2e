"""A worked example whose settings the reader can change; every variant is computed here.

`step_through_variants` works through one example with and without the hidden bias, with several
activations and strengths of the penalty, and through other examples. The page only switches
between them. It serves exercise 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import torch
from torch import Tensor

from d2l_utils.backprop import stepper_page
from d2l_utils.backprop.stepper import MATRICES, Stepper, line, step_through
from d2l_utils.border import AtLeastZero, Held, checked
from d2l_utils.display.tables import Table

RESULTS = ("z", "o", "J")
"""The values that `StepperVariants.finals` lists."""

PARAMETERS = ("W1", "b1", "W2")
"""The variables whose gradients it lists."""


class StepperVariants:
    """Variants of a worked example to step through; make it the last expression of a cell.

    Attributes:
        choices: What can be chosen, each with its options.
        steppers: Number of the option chosen in each choice -> the steps of that variant.
    """

    def __init__(
        self, choices: tuple[stepper_page.Choice, ...], steppers: dict[tuple[int, ...], Stepper]
    ) -> None:
        self.choices = choices
        self.steppers = steppers

    @property
    def first(self) -> Stepper:
        """The variant that is shown at first: the first option of each choice."""
        return self.steppers[(0,) * len(self.choices)]

    def __repr__(self) -> str:
        return f"{self.first}, and {len(self.steppers) - 1} variants of it"

    def setting(self, key: tuple[int, ...]) -> str:
        """Say what was chosen in a variant, such as ``x = (1, 2), b1 off, φ = relu, λ = 0.5``.

        Args:
            key: Number of the option chosen in each choice.
        """
        chosen = [options[number] for (_, options), number in zip(self.choices, key, strict=True)]
        return "{}, b1 {}, φ = {}, λ = {}".format(*chosen)

    def table(self) -> Table:
        """List the steps of the first variant as text; the caption says which one it is."""
        steps = self.first.table()
        return Table(steps.columns, steps.rows, f"{self._about_first()} {MATRICES}")

    def finals(self) -> Table:
        """List the last numbers of every variant: what a reader sees who steps through it."""
        rows = [
            [self.setting(key), *(line(stepper.values[name]) for name in RESULTS)]
            + [line(stepper.gradients.get(name, [["none"]])) for name in PARAMETERS]
            for key, stepper in self.steppers.items()
        ]
        columns = ["variant", *RESULTS, *(f"∂J/∂{name}" for name in PARAMETERS)]
        return Table(columns, rows, f"The final numbers of all {len(rows)} variants. {MATRICES}")

    def _about_first(self) -> str:
        number = len(self.steppers)
        return f"{self.first}: {self.setting(next(iter(self.steppers)))}, one of {number} variants."

    def _repr_html_(self) -> str:
        variants = {key: stepper.variant() for key, stepper in self.steppers.items()}
        numbers = self.first.overview()
        overview = Table(numbers.columns, numbers.rows, self._about_first())
        return stepper_page.html(stepper_page.packed(variants, self.choices), overview)


def other_example() -> dict[str, Tensor]:
    """Return a second example for the weights of `tiny_example`: only the unit that was off is on.

    Returns:
        Its ``X`` and ``y``.
    """
    return {
        "X": torch.tensor([[1, -1]], dtype=torch.float64),
        "y": torch.tensor([[6, -4]], dtype=torch.float64),
    }


@checked
def step_through_variants(
    X: Held,
    y: Held,
    W1: Held,
    b1: Held,
    W2: Held,
    lambd: AtLeastZero,
    activation: str = "relu",
    loss: str = "squared",
    others: Sequence[Mapping[str, Held]] = (),
    activations: Sequence[str] = ("relu", "tanh"),
    penalties: Sequence[AtLeastZero] = (0.5, 0.0),
) -> StepperVariants:
    """Work through an example, and through what becomes of it when its settings change.

    Args:
        X: As in `step_through`; this and the settings below are what is shown at first.
        y: As in `step_through`.
        W1: As in `step_through`.
        b1: As in `step_through`; in half of the variants it is left out.
        W2: As in `step_through`.
        lambd: As in `step_through`.
        activation: As in `step_through`.
        loss: As in `step_through`.
        others: Other examples, each with its ``X`` and ``y``.
        activations: What to choose from besides `activation`.
        penalties: What to choose from besides `lambd`.

    Returns:
        The steps of every variant, displayed with buttons and menus.

    Raises:
        TypeError: As in `step_through`.
        ValueError: As in `step_through`, or if another example is not one.
    """
    for number, other in enumerate(others):
        if set(other) != {"X", "y"}:
            raise ValueError(f"others[{number}]: expected X and y, got {sorted(other)}")
    phis = list(dict.fromkeys([activation, *activations]))
    lambdas = list(dict.fromkeys([float(lambd), *map(float, penalties)]))
    changes: list[tuple[str, list[tuple[str, dict[str, Any]]]]] = [
        ("example", [(_named(each["X"]), dict(each)) for each in ({"X": X, "y": y}, *others)]),
        ("bias b1", [("on", {"b1": b1}), ("off", {"b1": None})]),
        ("φ", [(phi, {"activation": phi}) for phi in phis]),
        ("λ", [(f"{each:g}", {"lambd": each}) for each in lambdas]),
    ]
    steppers = {}
    for key in product(*(range(len(options)) for _, options in changes)):
        chosen = [options[number][1] for (_, options), number in zip(changes, key, strict=True)]
        changed = {name: value for change in chosen for name, value in change.items()}
        steppers[key] = step_through(W1=W1, W2=W2, loss=loss, **changed)
    choices = tuple((label, tuple(name for name, _ in options)) for label, options in changes)
    return StepperVariants(choices, steppers)


def _named(X: Tensor) -> str:
    numbers = ", ".join(f"{value:g}" for value in X.flatten().tolist())
    return f"x = ({numbers})".replace("-", "−")
