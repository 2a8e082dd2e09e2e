from fractions import Fraction
from itertools import pairwise

import pytest

from d2l_utils.schedules import SCHEDULES, Event, simulate, stage_order

pytestmark = pytest.mark.exercise(5)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_bubble_is_exactly_the_formula(schedule: str) -> None:
    for p in range(1, 7):
        for m in range(1, 10):
            for forward, backward in ((1, 1), (1, 2), (3, 5)):
                timeline = simulate(schedule, p, m, forward, backward)
                if schedule == "1f1b" and m < p:
                    continue
                assert timeline.bubble == Fraction(p - 1, m + p - 1)
                assert timeline.makespan == (m + p - 1) * (forward + backward)


def test_microbatches_in_flight() -> None:
    for p in range(1, 6):
        for m in range(1, 9):
            for stage in range(p):
                assert simulate("gpipe", p, m).in_flight(stage) == m
                assert simulate("1f1b", p, m).in_flight(stage) == min(m, p - stage)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_microbatch_passes_every_stage_once_in_each_direction(schedule: str) -> None:
    events = simulate(schedule, 3, 5, (2, 1, 4), (3, 5, 1), transfer=2).events
    assert len({(e.stage, e.kind, e.microbatch) for e in events}) == len(events) == 2 * 3 * 5


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_nothing_starts_early_and_no_stage_does_two_things(schedule: str) -> None:
    transfer = 2
    events = simulate(schedule, 3, 5, (2, 1, 4), (3, 5, 1), transfer).events
    by_key = {(e.stage, e.kind, e.microbatch): e for e in events}
    for e in events:
        if e.kind == "forward" and e.stage > 0:
            assert e.start >= by_key[e.stage - 1, "forward", e.microbatch].end + transfer
        if e.kind == "backward" and e.stage < 2:
            assert e.start >= by_key[e.stage + 1, "backward", e.microbatch].end + transfer
        if e.kind == "backward":
            assert e.start >= by_key[e.stage, "forward", e.microbatch].end
    for stage in range(3):
        own = [e for e in events if e.stage == stage]
        assert all(a.end <= b.start for a, b in pairwise(own))


def test_smallest_pipeline_by_hand() -> None:
    assert simulate("1f1b", 2, 2, 1, 2).events == (
        Event(0, "forward", 0, 0, 1),
        Event(0, "forward", 1, 1, 2),
        Event(0, "backward", 0, 4, 6),
        Event(0, "backward", 1, 7, 9),
        Event(1, "forward", 0, 1, 2),
        Event(1, "backward", 0, 2, 4),
        Event(1, "forward", 1, 4, 5),
        Event(1, "backward", 1, 5, 7),
    )


def test_unequal_stages_wait_longer_than_the_formula_says() -> None:
    assert simulate("gpipe", 2, 4, (1, 3), (2, 6)).bubble > Fraction(1, 5)


def test_transfers_lengthen_the_bubble() -> None:
    assert simulate("1f1b", 3, 6, transfer=1).bubble > simulate("1f1b", 3, 6).bubble


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("zigzag", 2, 2), "schedule: expected one of gpipe, 1f1b, got 'zigzag'"),
        (("gpipe", 0, 2), "num_stages: expected at least 1, got 0"),
        (("gpipe", 2, 0), "num_microbatches: expected at least 1, got 0"),
        (("gpipe", 2, 2, (1, 2, 3)), "forward: expected 2 times, got 3"),
        (("gpipe", 2, 2, 1, 0), "backward: expected at least 1, got 0"),
        (("gpipe", 2, 2, 1, 1, -1), "transfer: expected at least 0, got -1"),
    ],
)
def test_wrong_arguments_are_refused(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simulate(*arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3, 2, 2), "schedule: expected one of gpipe, 1f1b, got 3"),
        (("gpipe", 2.0, 2), r"num_stages: expected an integer, got 2\.0"),
        (("gpipe", 2, True), "num_microbatches: expected an integer, got True"),
        (("gpipe", 2, 2, 1.5), r"forward: expected an integer, got 1\.5"),
        (("gpipe", 2, 2, (1, "2")), "forward: expected an integer, got '2'"),
        (("gpipe", 2, 2, 1, None), "backward: expected an integer, got None"),
        (("gpipe", 2, 2, 1, 1, float("inf")), "transfer: expected an integer, got inf"),
        (("gpipe", 2, 2, 1, 1, float("nan")), "transfer: expected an integer, got nan"),
    ],
)
def test_numbers_of_another_kind_are_refused(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        simulate(*arguments)  # type: ignore[arg-type]


def test_a_stage_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="stage: expected 0 to 1, got 2"):
        stage_order("gpipe", 2, 3, 2)
    with pytest.raises(ValueError, match="stage: expected 0 to 1, got 2"):
        simulate("gpipe", 2, 3).in_flight(2)
