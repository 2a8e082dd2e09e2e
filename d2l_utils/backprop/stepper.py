"""Forward and backward propagation one step at a time, with numbers small enough to check by hand.

`step_through` draws the variables of one example as boxes. Each press of a button or an arrow key
fills one value (forward) or one gradient (backward) and shows the equation of D2L 5.3 that was
used. `Stepper.table` holds the same steps as text. The numbers come from `d2l_utils.backprop`; the
script in the page only shows them. It serves exercise 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import torch
from torch import Tensor

from d2l_utils.backprop import stepper_page
from d2l_utils.backprop.by_hand import Forward, backward, forward
from d2l_utils.backprop.derivatives import ACTIVATIONS
from d2l_utils.border import AtLeastZero, Held, checked
from d2l_utils.display.tables import Table

MAX_SIZE = 3
"""Largest number of inputs, hidden units or outputs that fits a phone's screen."""

DECIMALS = 3
"""Numbers are shown rounded to this many decimals."""

MATRICES = "Semicolons separate the rows of a matrix."
"""What the caption of a table says that holds matrices."""

USES: dict[str, tuple[str, ...]] = {
    "z": ("W1", "x", "b1"),
    "h": ("z",),
    "o": ("W2", "h"),
    "L": ("o", "y"),
    "s": ("W1", "W2"),
    "J": ("L", "s"),
}
"""The graph of the text without its operators: what each variable is computed from."""

GIVEN = ("x", "y", "W1", "b1", "W2")
ROLES = {"x": "input", "y": "input", "W1": "parameter", "b1": "parameter", "W2": "parameter"}
VARIABLES = (*GIVEN, "z", "h", "o", "L", "s", "J")

Cells = list[list[str]]
_Unfilled = tuple[str, tuple[str, ...], str, str]  # the fields of a `Step` but its result


@dataclass(frozen=True)
class Step:
    """One press of the button.

    Attributes:
        phase: ``"given"``, ``"forward"`` or ``"backward"``.
        fills: The variables whose value (backward: gradient) appears.
        equation: The equation that was used.
        detail: What else helps to follow it; may be empty.
        result: The numbers that appear, on one line.
    """

    phase: str
    fills: tuple[str, ...]
    equation: str
    detail: str
    result: str


class Stepper:
    """A worked example to step through; make it the last expression of a cell.

    Attributes:
        steps: All steps in order; the first one shows what is given.
        values: Variable -> its value, as rows of rounded numbers.
        gradients: Variable -> the gradient of J, in the same form; y has none.
    """

    def __init__(
        self, steps: tuple[Step, ...], values: dict[str, Cells], gradients: dict[str, Cells]
    ) -> None:
        self.steps = steps
        self.values = values
        self.gradients = gradients

    def __repr__(self) -> str:
        last = len(self.steps) - 1
        return f"Forward and backward propagation of one example in {last} steps"

    def table(self) -> Table:
        """List the same steps: number, direction, equation and the numbers that it gives."""
        given = self.steps[0]
        rows = [("0 given", given.equation, "")]
        rows += [("0 given", name, f"= {line(self.values[name])}") for name in given.fills]
        for number, step in enumerate(self.steps[1:], start=1):
            rows.append((f"{number} {step.phase}", step.equation, f"= {step.result}"))
        caption = f"{self}. {MATRICES}"
        return Table(("step", "equation", "result"), rows, caption)

    def _repr_html_(self) -> str:
        return stepper_page.html(stepper_page.packed({(): self.variant()}), self.overview())

    def overview(self) -> Table:
        """List the variables with their values and gradients."""
        rows = [
            (name, line(cells), line(self.gradients[name]) if name != "y" else "none")
            for name, cells in self.values.items()
        ]
        return Table(("variable", "value", "gradient of J"), rows, f"{self}.")

    def variant(self) -> stepper_page.Variant:
        """Return what the page's script shows: boxes, the edges between them, and the steps."""
        names = list(self.values)
        return {
            "title": repr(self),
            "boxes": [
                (name, _role(name), self.values[name], self.gradients.get(name)) for name in names
            ],
            "edges": [
                (source, target)
                for target, sources in USES.items()
                for source in sources
                if source in names
            ],
            "steps": [astuple(step) for step in self.steps],
        }


def _role(name: str) -> str:
    return "output" if name == "J" else ROLES.get(name, "intermediate")


def tiny_example() -> dict[str, Any]:
    """Return one example whose values and gradients are short exact decimals.

    Returns:
        Keyword arguments of `step_through` and of `forward`: 2 inputs, 3 hidden units, 2 outputs,
        relu and squared loss. The second hidden unit is off (its z is negative).
    """
    return {
        "X": _matrix([[1, 2]]),
        "y": _matrix([[2, 0.5]]),
        "W1": _matrix([[0.5, 1], [1, -1], [-1, 0.5]]),
        "b1": _matrix([-0.5, 0.5, 1]),
        "W2": _matrix([[1, 2, -1], [0.5, -1, 0.5]]),
        "lambd": 0.5,
        "activation": "relu",
        "loss": "squared",
    }


@checked
def step_through(
    X: Held,
    y: Held,
    W1: Held,
    b1: Held | None,
    W2: Held,
    lambd: AtLeastZero,
    activation: str = "relu",
    loss: str = "squared",
) -> Stepper:
    """Work through forward and backward propagation of one example.

    Args:
        X: The example, (1, num_inputs).
        y: Target (1, num_outputs) for the squared loss, label (1,) for cross-entropy.
        W1: Hidden weights, (num_hiddens, num_inputs).
        b1: Hidden bias, (num_hiddens,), or None for a hidden layer without one.
        W2: Output weights, (num_outputs, num_hiddens).
        lambd: Strength of the penalty.
        activation: As in `forward`.
        loss: As in `forward`.

    Returns:
        The steps, displayed with buttons.

    Raises:
        TypeError: As in `forward`.
        ValueError: As in `forward`, or if there is more than one example or a size above
            `MAX_SIZE`.
    """
    has_bias = b1 is not None
    result = forward(
        X, y, W1, W1.new_zeros(len(W1)) if b1 is None else b1, W2, lambd, activation, loss
    )
    sizes = {"num_inputs": X.shape[1], "num_hiddens": len(W1), "num_outputs": len(W2)}
    if len(X) != 1:
        raise ValueError(f"X: expected one example, shape (1, num_inputs), got {len(X)} examples")
    for name, size in sizes.items():
        if size > MAX_SIZE:
            raise ValueError(f"{name}: expected at most {MAX_SIZE}, got {size}")
    present = [name for name in VARIABLES if has_bias or name != "b1"]
    values = _numbers({"x": result.X, **vars(result)}, present)
    computed = [name for name in ("o", "W2", "h", "z", "W1", "b1", "x") if name in present]
    gradients = _numbers(vars(backward(result)), computed)
    gradients |= {name: [["1"]] for name in ("J", "L", "s")}  # J = L + s
    steps = tuple(
        Step(*step, _result(gradients if step[0] == "backward" else values, step[1]))
        for step in _forward_steps(result, has_bias) + _backward_steps(result)
        if has_bias or step[1] != ("b1",)
    )
    return Stepper(steps, values, gradients)


def _forward_steps(result: Forward, has_bias: bool) -> list[_Unfilled]:
    loss = "½ ‖o − y‖²" if result.loss == "squared" else "−log softmax(o) at y"
    lambd = f"λ = {result.lambd:g}"
    norms = (_number(W.square().sum().item()) for W in (result.W1, result.W2))
    squares = "‖W1‖² = {}, ‖W2‖² = {}".format(*norms)
    given = f"φ = {result.activation}, l = {loss}, {lambd}"
    names = tuple(name for name in GIVEN if has_bias or name != "b1")
    z, rows, aside = (
        ("z = W1 x + b1", "One row of W1 and of b1", "; b1 is not in it.")
        if has_bias
        else ("z = W1 x", "One row of W1", ".")
    )
    return [
        ("given", names, given, "All else is computed from these."),
        ("forward", ("z",), z, f"{rows} for each hidden unit."),
        ("forward", ("h",), "h = φ(z)", "φ acts on each entry by itself."),
        ("forward", ("o",), "o = W2 h", "One row of W2 for each output."),
        ("forward", ("L",), f"L = {loss}", _softmax_of(result)),
        ("forward", ("s",), "s = λ/2 (‖W1‖² + ‖W2‖²)", squares + aside),
        ("forward", ("J",), "J = L + s", "The objective: what training lowers."),
    ]


def _backward_steps(result: Forward) -> list[_Unfilled]:
    error = "o − y" if result.loss == "squared" else "softmax(o) − onehot(y)"
    slope = line(_cells(ACTIVATIONS[result.activation].slope(result.z)))
    two_paths = "Two paths to J: the loss and the penalty."
    return [
        ("backward", ("J",), "∂J/∂J = 1", "The way back starts here."),
        ("backward", ("L", "s"), "∂J/∂L = ∂J/∂s = 1", "J is their sum."),
        ("backward", ("o",), f"∂J/∂o = {error}", _softmax_of(result)),
        ("backward", ("W2",), "∂J/∂W2 = ∂J/∂o hᵀ + λ W2", two_paths),
        ("backward", ("h",), "∂J/∂h = W2ᵀ ∂J/∂o", "Each hidden unit feeds every output."),
        ("backward", ("z",), "∂J/∂z = ∂J/∂h ⊙ φ′(z)", f"φ′(z) = {slope}"),
        ("backward", ("W1",), "∂J/∂W1 = ∂J/∂z xᵀ + λ W1", two_paths),
        ("backward", ("b1",), "∂J/∂b1 = ∂J/∂z", "One path to J: the penalty has no b1."),
        ("backward", ("x",), "∂J/∂x = W1ᵀ ∂J/∂z", "Only a layer before this one would use it."),
    ]


def _softmax_of(result: Forward) -> str:
    if result.loss == "squared":
        return ""
    return f"softmax(o) = {line(_cells(result.o.softmax(1)))}"


def _matrix(numbers: list[Any]) -> Tensor:
    return torch.tensor(numbers, dtype=torch.float64)


def _numbers(tensors: Mapping[str, Any], names: Sequence[str]) -> dict[str, Cells]:
    return {name: _cells(tensors[name], is_matrix=name in ("W1", "W2")) for name in names}


def _cells(tensor: Tensor, is_matrix: bool = False) -> Cells:
    """Write a matrix as its rows; an example, a row of a batch, stands upright as in the text."""
    rows = tensor.detach() if is_matrix else tensor.detach().reshape(-1, 1)
    return [[_number(value) for value in row] for row in rows.tolist()]


def _number(value: float) -> str:
    text = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")


def line(cells: Cells) -> str:
    """Write cells on one line: a number, (a, b) for a vector, [a, b; c, d] for a matrix.

    Args:
        cells: The rows of rounded numbers.
    """
    if len(cells[0]) > 1:
        return "[" + "; ".join(", ".join(row) for row in cells) + "]"
    column = ", ".join(row[0] for row in cells)
    return f"({column})" if len(cells) > 1 else column


def _result(numbers: Mapping[str, Cells], fills: tuple[str, ...]) -> str:
    if fills[-1:] == GIVEN[-1:] and len(fills) > 1:
        return ", ".join(f"{name} = {line(numbers[name])}" for name in fills)
    return ", ".join(dict.fromkeys(line(numbers[name]) for name in fills))  # equal ones once
