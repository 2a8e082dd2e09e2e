"""Variances of a layer's first weights and biases, by the name of the scheme."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from d2l_utils.border import AtLeastZero, Count, checked

Scheme = AtLeastZero | Literal["xavier", "he", "torch"]
"""A standard deviation, or the name of a rule."""


@dataclass(frozen=True)
class Variances:
    """What a layer starts with.

    Attributes:
        weight: Variance of each weight.
        bias: Variance of each bias; 0 if they start at zero.
    """

    weight: float
    bias: float


@checked
def init_variance(scheme: Scheme, fan_in: Count, fan_out: Count) -> Variances:
    """Give the variances with which a scheme draws a layer of `fan_in` inputs and `fan_out` units.

    ============ ============================ =================== ==================================
    scheme       variance of a weight         of a bias           source
    ============ ============================ =================== ==================================
    a number     its square                   0                   the text's ``sigma=0.01``
    ``"xavier"`` ``2 / (fan_in + fan_out)``   0                   Glorot and Bengio (2010)
    ``"he"``     ``2 / fan_in``               0                   He et al. (2015)
    ``"torch"``  ``1 / (3 * fan_in)``         ``1 / (3 fan_in)``  `torch.nn.Linear` itself
    ============ ============================ =================== ==================================

    The last is uniform between plus and minus ``1 / sqrt(fan_in)``; `torch.nn.Linear` calls
    ``kaiming_uniform_`` for it with ``a=sqrt(5)``, a slope for negative inputs that no ReLU has.

    Args:
        scheme: A standard deviation, or the name of a rule.
        fan_in: Inputs of the layer.
        fan_out: Its units.

    Returns:
        Both variances.

    Raises:
        TypeError: If a number of units is not whole.
        ValueError: If the scheme has another name or is negative, or a number is not positive.
    """
    if scheme == "xavier":
        return Variances(2 / (fan_in + fan_out), 0.0)
    if scheme == "he":
        return Variances(2 / fan_in, 0.0)
    if scheme == "torch":
        return Variances(1 / (3 * fan_in), 1 / (3 * fan_in))
    deviation = float(scheme)
    if math.isinf(deviation * deviation):
        raise ValueError(f"scheme: expected a number whose square is finite, got {deviation:g}")
    return Variances(deviation * deviation, 0.0)
