"""How probable it is that a ReLU unit without bias is off for every example at its start."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from d2l_utils.border import Held, checked

_ROUNDING = 1e-9
_REACH = 38  # where a normal density is still a number above zero


@checked
def dead_probability(cosines: Held) -> float:
    r"""Compute the probability that random weights put all examples on the side where ReLU is 0.

    The direction of the weights is uniform on the sphere, as for independent normal weights. Then
    only the angles between examples count. For up to three examples the set of such directions is a
    part of the circle or a spherical triangle, whose size is in the angles :math:`\theta_{ij}`:

    .. math:: \tfrac12, \qquad \tfrac12 - \frac{\theta_{12}}{2\pi}, \qquad
        \tfrac12 - \frac{\theta_{12} + \theta_{13} + \theta_{23}}{4\pi} .

    For n examples with the same cosine :math:`\rho \ge 0` the inputs of the unit are a common
    normal number and n others, so the probability is the integral

    .. math:: \int \varphi(z)\, \Phi\Bigl(z \sqrt{\rho / (1 - \rho)}\Bigr)^n dz ,

    which for :math:`\rho = 1/2` is :math:`1/(n + 1)`. For other sets there is no such formula.

    Args:
        cosines: Cosines of the angles between the examples, shape `(n, n)`.

    Returns:
        The probability.

    Raises:
        ValueError: If these are not the cosines of n vectors, or there are more than three examples
            whose cosines are not all the same and at least 0.
    """
    C = cosines.detach().double()
    n = len(C) if C.ndim else 0
    _check_cosines(C, n)
    if n <= 3:
        if float(torch.linalg.eigvalsh(C)[0]) < -_ROUNDING:
            raise ValueError("cosines: expected those of n vectors, got a negative eigenvalue")
        angles = sum(math.acos(max(-1.0, min(1.0, c))) for c in _pairs(C))
        return max(0.0, 0.5 - angles / ((2 if n == 2 else 4) * math.pi))
    pairs = _pairs(C)
    if max(pairs) - min(pairs) > _ROUNDING or min(pairs) < 0:
        raise ValueError(
            f"cosines: expected at most three examples, or cosines that are all the same and at "
            f"least 0, got {n} examples with cosines from {min(pairs):.3g} to {max(pairs):.3g}"
        )
    return _alike(n, pairs[0])


def _alike(n: int, rho: float) -> float:
    from scipy.integrate import quad
    from scipy.special import log_ndtr

    if rho >= 1:
        return 0.5
    ratio = math.sqrt(rho / (1 - rho))

    def density(z: float) -> float:
        return math.exp(n * float(log_ndtr(ratio * z)) - z * z / 2) / math.sqrt(2 * math.pi)

    return math.fsum(quad(density, z, z + 1)[0] for z in range(-_REACH, _REACH))


def _pairs(C: Tensor) -> list[float]:
    rows, columns = torch.triu_indices(len(C), len(C), 1)
    pairs: list[float] = C[rows, columns].tolist()
    return pairs


def _check_cosines(C: Tensor, n: int) -> None:
    if C.ndim != 2 or C.shape != (n, n) or n == 0:
        raise ValueError(f"cosines: expected shape (n, n), got {tuple(C.shape)}")
    if not bool(C.isfinite().all()):
        raise ValueError("cosines: expected finite numbers, got others")
    if bool((C.diagonal() - 1).abs().max() > _ROUNDING) or bool((C - C.T).abs().max() > _ROUNDING):
        raise ValueError("cosines: expected a symmetric matrix with 1 on the diagonal, got another")
