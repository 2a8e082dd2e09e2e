"""How a product of many random matrices scales: Lyapunov exponents, predicted and measured."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from d2l_utils.border import Count, Held, Positive, checked

if TYPE_CHECKING:
    from collections.abc import Iterator


@checked
def lyapunov_exponents(n: Count, sigma: Positive) -> Tensor:
    r"""Compute the exponents of products of square Gaussian matrices (Newman, 1986).

    The i-th largest singular value of a product of K independent matrices grows like
    :math:`e^{K \lambda_i}`, where

    .. math:: \lambda_i = \log \sigma + \tfrac12 (\log 2 + \psi(\tfrac{n - i + 1}{2})),

    and psi is the digamma function: the mean of the logarithm of a chi-square with n - i + 1
    degrees of freedom, halved.

    Args:
        n: Rows and columns of each factor.
        sigma: Standard deviation of each entry.

    Returns:
        The exponents, natural logarithms per factor, decreasing; shape `(n,)`, float64.

    Raises:
        ValueError: If `n` or `sigma` is not positive.
    """
    freedom = torch.arange(n, 0, -1, dtype=torch.float64)
    return math.log(sigma) + (math.log(2) + torch.digamma(freedom / 2)) / 2


@checked
def measured_exponents(factors: Iterable[Held]) -> Tensor:
    """Measure the exponents of a product, which itself may be beyond any number format.

    After each factor a QR decomposition takes the scales out; their logarithms are added up. So the
    smallest singular values are not lost below the rounding of the largest.

    Args:
        factors: Square matrices of one size, the first being applied first.

    Returns:
        The exponents, natural logarithms per factor, in the order of the QR decomposition, which
        for many factors is decreasing; shape `(n,)`, float64.

    Raises:
        ValueError: If there is no factor, or one is not a square matrix of the first one's size.
    """
    total, Q, count = torch.zeros(0, dtype=torch.float64), None, 0
    for W in _squares(factors):
        Q = torch.eye(len(W), dtype=torch.float64) if Q is None else Q
        Q, R = torch.linalg.qr(W @ Q)
        logs = R.diagonal().abs().log()
        total, count = (logs if count == 0 else total + logs), count + 1
    if not count:
        raise ValueError("factors: expected at least one matrix, got none")
    return total / count


def _squares(factors: Iterable[Tensor]) -> Iterator[Tensor]:
    size: int | None = None
    for W in factors:
        size = len(W) if size is None and W.dim() == 2 else size
        if W.shape != (size, size):
            raise ValueError(
                f"factors: expected square matrices of one size, got shape {tuple(W.shape)}"
            )
        yield W.detach().double()
