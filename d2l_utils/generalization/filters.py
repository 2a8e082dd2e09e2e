"""How much of the least-squares solution is there: after t steps of descent, or under a penalty.

In the singular directions of the design, the solution of least squares appears multiplied by one
factor per direction, between 0 (nothing of it) and 1 (all of it). D2L 5.5, exercise 2.
"""

from __future__ import annotations

from typing import Annotated

import torch
from torch import Tensor

from d2l_utils.border import AtLeastZero, Held, Number, Positive, checked

Steps = Annotated[int, Number(at_least=0)]


@checked
def gd_filter(s: Held, eta: Positive, t: Steps) -> Tensor:
    """Compute 1 - (1 - eta s²)^t, the part of each direction that t steps from zero have learnt.

    The loss is |y - Xw|²/2, whose gradient is X'(Xw - y), without a mean over examples.

    Args:
        s: Singular values of the design X, any shape, at least 0, floating point.
        eta: The learning rate, at most 2 / max(s)²: beyond it descent diverges.
        t: The number of steps.

    Returns:
        The factors, of the shape and dtype of `s`; accurate even where they are tiny.

    Raises:
        TypeError: If `s` is no tensor of floating-point numbers, or `t` is not whole.
        ValueError: If a number is out of range.
    """
    _check_singular_values(s)
    x = eta * s * s
    if not bool((x <= 2 * (1 + 1e-12)).all()):
        largest = float(s.max())
        raise ValueError(f"eta: expected at most 2 / max(s)² with max(s) = {largest:g}, got {eta}")
    # Where x is small, 1 - (1 - x)^t would lose digits.
    return torch.where(x < 1, -torch.expm1(t * torch.log1p(-x)), 1 - (1 - x) ** t)


@checked
def ridge_filter(s: Held, lam: AtLeastZero) -> Tensor:
    """Compute s² / (s² + lam), the part of each direction that ridge regression keeps.

    Ridge regression minimizes |y - Xw|²/2 + lam |w|²/2.

    Args:
        s: Singular values of the design X, any shape, at least 0, floating point.
        lam: The strength of the penalty; 0 gives least squares of minimum norm.

    Returns:
        The factors, of the shape and dtype of `s`.

    Raises:
        TypeError: If `s` is no tensor of floating-point numbers.
        ValueError: If a number is out of range.
    """
    _check_singular_values(s)
    return torch.where(s == 0, torch.zeros_like(s), 1 / (1 + lam / s / s))


def _check_singular_values(s: Tensor) -> None:
    if not s.is_floating_point():
        raise TypeError(f"s: expected a floating-point dtype, got {s.dtype}")
    if s.numel() == 0:
        raise ValueError("s: expected at least one singular value, got none")
    if not bool(((s >= 0) & s.isfinite()).all()):
        raise ValueError(f"s: expected finite numbers of at least 0, got {float(s.min()):g}")
