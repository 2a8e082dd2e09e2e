"""Is a wrong gradient made of the right parts in wrong amounts?

The right gradient is dJ/dW = dL/dW + λ W (D2L 5.3). One that no known mistake explains may still be
a combination of dL/dW, λ W and W with the same amounts on every problem: three times too large, for
instance, or the parameter after a step, W − lr (dL/dW + λ W).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from d2l_utils.backprop.by_hand import Problem
from d2l_utils.backprop.checker.agreement import matches

NEGLIGIBLE = 1e-5
"""Relative to the largest, an amount below this is rounding, also of a gradient in float32."""


def wrong_amounts(
    name: str,
    got: Sequence[Tensor],
    right: Sequence[Tensor],
    problems: Sequence[Problem],
    tol: float,
) -> str:
    """Say which combination of the parameter, its loss part and its penalty part a gradient is.

    Args:
        name: ``"W1"``, ``"b1"`` or ``"W2"``.
        got: The wrong gradient on each problem.
        right: The right one.
        problems: The problems.
        tol: The largest `relative_error` that counts as rounding.

    Returns:
        A sentence, such as "these numbers are 3 dL/db1; right is dL/db1."; empty unless one
        combination gives every entry on every problem.
    """
    if any(a.shape != b.shape for a, b in zip(got, right, strict=True)):
        return ""
    parts = [_parts(name, g, problem) for g, problem in zip(right, problems, strict=True)]
    columns = torch.cat([part.flatten(1) for part in parts], dim=1).T
    entries = torch.cat([g.flatten() for g in got])
    amounts = torch.linalg.lstsq(columns, entries[:, None]).solution.flatten()
    amounts[amounts.abs() < NEGLIGIBLE * amounts.abs().max()] = 0
    made = [torch.tensordot(amounts, part, dims=1) for part in parts]
    if not amounts.any() or not matches(got, made, tol):
        return ""
    wanted = _sum(name, (0, 1, 0 if name == "b1" else 1))
    # Four digits, or as many more as tell what was found from what is right.
    found = (_sum(name, amounts.tolist(), digits) for digits in range(4, 17))
    told_apart = next((text for text in found if text != wanted), "")
    return told_apart and f"these numbers are {told_apart}; right is {wanted}."


def _sum(name: str, amounts: Sequence[float], digits: int = 4) -> str:
    """Write a sum in letters: so much of the parameter, of its loss part, of its penalty part."""
    letters = (name, f"dL/d{name}", f"λ {name}")
    terms = [
        ("− " if amount < 0 else "+ ") + f"{abs(amount):.{digits}g} {letter}".removeprefix("1 ")
        for amount, letter in zip(amounts, letters, strict=True)
        if amount
    ]
    text = " ".join(terms)
    return text.replace("− ", "−", 1) if text.startswith("−") else text.removeprefix("+ ")


def _parts(name: str, right: Tensor, problem: Problem) -> Tensor:
    """The parameter, dL/d(parameter) and λ times the parameter, stacked."""
    parameter: Tensor = getattr(problem, name)
    penalty = problem.lambd * parameter
    return torch.stack([parameter, right if name == "b1" else right - penalty, penalty])
