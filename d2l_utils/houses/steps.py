"""The largest learning rate of gradient descent on a linear model, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from d2l_utils.border import Held, checked


@dataclass(frozen=True)
class StepLimit:
    """The curvature of the mean squared error of a linear model.

    Attributes:
        largest: Largest eigenvalue of the Hessian, which is 2 / n Z'Z.
        smallest: Its smallest eigenvalue that is not 0.
        rank: How many are not 0.
    """

    largest: float
    smallest: float
    rank: int

    @property
    def limit(self) -> float:
        """Rates below it converge from every start, rates above diverge from nearly every one."""
        return 2 / self.largest

    @property
    def condition(self) -> float:
        """Largest over smallest eigenvalue that is not 0: what the number of steps grows with."""
        return self.largest / self.smallest


@checked
def step_limit(Z: Held) -> StepLimit:
    r"""Find the largest learning rate for the loss :math:`\frac1n |\mathbf{Z}\mathbf{w} - y|^2`.

    Its Hessian is :math:`\mathbf{H} = \frac2n \mathbf{Z}^\top \mathbf{Z}`, and a step of gradient
    descent multiplies the distance from the minimum by :math:`\mathbf{I} - \eta\mathbf{H}`. So the
    limit is :math:`2 / \lambda_{\max}`. Eigenvalues are squares of singular values of Z, which are
    found to a relative accuracy that products of Z would lose. As zero counts what is below
    rounding: a singular value under max(n, d) units in the last place of the largest.

    Args:
        Z: Features with a column of ones if there is a bias, shape `(n, d)`.

    Returns:
        Both ends of the spectrum, the rank, and what follows from them.

    Raises:
        TypeError: If `Z` is no tensor of real numbers in memory.
        ValueError: If it is no matrix with rows and columns, a number is not finite, all are 0, or
            their squares leave float64's range.
    """
    if Z.ndim != 2 or 0 in Z.shape:
        raise ValueError(f"Z: expected a matrix with rows and columns, got shape {tuple(Z.shape)}")
    if not bool(Z.isfinite().all()):
        raise ValueError("Z: expected finite numbers, got others")
    values = torch.linalg.svdvals(Z.detach().double())
    rounding = max(Z.shape) * torch.finfo(torch.float64).eps * values[0]
    rank = int((values > rounding).sum())
    if rank == 0:
        raise ValueError("Z: expected a number other than 0, got only zeros")
    eigenvalues = 2 / len(Z) * values**2
    tiny = torch.finfo(torch.float64).tiny
    if not tiny < eigenvalues[rank - 1].item() <= eigenvalues[0].item() < 1 / tiny:
        got = f"singular values {values[rank - 1]:.3g} to {values[0]:.3g}"
        raise ValueError(f"Z: expected numbers whose squares float64 holds, got {got}")
    return StepLimit(eigenvalues[0].item(), eigenvalues[rank - 1].item(), rank)
