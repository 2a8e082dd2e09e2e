"""Ratios of running times, measured so that a noisy machine does not decide them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: What is compared with what.
        ratio: Median over rounds of the ratio within a round.
        limit: What the project promises, or ``None`` for a figure shown for comparison only.
    """

    name: str
    ratio: float
    limit: float | None

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.limit is None or self.ratio <= self.limit


def ratios(
    candidates: Mapping[str, Callable[[], object]],
    base: Callable[[], object],
    rounds: int = 21,
    repeat: int = 1,
) -> dict[str, float]:
    """Compare candidates with a base, in turn, so that both see the same machine.

    Args:
        candidates: Name -> what to run.
        base: What to divide by.
        rounds: Counted rounds; one more is run first and not counted.
        repeat: Runs per measurement.

    Returns:
        Name -> median over the rounds of candidate's time over base's time.
    """
    measured: dict[str, list[float]] = {name: [] for name in candidates}
    for number in range(rounds + 1):
        base_time = _time(base, repeat)
        for name, run in candidates.items():
            ratio = _time(run, repeat) / base_time
            if number > 0:
                measured[name].append(ratio)
    return {name: statistics.median(values) for name, values in measured.items()}


def _time(run: Callable[[], object], repeat: int) -> float:
    started = time.perf_counter()
    for _ in range(repeat):
        run()
    return time.perf_counter() - started
