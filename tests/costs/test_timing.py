"""The ratio of two running times."""

from __future__ import annotations

import pytest

from d2l_utils.costs import timing
from d2l_utils.costs.timing import time_ratio


def test_calls_alternate_and_the_ratio_is_that_of_the_middle_round(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls, clock = [], [0.0]
    seconds = {"short": iter([1, 2, 2, 2]), "long": iter([50, 4, 6, 30])}
    monkeypatch.setattr(timing.time, "perf_counter", lambda: clock[0])

    def call(name: str) -> None:
        calls.append(name)
        clock[0] += next(seconds[name])

    # Of 50, 2, 3 and 15 the first is not counted.
    assert time_ratio(lambda: call("long"), lambda: call("short"), rounds=3) == 3
    assert calls == ["long", "short"] * 4


def test_no_rounds_are_refused() -> None:
    with pytest.raises(ValueError, match="rounds: expected at least 1 and at most 100,000, got 0"):
        time_ratio(int, int, rounds=0)
