"""When every stage of a pipeline works and when it waits: GPipe and 1F1B as event simulations.

A pipeline has `p` stages, one per device, and the minibatch is cut into `m` microbatches. Every
stage goes through a fixed list of actions (`stage_order`); an action starts as soon as the stage is
free and what it needs has arrived (`simulate`). Times are integers, so every share is exact.

GPipe: Huang et al. (2019). 1F1B: Narayanan et al. (2019), in the variant that flushes after each
minibatch, which gives the gradient of the whole minibatch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from d2l_utils.bounded_arguments import integer_from, one_of

Kind = Literal["forward", "backward"]
SCHEDULES = ("gpipe", "1f1b")


@dataclass(frozen=True)
class Action:
    """One microbatch passing one stage in one direction."""

    kind: Kind
    microbatch: int


@dataclass(frozen=True)
class Event:
    """An action with its time.

    Attributes:
        stage: Index of the stage.
        kind: ``"forward"`` or ``"backward"``.
        microbatch: Index of the microbatch.
        start: When it begins, in units of time.
        end: When it ends.
    """

    stage: int
    kind: Kind
    microbatch: int
    start: int
    end: int


@dataclass(frozen=True)
class Timeline:
    """Everything that happens in one minibatch.

    Attributes:
        num_stages: Number of stages.
        events: All events, by stage and then by time.
    """

    num_stages: int
    events: tuple[Event, ...]

    @property
    def makespan(self) -> int:
        """Time from the first start to the last end."""
        return max(event.end for event in self.events)

    @property
    def bubble(self) -> Fraction:
        """Share of the devices' time that is spent waiting."""
        busy = sum(event.end - event.start for event in self.events)
        return 1 - Fraction(busy, self.num_stages * self.makespan)

    def in_flight(self, stage: int) -> int:
        """Most microbatches that a stage keeps activations of at one time.

        A microbatch counts from the start of its forward to the end of its backward pass.

        Args:
            stage: Index of the stage.

        Raises:
            TypeError: If it is not an integer.
            ValueError: If there is no such stage.
        """
        integer_from("stage", stage, 0, self.num_stages - 1)
        changes = [
            (event.start, 1) if event.kind == "forward" else (event.end, -1)
            for event in self.events
            if event.stage == stage
        ]
        alive = most = 0
        for _, change in sorted(changes):  # at equal times the freed one goes first
            alive += change
            most = max(most, alive)
        return most


def stage_order(
    schedule: str, num_stages: int, num_microbatches: int, stage: int
) -> tuple[Action, ...]:
    """List what one stage does, in order.

    Args:
        schedule: ``"gpipe"``: all forwards, then all backwards. ``"1f1b"``: `num_stages - stage`
            forwards, then a backward and a forward in turn, then the remaining backwards.
        num_stages: Number of stages p.
        num_microbatches: Number of microbatches m.
        stage: Index of the stage.

    Raises:
        TypeError: If a number is not an integer.
        ValueError: If the schedule is unknown or a number does not suit it.
    """
    _check(schedule, num_stages, num_microbatches)
    integer_from("stage", stage, 0, num_stages - 1)
    forwards = [Action("forward", i) for i in range(num_microbatches)]
    backwards = [Action("backward", i) for i in range(num_microbatches)]
    if schedule == "gpipe":
        return (*forwards, *backwards)
    warm_up = min(num_microbatches, num_stages - stage)
    order = forwards[:warm_up]
    for i in range(num_microbatches):
        order.append(backwards[i])
        order += forwards[warm_up + i : warm_up + i + 1]
    return tuple(order)


def simulate(
    schedule: str,
    num_stages: int,
    num_microbatches: int,
    forward: int | Sequence[int] = 1,
    backward: int | Sequence[int] = 2,
    transfer: int = 0,
) -> Timeline:
    """Play one minibatch through the pipeline.

    Args:
        schedule: ``"gpipe"`` or ``"1f1b"``.
        num_stages: Number of stages p.
        num_microbatches: Number of microbatches m.
        forward: Units of time of one forward pass of one microbatch, one number or one per stage.
        backward: The same for a backward pass.
        transfer: Units of time from the end on one stage to the arrival at the next.

    Returns:
        The timeline.

    Raises:
        TypeError: If a number is not an integer.
        TypeError: If a number is not an integer.
        ValueError: If the schedule is unknown or a number does not suit it.
    """
    _check(schedule, num_stages, num_microbatches)
    times: dict[Kind, list[int]] = {
        "forward": _per_stage("forward", forward, num_stages),
        "backward": _per_stage("backward", backward, num_stages),
    }
    integer_from("transfer", transfer, 0)
    orders = [
        list(stage_order(schedule, num_stages, num_microbatches, s)) for s in range(num_stages)
    ]
    done: dict[tuple[int, Action], int] = {}
    events: list[Event] = []
    free = [0] * num_stages
    while any(orders):
        stage, arrival = _next_ready(orders, done, transfer)
        action = orders[stage].pop(0)
        start = max(free[stage], arrival)
        free[stage] = done[stage, action] = start + times[action.kind][stage]
        events.append(Event(stage, action.kind, action.microbatch, start, free[stage]))
    return Timeline(num_stages, tuple(sorted(events, key=lambda event: (event.stage, event.start))))


def _next_ready(
    orders: list[list[Action]], done: dict[tuple[int, Action], int], transfer: int
) -> tuple[int, int]:
    """A stage whose next action has what it needs, and when that arrived."""
    for stage, order in enumerate(orders):
        if not order:
            continue
        source = _source(order[0], stage, len(orders))
        if source is None:
            return stage, 0
        if source in done:
            return stage, done[source] + (transfer if source[0] != stage else 0)
    raise RuntimeError("the schedule waits for itself")


def _source(action: Action, stage: int, num_stages: int) -> tuple[int, Action] | None:
    """What an action waits for besides its stage: where its input comes from."""
    if action.kind == "forward":
        return (stage - 1, action) if stage > 0 else None
    if stage == num_stages - 1:
        return stage, Action("forward", action.microbatch)
    return stage + 1, action


def _check(schedule: str, num_stages: int, num_microbatches: int) -> None:
    one_of("schedule", schedule, SCHEDULES)
    integer_from("num_stages", num_stages, 1)
    integer_from("num_microbatches", num_microbatches, 1)


def _per_stage(name: str, value: int | Sequence[int], num_stages: int) -> list[int]:
    times: list[Any] = list(value) if isinstance(value, list | tuple) else [value] * num_stages
    if len(times) != num_stages:
        raise ValueError(f"{name}: expected {num_stages} times, got {len(times)}")
    return [integer_from(name, time, 1) for time in times]
