"""How far a mean, a share or a difference may be from what was measured.

The arithmetic is scipy's; what is here is which question each interval answers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
from torch import Tensor

from d2l_utils.border import Count, Held, Number, checked

Level = Annotated[float, Number(above=0, at_most=0.9999)]
"""Share of repetitions in which an interval holds the truth."""

Values = Held | Sequence[float]

LARGEST = 1e100
"""Squares of more could overflow in a standard deviation."""


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval.

    Attributes:
        mean: The estimate.
        low: Lower end.
        high: Upper end.
    """

    mean: float
    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Comparison(Interval):
    """The mean of paired differences, first minus second.

    Attributes:
        standard_error: Of the mean.
        wins: Pairs in which the first is larger.
        losses: Pairs in which the second is larger.
        p_value: Of the exact sign test, which for hits is McNemar's: how often pairs that differ
            would be as unequally divided as these, or more, if each fell by a fair coin.
    """

    standard_error: float
    wins: int
    losses: int
    p_value: float

    @property
    def resolved(self) -> bool:
        """Whether the interval leaves out 0."""
        return 0 not in self


@checked
def mean_interval(values: Values, level: Level = 0.95) -> Interval:
    """Mean of independent runs with Student's interval.

    Args:
        values: One finite number per run, at least two.
        level: Share of repetitions in which the interval holds the expected value, if runs are
            about normal.

    Returns:
        The mean and its interval; of no width if all runs agree.

    Raises:
        TypeError: If `values` are not numbers.
        ValueError: If there are fewer than two, or one is not finite or beyond 1e100.
    """
    from scipy import stats

    runs = _numbers("values", values)
    error = float(runs.std(ddof=1)) / math.sqrt(len(runs))
    reach = error * float(stats.t.ppf((1 + level) / 2, len(runs) - 1))
    mean = float(runs.mean())
    return Interval(mean, mean - reach, mean + reach)


@checked
def share_interval(
    hits: Annotated[int, Number(at_least=0)], count: Count, level: Level = 0.95
) -> Interval:
    """Share of hits among independent examples with Wilson's interval.

    Args:
        hits: How many hit.
        count: How many examples.
        level: Share of repetitions in which the interval holds the probability, about.

    Returns:
        The share and its interval, which stays within 0 to 1 and has a width even if all hit.

    Raises:
        TypeError: If a number is not whole.
        ValueError: If there are more hits than examples.
    """
    from scipy import stats

    if hits > count:
        raise ValueError(f"hits: expected at most count = {count}, got {hits}")
    found = stats.binomtest(hits, count).proportion_ci(level, method="wilson")
    return Interval(hits / count, float(found.low), float(found.high))


@checked
def paired_difference(a: Values, b: Values, level: Level = 0.95) -> Comparison:
    """Compare two models on the same examples, or two settings on the same seeds.

    Pairs share what makes both hard or easy, which their difference loses: the interval is narrower
    than that of two separate means by what they have in common.

    Args:
        a: One number (or True or False) per example or run.
        b: The same for the other one, in the same order.
        level: Share of repetitions in which the interval holds the expected difference, about.

    Returns:
        Mean of a - b with Student's interval, wins and losses, and the sign test. If all
        differences are equal, the interval has no width and says nothing.

    Raises:
        TypeError: If something is not a number.
        ValueError: If the two differ in length, have fewer than two entries, or one that is not
            finite or beyond 1e100.
    """
    from scipy import stats

    first, second = _numbers("a", a), _numbers("b", b)
    if len(first) != len(second):
        raise ValueError(
            f"b: expected {len(first)} numbers, one per number of a, got {len(second)}"
        )
    difference = first - second
    interval = mean_interval(difference.tolist(), level)
    wins, losses = int((difference > 0).sum()), int((difference < 0).sum())
    p_value = float(stats.binomtest(wins, wins + losses).pvalue) if wins + losses else 1.0
    error = float(difference.std(ddof=1)) / math.sqrt(len(difference))
    return Comparison(interval.mean, interval.low, interval.high, error, wins, losses, p_value)


def _numbers(
    name: str, values: Tensor | Sequence[float]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    tensor = torch.as_tensor(values, dtype=torch.float64)
    if tensor.ndim != 1 or len(tensor) < 2:
        raise ValueError(
            f"{name}: expected at least two numbers in a row, got shape {tuple(tensor.shape)}"
        )
    if not bool(tensor.isfinite().all()):
        raise ValueError(
            f"{name}: expected finite numbers, got {int((~tensor.isfinite()).sum())} others"
        )
    if (largest := float(tensor.abs().max())) > LARGEST:
        raise ValueError(f"{name}: expected numbers of at most 1e100 in size, got {largest:g}")
    return np.array(tensor.tolist(), dtype=np.float64)
