"""Bounds for the singular values of a product of two matrices (Horn and Johnson, 1991, ch. 3)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from d2l_utils.border import Held, checked

ROUNDING = 1e-13
"""Singular values below this share of the largest possible one are not told from zeros."""


@dataclass(frozen=True)
class Bound:
    """A number of the product between two numbers of its factors.

    Attributes:
        low: What it cannot be less than.
        value: The product's own.
        high: What it cannot exceed.
        noise: What rounding may make of a zero, or take from a number as small.
    """

    low: float
    value: float
    high: float
    noise: float = 0.0

    def holds(self, tol: float = 1e-9) -> bool:
        """Whether `low <= value <= high`, each to a relative `tol` for rounding, and `noise`."""
        low, high = self.low * (1 - tol) - self.noise, self.high * (1 + tol) + self.noise
        return low <= self.value <= high


@checked
def singular_bounds(A: Held, B: Held) -> dict[str, Bound]:
    """Compute how the factors bound the singular values of AB.

    With k columns in A, every matrix is given k singular values, zeros where it has fewer. Then,
    with s_1 the largest and s_k the smallest,

    - ``"largest"``: s_1(AB) is at most s_1(A) s_1(B), and at least s_1 of one times s_k of the
      other;
    - ``"smallest"``: s_k(AB) is at least s_k(A) s_k(B), and at most s_1 of one times s_k of the
      other;
    - ``"condition"``: s_1(AB) / s_k(AB) is at most the product of the factors' condition numbers,
      and at least their quotient, the larger by the smaller; it is left out where s_k of a factor
      or of AB cannot be told from 0;
    - ``"first r"`` for r = 2, ..., k: the product of the r largest is at most that of A's times
      that of B's (Horn), and for square factors equal to it at r = k, where it is the absolute
      value of the determinant.

    Args:
        A: Shape `(m, k)`.
        B: Shape `(k, n)`.

    Returns:
        Name -> bound, in this order.

    Raises:
        ValueError: If the factors are no matrices of floating-point numbers, do not fit each other,
            or hold a number that is not finite.
    """
    for name, M in (("A", A), ("B", B)):
        if M.dim() != 2 or M.numel() == 0:
            raise ValueError(f"{name}: expected a matrix, got shape {tuple(M.shape)}")
        if not M.is_floating_point():
            raise ValueError(f"{name}: expected floating-point numbers, got {M.dtype}")
        if not bool(M.isfinite().all()):
            raise ValueError(f"{name}: expected finite numbers, got inf or nan")
    k = A.shape[1]
    if B.shape[0] != k:
        raise ValueError(f"B: expected {k} rows, as A has columns, got {B.shape[0]}")
    A, B = A.detach().double(), B.detach().double()
    a, b, ab = (_singular_values(M, k) for M in (A, B, A @ B))
    most = a[0] * b[0]
    noise = ROUNDING * most
    bounds = {
        "largest": Bound(max(a[0] * b[-1], a[-1] * b[0]), ab[0], most, noise),
        "smallest": Bound(a[-1] * b[-1], ab[-1], min(a[0] * b[-1], a[-1] * b[0]), noise),
    }
    if a[-1] > ROUNDING * a[0] and b[-1] > ROUNDING * b[0] and ab[-1] > noise:
        first, second = a[0] / a[-1], b[0] / b[-1]
        least = max(first / second, second / first)
        bounds["condition"] = Bound(least, ab[0] / ab[-1], first * second)
    square = A.shape[0] == k == B.shape[1]
    for r in range(2, k + 1):
        high = math.prod(a[:r]) * math.prod(b[:r])
        low = high if square and r == k else 0.0
        bounds[f"first {r}"] = Bound(low, math.prod(ab[:r]), high, ROUNDING * most**r)
    return bounds


def _singular_values(M: Tensor, count: int) -> list[float]:
    values: list[float] = torch.linalg.svdvals(M).tolist()
    return (values + [0.0] * count)[:count]
