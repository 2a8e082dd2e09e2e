"""What the winner of k draws is expected to be, exactly: no search is simulated here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from d2l_utils.border import Count, checked
from d2l_utils.experiments.search import Draws


@checked
def expected_of_winner(scores: Sequence[float], values: Sequence[float], k: Draws) -> float:
    """Expected value of what wins by its score among k draws with replacement.

    With ``values`` the scores themselves it is their expected best; with what the same settings
    reach on other examples it is what the winner is really worth.

    Args:
        scores: What each setting is chosen by; larger wins, equal ones share.
        values: What each setting is worth, in the same order.
        k: How many are drawn.

    Returns:
        The mean over all draws.

    Raises:
        TypeError: If something is not a number.
        ValueError: If there is no score, the two differ in length, or k is out of range.
    """
    N = len(scores)
    if not N:
        raise ValueError("scores: expected at least one, got none")
    if len(values) != N:
        raise ValueError(f"values: expected {N}, one per score, got {len(values)}")
    pairs = sorted(zip(scores, values, strict=True), key=lambda pair: pair[0])
    parts, below = [], 0
    for _, group in groupby(pairs, key=lambda pair: pair[0]):
        tied = [value for _, value in group]
        up_to = below + len(tied)
        parts.append(math.fsum(tied) / len(tied) * ((up_to / N) ** k - (below / N) ** k))
        below = up_to
    return math.fsum(parts)


@checked
def expected_normal_best(k: Count) -> float:
    """Expected largest of k independent standard normal numbers.

    By how many standard deviations the best of k equal settings looks better than it is.

    Args:
        k: How many.

    Returns:
        The integral of x k phi(x) Phi(x)^(k-1), by quadrature to about 1e-8.

    Raises:
        TypeError: If k is no integer.
        ValueError: If k is not positive.
    """
    from scipy import integrate, special

    def density(x: float) -> float:
        weight = math.exp(-x * x / 2 + (k - 1) * float(special.log_ndtr(x)))
        return x * k * weight / math.sqrt(2 * math.pi)

    return float(integrate.quad(density, -9, 9, epsabs=1e-10, limit=200)[0])
