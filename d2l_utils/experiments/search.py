"""What a search by k random trials is worth, from a table of all that could have been drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

from d2l_utils.border import Number, checked

Draws = Annotated[int, Number(at_least=1, at_most=10_000)]
"""How many are drawn; above, powers would have too many digits."""


@checked
def expected_best(scores: Sequence[float], k: Draws, *, replacement: bool = False) -> float:
    """Expected largest score among k that are drawn at random, exactly.

    The i-th smallest of N scores is the largest drawn in C(i-1, k-1) of the C(N, k) subsets, or in
    i^k - (i-1)^k of the N^k sequences.

    Args:
        scores: What each setting reached; larger is better, so give losses with a minus.
        k: How many are drawn, at most 10,000.
        replacement: Whether a setting may be drawn more than once.

    Returns:
        The mean over all draws. The weights are divided as whole numbers and the sum is rounded
        once, so that only last digits are lost.

    Raises:
        TypeError: If a score is not a number.
        ValueError: If there is no score, one is not finite, or more are to be drawn without
            replacement than there are.
    """
    N = len(scores)
    if not N:
        raise ValueError("scores: expected at least one, got none")
    if k > N and not replacement:
        raise ValueError(f"k: expected at most {N}, the number of scores, got {k}")
    if replacement:
        parts, whole = [b - a for a, b in pairwise(i**k for i in range(N + 1))], N**k
    else:
        parts, whole = [math.comb(i, k - 1) for i in range(N)], math.comb(N, k)
    return math.fsum(
        float(score) * (part / whole) for score, part in zip(sorted(scores), parts, strict=True)
    )
