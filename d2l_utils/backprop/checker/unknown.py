"""What can be said for certain about a gradient that is wrong in an unknown way."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from d2l_utils.backprop.by_hand import Problem

SMALL = 1e-3
"""An error up to this may come from the arithmetic instead of the formulas."""


def where(value: Tensor | None, expected: Tensor, error: float) -> str:
    """Say where a gradient is wrong and by how much.

    Args:
        value: The gradient on the problem on which it did worst.
        expected: The right one there.
        error: Its `relative_error`; infinite if the shapes differ.
    """
    unknown = "wrong, and not a mistake I know"
    if value is None or value.shape != expected.shape:
        shape = None if value is None else tuple(value.shape)
        return f"{unknown}: shape {shape} where {tuple(expected.shape)} is expected."
    index = torch.unravel_index((value - expected).abs().argmax(), expected.shape)
    place = tuple(int(i) for i in index)
    wanted, found = _told_apart(expected[place].item(), value[place].item())
    hint = (
        " An error so small may come from float32 inside (`.float()`), from a number added in a "
        "logarithm or a quotient, or from a step of a difference quotient."
    )
    return (
        f"{unknown}: off by {error:.2g} of the largest entry; at {list(place)} expected "
        f"{wanted}, got {found}.{hint if error <= SMALL else ''}"
    )


def only_where(good: Sequence[bool], problems: Sequence[Problem]) -> str:
    """Say what the problems have in common on which alone a gradient is right, or wrong.

    Args:
        good: For each problem, whether the gradient is right there.
        problems: The problems.
    """
    for special, words in (
        ([p.lambd == 0 for p in problems], "where λ = 0"),
        ([len(p.X) == 1 for p in problems], "with one example"),
    ):
        count = sum(special)
        those = f"the problem {words}" if count == 1 else f"the {count} problems {words}"
        if list(good) == special:
            return f" It is right on {those}, and on no other."
        if list(good) == [not each for each in special]:
            return f" It is wrong on {those}, and on no other."
    return ""


def _told_apart(a: float, b: float) -> tuple[str, str]:
    """Write two different numbers with three digits, or as many more as tell them apart."""
    digits = next((n for n in range(3, 17) if f"{a:.{n}g}" != f"{b:.{n}g}"), 17)
    return f"{a:.{digits}g}", f"{b:.{digits}g}"
