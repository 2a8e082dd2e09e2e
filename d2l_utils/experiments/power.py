"""How many pairs of runs a difference would need before it could be seen."""

from __future__ import annotations

import math
from typing import Annotated

from d2l_utils.border import AtLeastZero, Number, Positive, checked
from d2l_utils.experiments.intervals import Level

Power = Annotated[float, Number(at_least=0.5, at_most=0.9999)]

MOST = 10**12
"""More pairs than this are no plan."""


@checked
def runs_needed(
    sd: AtLeastZero, difference: Positive, *, power: Power = 0.8, level: Level = 0.95
) -> int:
    r"""Pairs of runs after which a difference is probably resolved.

    With the quantiles z of the normal distribution, at the level from both sides and at the power,
    these are :math:`(z_{level} + z_{power})^2 (sd / difference)^2`, at the defaults 7.85 times the
    squared ratio, and about :math:`z_{level}^2 / 2` more because the spread is estimated too
    (Guenther 1981).

    Args:
        sd: Standard deviation of the paired differences.
        difference: Expected difference that is to be seen, in the same unit, positive.
        power: Probability that the interval leaves out 0.
        level: Of the interval.

    Returns:
        The number, rounded up, at least 2.

    Raises:
        TypeError: If something is not a number.
        ValueError: If something is out of range, or more than 10**12 pairs are needed.
    """
    from scipy import stats

    z = float(stats.norm.ppf((1 + level) / 2))
    reach = (z + float(stats.norm.ppf(power))) * (sd / difference)
    if not reach < math.sqrt(MOST):
        raise ValueError(
            f"difference: expected one for which at most {MOST:,} pairs are needed, "
            f"got {difference!r:.60} at a spread of {sd!r:.60}"
        )
    return max(2, math.ceil(reach**2 + z**2 / 2))
