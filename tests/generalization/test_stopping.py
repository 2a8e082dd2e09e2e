"""Rules of stopping on scripted curves, each worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch

from d2l_utils.generalization import StoppingRule
from d2l_utils.generalization.stopping import Stop

FLAT = [5.0, 3.0, *[3.0] * 20]
CREEP = [1 - 0.01 * k for k in range(30)]


@pytest.mark.parametrize(
    ("rule", "stop"),
    [
        (StoppingRule(3), 5),
        (StoppingRule(3, strict=True), 6),
        (StoppingRule(0), 3),
        (StoppingRule(1), 3),
        (StoppingRule(0, strict=True), 3),
        (StoppingRule(3, ties=True), 22),
    ],
)
def test_flat_after_the_second_epoch(rule: StoppingRule, stop: int) -> None:
    assert rule.apply(FLAT) == Stop(stop, 2)


def test_slow_creep_separates_the_references() -> None:
    # Each step is 0.01: below min_delta by itself, above it when four have added up.
    assert StoppingRule(5, 0.035).apply(CREEP) == Stop(30, 29)
    assert StoppingRule(5, 0.035, "best").apply(CREEP) == Stop(6, 6)
    assert StoppingRule(3, 0.035).apply(CREEP) == Stop(4, 1)


def test_restored_epoch_is_the_reference() -> None:
    curve = [1.0, 0.95, 0.94, 1.2, 1.2]
    assert StoppingRule(9, 0.1).apply(curve) == Stop(5, 1)
    assert StoppingRule(9, 0.1, "best").apply(curve) == Stop(5, 3)


def test_later_epochs_are_not_looked_at() -> None:
    curve = [3.0, 2.0, 2.5, 2.5, 2.5, 0.0]
    assert StoppingRule(3).apply(curve) == StoppingRule(3).apply(curve[:5]) == Stop(5, 2)
    assert StoppingRule(4).apply(curve) == Stop(6, 6)


def test_nan_never_counts() -> None:
    assert StoppingRule(2).apply([1.0, math.nan, 0.5, math.nan, math.nan]) == Stop(5, 3)
    assert StoppingRule(2).apply([math.nan] * 9) == Stop(2, 1)


def test_window_averages_what_there_is() -> None:
    jagged = [4.0, 2.0, 3.0, 1.0, 2.0, 0.0]
    assert StoppingRule(1).apply(jagged) == Stop(3, 2)
    # Means of two: 4, 3, 2.5, 2, 1.5, 1.
    assert StoppingRule(1, window=2).apply(jagged) == Stop(6, 6)


def test_the_same_numbers_in_another_order_are_a_tie() -> None:
    turning = [0.6, 0.1, 0.2, 0.3, 0.1, 0.2, 0.3]
    assert (0.1 + 0.2) + 0.3 > (0.2 + 0.3) + 0.1
    assert StoppingRule(3, window=3).apply(turning) == Stop(7, 4)


def test_tensors_are_curves() -> None:
    assert StoppingRule(3).apply(torch.tensor(FLAT)) == Stop(5, 2)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"patience": -1}, ValueError, "patience: expected .*, got -1"),
        ({"patience": 2.5}, TypeError, "patience: expected .*, got 2.5"),
        ({"patience": True}, TypeError, "patience: expected"),
        ({"patience": 1, "min_delta": -0.1}, ValueError, "min_delta: expected .*, got -0.1"),
        ({"patience": 1, "min_delta": math.nan}, ValueError, "min_delta: expected .*, got nan"),
        ({"patience": 1, "reference": "last"}, ValueError, "reference: expected .*, got 'last'"),
        ({"patience": 1, "strict": 1}, TypeError, "strict: expected .*, got 1"),
        ({"patience": 1, "window": 0}, ValueError, "window: expected .*, got 0"),
    ],
)
def test_rules_that_make_no_sense_are_refused(
    arguments: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        StoppingRule(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("curve", "error"),
    [
        ([], ValueError),
        (torch.zeros(2, 3), ValueError),
        (torch.tensor(1.0), ValueError),
        (["a"], TypeError),
        ("word", TypeError),
        (torch.zeros(3, dtype=torch.complex64), TypeError),
        (None, TypeError),
    ],
)
def test_what_is_no_curve_is_refused(curve: object, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"curve.*: expected .*, got"):
        StoppingRule(1).apply(curve)  # type: ignore[arg-type]
