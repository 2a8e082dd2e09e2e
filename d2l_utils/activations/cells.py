"""The cells of a network with ReLU or pReLU and two inputs inside a rectangle, exactly.

A cell is a convex polygon on which no hidden unit changes sign. A layer's units are affine on each
cell of the layers before it, so that each of them cuts it along a straight line or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from d2l_utils.activations.layers import Layers
from d2l_utils.activations.rational import (
    Affine,
    Pattern,
    Vector,
    activate,
    by_layer,
    compose,
    identity,
    rational,
)
from d2l_utils.border import checked

Point = tuple[Fraction, Fraction]
Polygon = tuple[Point, ...]


@dataclass(frozen=True)
class Cell:
    """A convex polygon on which the network is affine: `x @ weights + bias`.

    Attributes:
        corners: In order, counterclockwise.
        weights: Two rows with one entry per output.
        bias: One entry per output.
        pattern: Of each hidden layer, of each unit, whether its input is positive in the interior.
    """

    corners: Polygon
    weights: tuple[Vector, Vector]
    bias: Vector
    pattern: tuple[Pattern, ...]

    @property
    def area(self) -> Fraction:
        """The polygon's area."""
        turned = self.corners[1:] + self.corners[:1]
        twice = [a * d - b * c for (a, b), (c, d) in zip(self.corners, turned, strict=True)]
        return sum(twice, Fraction(0)) / 2


@checked
def activation_cells(
    layers: Layers,
    box: Sequence[Sequence[float]] = ((-1.0, 1.0), (-1.0, 1.0)),
    alpha: float = 0.0,
) -> list[Cell]:
    """Cut a rectangle into the cells of a network with two inputs.

    Two cells may have the same affine map; cells count patterns.

    Args:
        layers: Pairs (W, b) of a network with two inputs; the activation stands after each but the
            last. Numbers are converted to fractions exactly.
        box: Smallest and largest value of the first input, then of the second.
        alpha: Slope of the activation for negative inputs; 0 is ReLU.

    Returns:
        The cells that have an area; their areas add up to the rectangle's. A unit that is zero on a
        whole cell counts as not positive there.

    Raises:
        ValueError: If a shape does not fit, a number is not finite or the box has no area.
    """
    exact = rational(layers, 2)
    slope = Fraction(alpha)
    cut: list[tuple[Polygon, Affine, Pattern]] = [(_rectangle(box), identity(2), ())]
    for layer in exact[:-1]:
        finer = []
        for polygon, inputs, pattern in cut:
            units = compose(layer, inputs)
            parts: list[tuple[Polygon, Pattern]] = [(polygon, ())]
            for unit in units:
                parts = [
                    (half, (*signs, positive))
                    for part, signs in parts
                    for half, positive in _halves(part, unit)
                ]
            finer += [
                (part, activate(units, signs, slope), pattern + signs) for part, signs in parts
            ]
        cut = finer
    return [_cell(part, compose(exact[-1], inputs), by_layer(p, exact)) for part, inputs, p in cut]


def _cell(corners: Polygon, outputs: Affine, pattern: tuple[Pattern, ...]) -> Cell:
    first, second, bias = zip(*outputs, strict=True)
    return Cell(corners, (first, second), bias, pattern)


def _rectangle(box: Sequence[Sequence[float]]) -> Polygon:
    if [len(side) for side in box] != [2, 2] or any(low >= high for low, high in box):
        raise ValueError(f"box: expected ((low, high), (low, high)) with low < high, got {box!r}")
    (left, right), (low, high) = ([Fraction(end) for end in side] for side in box)
    return ((left, low), (right, low), (right, high), (left, high))


def _halves(polygon: Polygon, unit: Vector) -> list[tuple[Polygon, bool]]:
    """Divide a convex polygon by the sign of an affine function; halves without area are none."""
    a, b, c = unit
    values = [a * x + b * y + c for x, y in polygon]
    if min(values) >= 0 and max(values) > 0:
        return [(polygon, True)]
    if max(values) <= 0:
        return [(polygon, False)]
    return [
        (_clip(polygon, values), True),
        (_clip(polygon, [-value for value in values]), False),
    ]


def _clip(polygon: Polygon, values: list[Fraction]) -> Polygon:
    """Keep the part of a convex polygon on which an affine function is not negative."""
    kept: list[Point] = []
    ends = zip(polygon, values, polygon[1:] + polygon[:1], values[1:] + values[:1], strict=True)
    for here, value, there, next_value in ends:
        if value >= 0:
            kept.append(here)
        if value * next_value < 0:
            share = value / (value - next_value)
            x, y = (p + share * (q - p) for p, q in zip(here, there, strict=True))
            kept.append((x, y))
    return tuple(kept)
