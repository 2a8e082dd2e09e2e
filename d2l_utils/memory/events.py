"""Record what torch's allocator hands out and takes back, and in which phase of training.

The record is that of torch's profiler, with nothing but the memory asked for. It tells for each
block where it lies, so that a block that existed before, or that an earlier recording saw come
into the world, is told from one of this recording, although the profiler remembers both.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from torch._C import _autograd, _profiler
from torch._C._profiler import _ExperimentalConfig

FREED = "d2l.freed:"
"""Prefix of the scope that marks the death of a block which existed before the recording."""

_ENGINE = "autograd::engine::evaluate_function: "
_OPTIMIZER = {"Optimizer.step#": "step", "Optimizer.zero_grad#": "zero_grad"}


@dataclass(frozen=True)
class Event:
    """One block allocated or freed.

    Attributes:
        phase: ``"zero_grad"``, ``"forward"``, ``"backward"`` or ``"step"``.
        operation: What was running, such as ``"linear"``, ``"ReluBackward0"`` or ``"sqrt"``; for
            a block freed between two operations, the last one.
        bytes: Size of the block, negative if it was freed.
        alive: Bytes alive after the event, those that were resident before it all included.
    """

    phase: str
    operation: str
    bytes: int
    alive: int


class Raw(NamedTuple):
    """One line of a record.

    Attributes:
        kind: ``"push"`` or ``"pop"`` of a scope, or ``"memory"``.
        name: Of the scope.
        size: Bytes of the block, negative if it was freed.
        block: Its device and address.
    """

    kind: str
    name: str = ""
    size: int = 0
    block: tuple[str, int] = ("", 0)


@contextmanager
def recording() -> Iterator[list[Raw]]:
    """Record the allocator's events inside a ``with`` block, on any device.

    Yields:
        A list, empty until the block ends, then the record in the order of time.

    Raises:
        RuntimeError: If a profiler is running already.
    """
    if _autograd._profiler_enabled():
        raise RuntimeError("expected no profiler to be running, got an active one")
    # Only the memory: no shapes, stacks, FLOPs or modules.
    config = _profiler.ProfilerConfig(
        _profiler.ProfilerState.KINETO, False, True, False, False, False, _ExperimentalConfig()
    )
    activities = {_profiler.ProfilerActivity.CPU}
    raw: list[Raw] = []
    with _quiet_start():
        _autograd._prepare_profiler(config, activities)
    _autograd._enable_profiler(config, activities)
    try:
        yield raw
    finally:
        result = _autograd._disable_profiler()
        roots = sorted(result.experimental_event_tree(), key=lambda event: event.start_time_ns)
        raw += _lines(roots)


@contextmanager
def _quiet_start() -> Iterator[None]:
    """Let the profiler's library not announce each start and stop on standard error.

    It reads the variable once, when it is first used.
    """
    name, above_all_levels = "KINETO_LOG_LEVEL", "6"
    if name in os.environ:
        yield
        return
    os.environ[name] = above_all_levels
    try:
        yield
    finally:
        del os.environ[name]


def _lines(roots: Iterable[Any]) -> Iterator[Raw]:
    """Write a tree of scopes and blocks as a list, without recursion."""
    waiting = [iter(roots)]
    while waiting:
        event = next(waiting[-1], None)
        if event is None:
            waiting.pop()
            if waiting:
                yield Raw("pop")
        elif event.tag == _profiler._EventType.Allocation:
            fields = event.extra_fields
            yield Raw("memory", "", fields.alloc_size, (str(fields.device), fields.ptr))
        else:
            yield Raw("push", event.name)
            waiting.append(iter(event.children))


def timeline(raw: Iterable[Raw], before: int) -> tuple[Event, ...]:
    """Turn a raw record into memory events with their phases.

    Work of the autograd engine is the backward phase, an optimizer's `step` and `zero_grad` are
    phases of their own, and everything else is forward. The gradient of the loss with respect to
    itself, a one that `backward` creates just before the engine starts, belongs to backward.

    A block that is freed counts if the record saw it allocated; the death of one that existed
    before shows by a scope whose name begins with `FREED`.

    Args:
        raw: What `recording` has recorded.
        before: Bytes alive when the recording started.

    Returns:
        One event per block allocated or freed, in order.
    """
    events: list[Event] = []
    scopes: list[_Scope] = []
    born: dict[tuple[str, int], int] = {}
    last, seed, alive = _OUTSIDE, -1, before
    for kind, name, change, block in raw:
        size = 0
        if kind == "pop":
            scopes.pop()
        elif kind == "memory" and change > 0:
            size = born[block] = change
        elif kind == "memory":
            size = -born.pop(block, 0)
        elif kind == "push":
            outermost = last.phase == "forward" and not any(scope.fixed for scope in scopes)
            if outermost and name.startswith(_ENGINE) and seed >= 0:
                events[seed:] = [replace(e, phase="backward") for e in events[seed:]]
            if outermost:
                seed = len(events) if name == "aten::ones_like" else -1
            scopes.append(_scope(name, scopes[-1] if scopes else _OUTSIDE))
            last = scopes[-1] if scopes[-1].operation else last
            size = -int(name.removeprefix(FREED)) if name.startswith(FREED) else 0
        if size:
            alive += size
            where = scopes[-1] if scopes and scopes[-1].operation else last
            events.append(Event(where.phase, where.operation, size, alive))
    return tuple(events)


class _Scope(NamedTuple):
    """What is running: its phase, its name, and whether inner operations keep both."""

    phase: str
    operation: str
    fixed: bool


_OUTSIDE = _Scope("forward", "", False)


def _scope(name: str, outer: _Scope) -> _Scope:
    if name.startswith(_ENGINE):
        return _Scope("backward", name.removeprefix(_ENGINE).rsplit("::", 1)[-1], True)
    for prefix, phase in _OPTIMIZER.items():
        if name.startswith(prefix):
            return _Scope(phase, name.removeprefix(prefix), False)
    if outer.fixed or "::" not in name:  # a step of an operation, or a label set by the user
        return outer
    return _Scope(outer.phase, name.rsplit("::", 1)[-1], True)
