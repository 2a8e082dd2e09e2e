"""How far a score, or the difference of two scores, would move with other houses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from d2l_utils.border import Number, checked
from d2l_utils.houses.arguments import Numbers, vector
from d2l_utils.houses.folds import Seed

LARGEST = 1e150
"""Of an error: the squares of many such have a finite sum."""

Draws = Annotated[int, Number(at_least=100, at_most=100_000)]


@dataclass(frozen=True)
class Estimate:
    """A number with what the bootstrap says of it.

    Attributes:
        value: On the houses that there are.
        error: Its standard error: standard deviation over the draws.
        low: 2.5 % of the draws are below.
        high: 2.5 % are above.
    """

    value: float
    error: float
    low: float
    high: float

    @property
    def resolved(self) -> bool:
        """Whether the interval leaves out 0."""
        return not self.low <= 0 <= self.high


@dataclass(frozen=True)
class PairedScores:
    """Two models on the same houses.

    Attributes:
        a: Score of the first.
        b: Score of the second.
        difference: First minus second, both taken from the same draw.
    """

    a: Estimate
    b: Estimate
    difference: Estimate


@checked
def paired_bootstrap(a: Any, b: Any, draws: Draws = 2000, seed: Seed = 0) -> PairedScores:
    """Draw houses with replacement, many times, and score both models on each draw (Efron 1979).

    Args:
        a: Log errors of one model, one for each house.
        b: Log errors of the other for the same houses in the same order.
        draws: How many times as many houses are drawn.
        seed: Of the draws.

    Returns:
        Root mean squares of both, and their difference, each with its error.

    Raises:
        TypeError: If errors are no numbers.
        ValueError: If they are not equally many or fewer than two, or a number is out of range,
            as an error is whose square is infinite.
    """
    first = vector("a", a)
    second = vector("b", b, len(first))
    n = len(first)
    if n < 2:
        raise ValueError(f"a: expected errors of at least 2 houses, got {n}")
    for name, errors in (("a", first), ("b", second)):
        if (most := float(np.abs(errors).max())) > LARGEST:
            raise ValueError(f"{name}: expected errors up to {LARGEST:g}, got one of {most:g}")
    generator = np.random.default_rng(int(seed))
    scores = np.empty((int(draws), 2))
    squares = np.stack([first**2, second**2])
    for draw in range(int(draws)):
        scores[draw] = np.sqrt(squares[:, generator.integers(n, size=n)].mean(axis=1))
    here = np.sqrt(squares.mean(axis=1))
    return PairedScores(
        _estimate(here[0], scores[:, 0]),
        _estimate(here[1], scores[:, 1]),
        _estimate(here[0] - here[1], scores[:, 0] - scores[:, 1]),
    )


def _estimate(value: float, drawn: Numbers) -> Estimate:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(float(value), float(drawn.std(ddof=1)), float(low), float(high))
