"""Every mask of a few units, with its probability: what sampling would only estimate."""

from __future__ import annotations

from typing import Annotated

import torch
from torch import Tensor

from d2l_utils.border import Held, Number, checked

MOST_UNITS = 16
"""Units whose masks are listed: 65,536 masks, 8 MiB."""


@checked
def all_masks(n: Annotated[int, Number(at_least=1, at_most=MOST_UNITS)]) -> Tensor:
    """List every way to keep or drop n units.

    Args:
        n: Number of units, at most 16: each one more doubles the list.

    Returns:
        Shape `(2**n, n)`, float64: 1 where a unit is kept, 0 where it is dropped. Row i holds the
        binary digits of i, so the first row keeps nothing and the last one everything.

    Raises:
        TypeError: If `n` is no integer.
        ValueError: If it is out of range.
    """
    places = torch.arange(n - 1, -1, -1)
    return (torch.arange(2**n).unsqueeze(1) >> places & 1).double()


@checked
def mask_probabilities(masks: Held, p: float) -> Tensor:
    """Compute how probable each mask is when units are dropped independently.

    Args:
        masks: Shape `(..., n)`: 1 where a unit is kept, 0 where it is dropped.
        p: Probability that a unit is dropped, at least 0 and below 1.

    Returns:
        Shape `(...)`, float64: p to the power of the dropped, times 1 - p to that of the kept.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If `masks` holds other numbers than 0 and 1, or `p` is out of range.
    """
    check_probability(p)
    if masks.ndim == 0:
        raise ValueError("masks: expected a last dimension of units, got a scalar")
    kept = masks.double()
    if not bool(((kept == 0) | (kept == 1)).all()):
        raise ValueError("masks: expected 0 and 1, got other numbers")
    return (kept * (1 - p) + (1 - kept) * p).prod(-1)


def check_probability(p: float) -> None:
    """Refuse what is no probability of being dropped.

    Args:
        p: At 1 nothing is left to be divided by 1 - p.

    Raises:
        ValueError: If it is below 0, or 1 or more.
    """
    if not 0 <= p < 1:
        raise ValueError(f"p: expected a number at least 0 and below 1, got {p!r:.60}")
