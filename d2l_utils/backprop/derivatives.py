"""Activations and losses with their derivatives, each written out by hand.

`ACTIVATIONS` holds phi and phi', `LOSSES` the mean loss of a batch and its gradient with respect to
the output o: the two places where the equations of D2L section 5.3 leave a function open.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import one_hot


class Activation(NamedTuple):
    """An elementwise function and its derivative; both take z and keep its shape.

    Attributes:
        phi: z -> phi(z).
        slope: z -> phi'(z), evaluated at z.
    """

    phi: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor], Tensor]


class Loss(NamedTuple):
    """A loss, averaged over n examples, and its gradient with respect to the output.

    Attributes:
        value: (o, y) -> scalar, for o of shape (n, num_outputs).
        gradient: (o, y) -> (n, num_outputs), including the 1/n of the mean.
    """

    value: Callable[[Tensor, Tensor], Tensor]
    gradient: Callable[[Tensor, Tensor], Tensor]


def _relu_slope(z: Tensor) -> Tensor:
    # The sign of z without its negative half: 1 where z > 0, else 0 (also at 0, as in torch).
    return z.sign().clamp_(min=0)


def _tanh_slope(z: Tensor) -> Tensor:
    # 1 - tanh(z)^2 cancels for large |z|; 1/cosh(z)^2 does not, and e^|z| may not overflow.
    e = torch.exp(-2 * z.abs())
    return 4 * e / (1 + e) ** 2


def _sigmoid_slope(z: Tensor) -> Tensor:
    # p (1 - p), where 1 - p is taken as sigmoid(-z) so that it does not cancel.
    return torch.sigmoid(z) * torch.sigmoid(-z)


def _softplus(z: Tensor) -> Tensor:
    # log(1 + e^z) without overflow, and without the library's switch to z above 20.
    return torch.logaddexp(z, torch.zeros_like(z))


def _normal_cdf(z: Tensor) -> Tensor:
    # Written with erfc: 1 + erf cancels far to the left.
    return torch.erfc(z * -math.sqrt(0.5)) / 2


def _gelu_slope(z: Tensor) -> Tensor:
    density = torch.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return _normal_cdf(z) + z * density


ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation(torch.relu, _relu_slope),
    "tanh": Activation(torch.tanh, _tanh_slope),
    "sigmoid": Activation(torch.sigmoid, _sigmoid_slope),
    "softplus": Activation(_softplus, torch.sigmoid),
    "gelu": Activation(lambda z: z * _normal_cdf(z), _gelu_slope),
    "identity": Activation(lambda z: z, torch.ones_like),
}
"""Name -> phi with its derivative."""


def _cross_entropy(o: Tensor, y: Tensor) -> Tensor:
    return -torch.log_softmax(o, dim=1).gather(1, y.long()[:, None]).mean()


def _cross_entropy_gradient(o: Tensor, y: Tensor) -> Tensor:
    return (torch.softmax(o, dim=1) - one_hot(y.long(), o.shape[1])) / len(o)


def _squared(o: Tensor, y: Tensor) -> Tensor:
    return ((o - y) ** 2).sum() / 2 / len(o)


LOSSES: dict[str, Loss] = {
    "cross_entropy": Loss(_cross_entropy, _cross_entropy_gradient),
    "squared": Loss(_squared, lambda o, y: (o - y) / len(o)),
}
"""Name -> the mean loss with its gradient. Cross-entropy takes integer labels y of shape (n,),
the squared loss (half the squared norm of o - y) targets of o's shape."""
