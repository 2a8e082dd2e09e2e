"""Layers in rational arithmetic, and affine maps of the input that pass through them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise

from d2l_utils.activations.layers import Layers, check_layers

Vector = tuple[Fraction, ...]
Affine = tuple[Vector, ...]
"""Of each unit the coefficients of the inputs and, last, the constant."""
Pattern = tuple[bool, ...]
"""Of each hidden unit, layer after layer, whether its input is positive."""
RationalLayers = list[tuple[list[Vector], Vector]]
"""Of each layer the columns of W, one per unit, and b."""


def rational(layers: Layers, num_inputs: int) -> RationalLayers:
    """Convert layers exactly: a floating-point number is a whole number over a power of two.

    Args:
        layers: Pairs (W, b).
        num_inputs: How many inputs the first layer is to have.

    Returns:
        The same numbers as fractions.

    Raises:
        ValueError: If a shape does not fit or a number is not finite.
    """
    check_layers(layers, num_inputs)
    for place, pair in enumerate(layers):
        for name, tensor in zip("Wb", pair, strict=True):
            if not bool(tensor.isfinite().all()):
                raise ValueError(f"layers[{place}]: expected finite numbers in {name}")
    return [
        ([_fractions(column) for column in W.detach().T.tolist()], _fractions(b.detach().tolist()))
        for W, b in layers
    ]


def _fractions(numbers: Sequence[float]) -> Vector:
    return tuple(Fraction(number) for number in numbers)


def identity(num_inputs: int) -> Affine:
    """The affine map that leaves the inputs as they are.

    Args:
        num_inputs: How many there are.

    Returns:
        One unit per input.
    """
    return tuple(
        tuple(Fraction(int(i == j)) for j in range(num_inputs + 1)) for i in range(num_inputs)
    )


def compose(layer: tuple[list[Vector], Vector], inner: Affine) -> Affine:
    """Pass affine maps through a layer.

    Args:
        layer: Its columns and biases.
        inner: What its inputs are.

    Returns:
        What its outputs are.
    """
    size = len(inner[0])
    units = []
    for column, bias in zip(*layer, strict=True):
        total = [Fraction(0)] * (size - 1) + [bias]
        for weight, row in zip(column, inner, strict=True):
            if weight:
                total = [t + weight * r for t, r in zip(total, row, strict=True)]
        units.append(tuple(total))
    return tuple(units)


def activate(units: Affine, pattern: Pattern, alpha: Fraction) -> Affine:
    """Let positive units pass and multiply the others by alpha.

    Args:
        units: Affine maps of a known sign.
        pattern: Which of them are positive.
        alpha: Slope for the others; 0 is ReLU.

    Returns:
        The units after the activation.
    """
    return tuple(
        row if active else tuple(alpha * entry for entry in row)
        for row, active in zip(units, pattern, strict=True)
    )


def by_layer(pattern: Pattern, layers: RationalLayers) -> tuple[Pattern, ...]:
    """Divide a pattern into those of the hidden layers.

    Args:
        pattern: Of all hidden units.
        layers: The layers; the last has no activation.

    Returns:
        One pattern per hidden layer.
    """
    ends = accumulate((len(b) for _, b in layers[:-1]), initial=0)
    return tuple(pattern[start:stop] for start, stop in pairwise(ends))
