"""The upper envelope of lines: which class a network with one hidden unit chooses, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from d2l_utils.border import checked


@dataclass(frozen=True)
class Stretch:
    """An interval on which one line lies above all others.

    Attributes:
        line: The line's place among those given.
        left: Left end; None if it has none.
        right: Right end; None if it has none.
    """

    line: int
    left: Fraction | None
    right: Fraction | None


@checked
def upper_envelope(
    slopes: Sequence[float], intercepts: Sequence[float], start: float | None = None
) -> list[Stretch]:
    """Find where each of several lines is the highest, exactly.

    The places where one line is the highest are an interval: each other line lies below it on a
    half line. So a line occurs once at most, and slopes increase from left to right. Of lines that
    are equal the first occurs. One that is the highest at a single point only does not.

    Args:
        slopes: One per line.
        intercepts: One per line: its height at 0.
        start: Where to begin; None for the whole axis.

    Returns:
        The stretches from left to right. Neighbours share an end, where both lines are equal.

    Raises:
        TypeError: If something is not a number.
        ValueError: If there is no line, one number is not finite, or lengths differ.
    """
    if not len(slopes):
        raise ValueError("slopes: expected at least one, got none")
    if len(slopes) != len(intercepts):
        raise ValueError(
            f"intercepts: expected {len(slopes)}, one per slope, got {len(intercepts)}"
        )
    lines = [(Fraction(a), Fraction(c)) for a, c in zip(slopes, intercepts, strict=True)]
    order = sorted(range(len(lines)), key=lambda k: (lines[k][0], -lines[k][1], k))
    above: list[tuple[int, Fraction | None]] = []
    for k in order:
        if above and lines[above[-1][0]][0] == lines[k][0]:
            continue  # parallel, and not higher
        left: Fraction | None = None
        while above:
            last, since = above[-1]
            left = _crossing(lines[last], lines[k])
            if since is None or left > since:
                break
            above.pop()
            left = None
        above.append((k, left))
    ends = [left for _, left in above[1:]]
    found = [Stretch(k, left, end) for (k, left), end in zip(above, [*ends, None], strict=True)]
    return found if start is None else _from(found, Fraction(start))


def _crossing(flatter: tuple[Fraction, Fraction], steeper: tuple[Fraction, Fraction]) -> Fraction:
    return (flatter[1] - steeper[1]) / (steeper[0] - flatter[0])


def _from(stretches: list[Stretch], start: Fraction) -> list[Stretch]:
    return [
        Stretch(s.line, start if s.left is None else max(s.left, start), s.right)
        for s in stretches
        if s.right is None or s.right > start
    ]
