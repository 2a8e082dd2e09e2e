"""The pieces of a network with ReLU or pReLU and one input, exactly.

On an interval on which no unit changes sign, every unit is affine. A further layer cuts the
interval where one of its units is zero. All of it is done with fractions, so that a kink is where
it is, and two slopes are equal or not.
"""

from __future__ import annotations

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

End = Fraction | None


@dataclass(frozen=True)
class Piece:
    """An interval on which the network is affine: `x * slope + intercept`.

    Attributes:
        left: Its left end; None if it has none.
        right: Its right end; None if it has none.
        slope: One entry per output.
        intercept: One entry per output.
        patterns: The activation patterns that occur in its interior, from left to right: of each
            hidden layer, of each unit, whether its input is positive.
    """

    left: Fraction | None
    right: Fraction | None
    slope: Vector
    intercept: Vector
    patterns: tuple[tuple[Pattern, ...], ...]


@checked
def activation_pieces(layers: Layers, alpha: float = 0.0, merge: bool = True) -> list[Piece]:
    """Cut the real line into the pieces of a network with one input.

    Args:
        layers: Pairs (W, b) of a network with one input; the activation stands after each but the
            last. Numbers are converted to fractions exactly.
        alpha: Slope of the activation for negative inputs; 0 is ReLU.
        merge: Whether neighbours with the same affine map are one piece. These are then the pieces
            of the function; without, the intervals of constant pattern, at least as many.

    Returns:
        The pieces from left to right. A unit that is zero on a whole interval counts as not
        positive there.

    Raises:
        ValueError: If a shape does not fit, or a number is not finite.
    """
    exact = rational(layers, 1)
    slope = Fraction(alpha)
    cut: list[tuple[End, End, Affine, Pattern]] = [(None, None, identity(1), ())]
    for layer in exact[:-1]:
        finer = []
        for left, right, inputs, pattern in cut:
            units = compose(layer, inputs)
            for start, stop in _between(left, right, units):
                x = _inside(start, stop)
                positive = tuple(a * x + c > 0 for a, c in units)
                after = activate(units, positive, slope)
                finer.append((start, stop, after, pattern + positive))
        cut = finer
    pieces: list[Piece] = []
    for left, right, inputs, pattern in cut:
        slopes, constants = zip(*compose(exact[-1], inputs), strict=True)
        here: tuple[tuple[Pattern, ...], ...] = (by_layer(pattern, exact),)
        last = pieces[-1] if pieces else None
        if merge and last and (last.slope, last.intercept) == (slopes, constants):
            left, here = last.left, last.patterns + here
            pieces.pop()
        pieces.append(Piece(left, right, slopes, constants, here))
    return pieces


def _between(left: End, right: End, units: Affine) -> list[tuple[End, End]]:
    """Cut an interval at the zeros of affine functions."""
    zeros = {-c / a for a, c in units if a}
    inner = sorted(x for x in zeros if (left is None or left < x) and (right is None or x < right))
    return list(zip([left, *inner], [*inner, right], strict=True))


def _inside(left: End, right: End) -> Fraction:
    """A point of the interval's interior."""
    if left is None:
        return Fraction(0) if right is None else right - 1
    return left + 1 if right is None else (left + right) / 2
