"""A network with one hidden layer that has any labels: no training, one triangular system.

Zhang et al. (2017), Understanding deep learning requires rethinking generalization, Theorem 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from d2l_utils.border import Held, checked


@dataclass(frozen=True)
class Interpolation:
    """The network x -> sum over j of relu(x·direction - thresholds[j]) weights[j].

    Attributes:
        direction: What all hidden units have as weights, shape `(d,)`.
        thresholds: Minus the hidden biases, increasing, shape `(n,)`.
        weights: Of the output layer, shape `(n,)`, or `(n, k)` for k outputs.
    """

    direction: Tensor
    thresholds: Tensor
    weights: Tensor

    def __call__(self, X: Tensor) -> Tensor:
        """Apply the network to inputs of shape `(m, d)`; gives `(m,)` or `(m, k)`."""
        return torch.relu((X @ self.direction)[:, None] - self.thresholds) @ self.weights


@checked
def interpolating_network(X: Held, y: Held, direction: Held) -> Interpolation:
    """Build a network with n hidden units that has the value y_i at x_i, for all i.

    The direction puts the examples on a line. A threshold before each of them makes the matrix of
    hidden outputs triangular with a positive diagonal, so every y has its weights. Here the
    threshold lies at the example before, which makes the network linear between neighbours.

    Args:
        X: Inputs, shape `(n, d)`, floating point.
        y: What to fit, shape `(n,)`, or `(n, k)` for k outputs with the same hidden layer.
        direction: Shape `(d,)`; no two examples may have the same product with it.

    Returns:
        The network, with d + 2n different parameters for one output.

    Raises:
        TypeError: If the three are not tensors of one floating-point dtype.
        ValueError: If shapes do not fit, a number is not finite, or two examples coincide on the
            line.
    """
    _check(X, y, direction)
    z, order = (X @ direction).sort()
    gaps = z.diff()
    if not bool((gaps > 0).all()):
        raise ValueError(
            "direction: expected one that gives all examples different places, got"
            f" {int((gaps <= 0).sum())} neighbours at the same"
        )
    # Before the first example the network is 0, and 1 long.
    lengths = torch.cat([torch.ones_like(z[:1]), gaps])
    values = y[order].reshape(len(z), -1)
    start = torch.zeros_like(values[:1])
    slopes = torch.diff(values, dim=0, prepend=start) / lengths[:, None]
    weights = torch.diff(slopes, dim=0, prepend=start).reshape(y.shape)
    return Interpolation(direction, torch.cat([z[:1] - 1, z[:-1]]), weights)


def _check(X: Tensor, y: Tensor, direction: Tensor) -> None:
    for name, value in (("X", X), ("y", y), ("direction", direction)):
        if not value.is_floating_point():
            raise TypeError(f"{name}: expected a floating-point dtype, got {value.dtype}")
        if value.dtype != X.dtype:
            raise TypeError(f"{name}: expected {X.dtype}, as X, got {value.dtype}")
        if not bool(value.isfinite().all()):
            raise ValueError(f"{name}: expected finite numbers, got others")
    if X.ndim != 2 or X.numel() == 0:
        raise ValueError(f"X: expected shape (n, d), got {tuple(X.shape)}")
    if y.ndim not in (1, 2) or len(y) != len(X) or y.numel() == 0:
        raise ValueError(f"y: expected shape ({len(X)},) or ({len(X)}, k), got {tuple(y.shape)}")
    if direction.shape != X.shape[1:]:
        expected = f"({X.shape[1]},)"
        raise ValueError(f"direction: expected shape {expected}, got {tuple(direction.shape)}")
