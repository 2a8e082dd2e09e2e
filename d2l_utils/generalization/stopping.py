"""Early stopping as a function of a curve (D2L 5.5.3): when it stops, and which epoch it returns.

A rule that is applied to a stored curve costs nothing, and does what it would have done during the
training: it looks at no epoch after the one in which it stops.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

import torch
from torch import Tensor

from d2l_utils.border import AtLeastZero, Count, Held, Number, checked

Value = Annotated[float, Number(finite=False, nan=True)]
Reference = Literal["counted", "best"]


class Stop(NamedTuple):
    """What a rule makes of a curve; epochs count from 1, so they are numbers of epochs trained.

    Attributes:
        stop: The epoch after which training ends; the length of the curve if the rule never stops.
        best: The epoch whose weights are restored.
    """

    stop: int
    best: int


@dataclasses.dataclass(frozen=True)
class StoppingRule:
    """Stop when a curve that should fall has not improved for so many epochs.

    An epoch *counts* as an improvement if it is below the reference by more than `min_delta`. Each
    epoch that does not count is one to wait, each that does sets the wait to 0. NaN never counts.

    Attributes:
        patience: Stop when the wait has come to this many epochs.
        min_delta: By how much an epoch must be lower to count, in the curve's unit.
        reference: What an epoch is compared with: the last epoch that ``"counted"``, so that many
            small steps add up until they count; or the ``"best"`` so far, so that each step counts
            or not by itself. It is also the epoch that is restored.
        strict: Whether the wait must be *more* than the patience.
        ties: Whether an epoch that is lower by exactly `min_delta` counts. At 0 a flat curve then
            never stops, though the epoch that is restored is the first of equals.
        window: Compare the mean of the last so many epochs, as far as there are any, instead of an
            epoch alone.
    """

    patience: Annotated[int, Number(at_least=0)]
    min_delta: AtLeastZero = 0.0
    reference: Reference = "counted"
    strict: bool = False
    ties: bool = False
    window: Count = 1

    def __post_init__(self) -> None:
        # Frozen: the checked values stay what they are.
        _check_rule(**{field.name: getattr(self, field.name) for field in dataclasses.fields(self)})

    @checked
    def apply(self, curve: Held | Sequence[Value]) -> Stop:
        """Apply the rule to a curve.

        Args:
            curve: What is monitored after each epoch, lower being better: a loss or an error, not
                an accuracy.

        Returns:
            When training stops, and which epoch is restored. If no number of the curve is finite,
            that is the first.

        Raises:
            TypeError: If the curve holds no numbers.
            ValueError: If it has no epoch or more than one axis.
        """
        values = _smooth(_numbers(curve), self.window)
        reference, best, wait = math.inf, 1, 0
        for epoch, value in enumerate(values, start=1):
            limit = reference - self.min_delta
            counts = value <= limit if self.ties else value < limit
            if value < reference and (counts or self.reference == "best"):
                reference, best = value, epoch
            wait = 0 if counts else wait + 1
            if wait and wait >= self.patience + self.strict:
                return Stop(epoch, best)
        return Stop(len(values), best)


@checked
def _check_rule(
    patience: Annotated[int, Number(at_least=0)],
    min_delta: AtLeastZero,
    reference: Reference,
    strict: bool,
    ties: bool,
    window: Count,
) -> None:
    """Check a rule's numbers by their annotations."""


def _numbers(curve: Tensor | Sequence[float]) -> list[float]:
    values = torch.as_tensor(curve, dtype=torch.float64)
    if values.ndim != 1 or not len(values):
        raise ValueError(
            f"curve: expected one number per epoch in a row, got shape {tuple(values.shape)}"
        )
    found: list[float] = values.tolist()
    return found


def _smooth(values: list[float], window: int) -> list[float]:
    """Mean of the last so many entries, or of all where there are fewer."""
    return [_mean(values[max(0, end - window) : end]) for end in range(1, len(values) + 1)]


def _mean(part: list[float]) -> float:
    """The mean, the same in any order: the same numbers are a tie, in every version of Python."""
    if not all(map(math.isfinite, part)):
        return sum(part)
    return math.fsum(number / len(part) for number in part)
