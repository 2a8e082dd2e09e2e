"""Two spellings of one function: a tanh net as a sigmoid net of the same widths, and back.

From tanh(z) = 2 sigmoid(2 z) - 1: a sigmoid net whose hidden layers compute S = (A + 1) / 2 in
place of A = tanh(Z) needs 2 Z before its nonlinearity. What a layer reads from S in place of A
doubles its weights and takes their column sums from its bias; what it hands to a sigmoid is doubled
once more. Factors are powers of two, so that only biases are rounded.
"""

from __future__ import annotations

from torch import Tensor

from d2l_utils.activations.layers import Layers, check_layers
from d2l_utils.border import checked


@checked
def tanh_to_sigmoid(layers: Layers) -> list[tuple[Tensor, Tensor]]:
    """Find the sigmoid net that computes the same function as a tanh net.

    The map is linear in the parameters and one to one; `sigmoid_to_tanh` is its inverse.

    Args:
        layers: Pairs (W, b) of floating-point tensors, tanh after each but the last.

    Returns:
        Pairs of the same shapes, for a sigmoid after each but the last.

    Raises:
        TypeError: If a tensor does not hold floating-point numbers.
        ValueError: If a shape does not fit.
    """
    _check(layers)
    new = []
    for place, (W, b) in enumerate(layers):
        reads, writes = _factors(place, len(layers))
        shift = W.sum(0) if reads == 2 else 0
        new.append((reads * writes * W, writes * (b - shift)))
    return new


@checked
def sigmoid_to_tanh(layers: Layers) -> list[tuple[Tensor, Tensor]]:
    """Find the tanh net that computes the same function as a sigmoid net.

    Args:
        layers: Pairs (W, b) of floating-point tensors, a sigmoid after each but the last.

    Returns:
        Pairs of the same shapes, for tanh after each but the last.

    Raises:
        TypeError: If a tensor does not hold floating-point numbers.
        ValueError: If a shape does not fit.
    """
    _check(layers)
    new = []
    for place, (W, b) in enumerate(layers):
        reads, writes = _factors(place, len(layers))
        W = W / (reads * writes)
        new.append((W, b / writes + (W.sum(0) if reads == 2 else 0)))
    return new


def _factors(place: int, count: int) -> tuple[int, int]:
    """What a layer's weights are multiplied by for what it reads, and for what it hands on."""
    return (1 if place == 0 else 2), (1 if place == count - 1 else 2)


def _check(layers: Layers) -> None:
    check_layers(layers)
    for place, pair in enumerate(layers):
        for name, tensor in zip("Wb", pair, strict=True):
            if not tensor.is_floating_point():
                raise TypeError(
                    f"layers[{place}]: expected floating-point numbers in {name}, got "
                    f"{tensor.dtype}"
                )
