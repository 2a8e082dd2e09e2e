"""The ratio of two running times."""

from __future__ import annotations

import time

import pytest

from d2l_utils.timing import time_ratio


def test_calls_alternate_and_the_longer_one_counts_more() -> None:
    calls = []

    def short() -> None:
        calls.append("short")
        time.sleep(0.001)

    def long() -> None:
        calls.append("long")
        time.sleep(0.02)

    assert time_ratio(long, short, rounds=3) > 1
    assert calls == ["long", "short"] * 4


def test_no_rounds_are_refused() -> None:
    with pytest.raises(ValueError, match="rounds: expected at least 1, got 0"):
        time_ratio(int, int, rounds=0)
