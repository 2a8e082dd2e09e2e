"""What filling in a mean does to one column beside another: by formula, and of a sample."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import Tensor

from d2l_utils.border import Held, Number, checked

Gone = Literal["chance", "x", "y"]
"""What decides which x are missing: nothing, x itself, or y (the largest are missing)."""

Share = Annotated[float, Number(at_least=0, at_most=0.99)]
Correlation = Annotated[float, Number(at_least=-1, at_most=1)]


@dataclass(frozen=True)
class Filled:
    """A column x after its missing values were filled with the mean of the others, beside a y.

    Attributes:
        mean: Of the column, which is what was filled in.
        variance: Of the column.
        correlation: With y.
        slope: Of the least squares line of y over the column.
        intercept: Of that line.
    """

    mean: float
    variance: float
    correlation: float
    slope: float
    intercept: float


@checked
def filled_law(share: Share, gone: Gone, correlation: Correlation) -> Filled:
    r"""Compute what becomes of a bivariate normal: means 0, variances 1, correlation rho.

    Let :math:`c` be the cut above which values are gone, :math:`\Phi(c) = 1 - q` for a share q, and
    :math:`m = -\varphi(c) / \Phi(c)`, :math:`v = 1 + c m - m^2` mean and variance of a standard
    normal number below the cut. With q missing by chance, or above the cut in x or in y, the x that
    are left have

    ======== ============== ============================== ===================
    by       mean           variance                       covariance with y
    ======== ============== ============================== ===================
    chance   0              1                              rho
    x        m              v                              rho v
    y        rho m          1 - rho^2 (1 - v)              rho v
    ======== ============== ============================== ===================

    Filled points sit at the mean: over all rows variance and covariance are those times 1 - q.

    Args:
        share: Which share q of x is missing.
        gone: What decides which.
        correlation: Of x and y before.

    Returns:
        The column's mean and variance, and its relation to y.

    Raises:
        TypeError: If a number is none.
        ValueError: If the share is not in 0 to 0.99, the correlation not in -1 to 1, or `gone`
            another word.
    """
    m, v = _below(share)
    rho = correlation
    mean, variance, covariance = {
        "chance": (0.0, 1.0, rho),
        "x": (m, v, rho * v),
        "y": (rho * m, 1 - rho**2 * (1 - v), rho * v),
    }[gone]
    slope = covariance / variance
    kept = 1 - share
    corr = covariance * math.sqrt(kept / variance)
    return Filled(mean, kept * variance, corr, slope, 0.0 - slope * mean)


def _below(share: float) -> tuple[float, float]:
    """Mean and variance of a standard normal number that is not among the largest `share`."""
    from scipy.special import ndtri

    if share == 0:
        return 0.0, 1.0
    cut = float(ndtri(1 - share))
    m = -math.exp(-(cut**2) / 2) / math.sqrt(2 * math.pi) / (1 - share)
    return m, 1 + cut * m - m**2


@checked
def filled_sample(x: Held, y: Held, missing: Held) -> Filled:
    """Fill the missing x with the mean of the others, and measure.

    Args:
        x: A column, shape `(n,)`, float; what stands where it is missing is not looked at.
        y: The other column, shape `(n,)`.
        missing: Which x are missing, shape `(n,)`, bool.

    Returns:
        Moments with n below, and the least squares line of y over the column.

    Raises:
        TypeError: If something is no tensor of real numbers.
        ValueError: If shapes differ, `missing` is not bool, or all y or all x left are the same.
    """
    _check_columns(x, y, missing)
    seen = x.detach()[~missing].double()
    if len(seen) < 2 or bool((seen == seen[0]).all()):
        raise ValueError("missing: expected two different x to be left, got fewer")
    column = x.detach().double().masked_fill(missing, seen.mean().item())
    other = y.detach().double()
    column_0, other_0 = column - column.mean(), other - other.mean()
    variance = (column_0**2).mean()
    covariance = (column_0 * other_0).mean()
    slope = covariance / variance
    correlation = covariance / (variance * (other_0**2).mean()).sqrt()
    parts = (column.mean(), variance, correlation, slope, other.mean() - slope * column.mean())
    return Filled(*(part.item() for part in parts))


def _check_columns(x: Tensor, y: Tensor, missing: Tensor) -> None:
    if x.ndim != 1:
        raise ValueError(f"x: expected one axis, got shape {tuple(x.shape)}")
    for name, column in (("y", y), ("missing", missing)):
        if column.shape != x.shape:
            raise ValueError(f"{name}: expected shape {tuple(x.shape)}, got {tuple(column.shape)}")
    if missing.dtype != torch.bool:
        raise ValueError(f"missing: expected bool, got {missing.dtype}")
    if len(y) == 0 or bool((y == y[0]).all()):
        raise ValueError("y: expected two different numbers, got fewer")
