"""Comparing two running times on one machine; for readers to try, never for a test."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Annotated

from d2l_utils.border import Number, checked


@checked
def time_ratio(
    run: Callable[[], object],
    unit: Callable[[], object],
    rounds: Annotated[int, Number(at_least=1, at_most=100_000)] = 15,
) -> float:
    """Time one call against another, in turn, so that both see the same machine.

    Args:
        run: What to time.
        unit: What to divide by.
        rounds: Number of pairs of calls; one more is made first and not counted.

    Returns:
        The median over the rounds of (seconds of `run`) / (seconds of `unit`).

    Raises:
        ValueError: If `rounds` is not positive.
    """
    if rounds < 1:
        raise ValueError(f"rounds: expected at least 1, got {rounds}")
    ratios = [_seconds(run) / _seconds(unit) for _ in range(rounds + 1)]
    return statistics.median(ratios[1:])


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
