"""Activations that a reader may have used: those of the section's checker, and near relatives."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from d2l_utils.backprop.derivatives import ACTIVATIONS, Activation


def _leaky_relu_slope(z: Tensor) -> Tensor:
    return 0.01 + 0.99 * (z > 0).to(z.dtype)


def _elu_slope(z: Tensor) -> Tensor:
    return z.clamp(max=0).exp()


def _silu_slope(z: Tensor) -> Tensor:
    a = torch.sigmoid(z)
    return a + z * a * torch.sigmoid(-z)


def _inner(z: Tensor) -> Tensor:
    return math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)


def _gelu_tanh_slope(z: Tensor) -> Tensor:
    t = torch.tanh(_inner(z))
    inner_slope = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z**2)
    return (1 + t) / 2 + z / 2 * (1 - t**2) * inner_slope


RELATIVES: dict[str, Activation] = {
    "leaky relu": Activation(lambda z: torch.where(z > 0, z, 0.01 * z), _leaky_relu_slope),
    "elu": Activation(lambda z: torch.where(z > 0, z, torch.expm1(z.clamp(max=0))), _elu_slope),
    "silu": Activation(lambda z: z * torch.sigmoid(z), _silu_slope),
    "gelu, tanh form": Activation(lambda z: z / 2 * (1 + torch.tanh(_inner(z))), _gelu_tanh_slope),
}
"""Name -> phi with its derivative, of those that cannot be asked for."""

KNOWN_ACTIVATIONS: dict[str, Activation] = ACTIVATIONS | RELATIVES
"""Name -> phi with its derivative, of all that are recognised."""

_FROM_H: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": lambda h: (h > 0).to(h.dtype),
    "tanh": lambda h: 1 - h**2,
    "sigmoid": lambda h: h * (1 - h),
    "softplus": lambda h: 1 - torch.exp(-h),
}


def slope_from_h(activation: str) -> Callable[[Tensor], Tensor]:
    """Return the formula that gives phi'(z) from h = phi(z).

    Args:
        activation: A key of `KNOWN_ACTIVATIONS`.

    Returns:
        The formula; phi' itself where h has none.
    """
    return _FROM_H.get(activation, KNOWN_ACTIVATIONS[activation].slope)
