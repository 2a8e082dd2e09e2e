"""Record what torch's allocator hands out and takes back, and in which phase of training.

The record is that of torch's first profiler, which reports each block's size as it happens and,
unlike its successor, costs about a tenth of a training step. It is reached through
`torch.autograd._enable_profiler_legacy`, which torch keeps for its deprecated
`torch.autograd.profiler_legacy`; the tests compare its answer with the current profiler's.
"""

from __future__ import annotations

from collections.abc import Iterator
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


@contextmanager
def recording() -> Iterator[list[Any]]:
    """Record the allocator's events inside a ``with`` block, on any device.

    Yields:
        A list, empty until the block ends, then the raw events in the order of time.

    Raises:
        RuntimeError: If a profiler is running already.
    """
    if _autograd._profiler_enabled():
        raise RuntimeError("expected no profiler to be running, got an active one")
    # Only the memory: no shapes, stacks, FLOPs or modules.
    config = _profiler.ProfilerConfig(
        _profiler.ProfilerState.CPU, False, True, False, False, False, _ExperimentalConfig()
    )
    raw: list[Any] = []
    _autograd._enable_profiler_legacy(config)
    try:
        yield raw
    finally:
        threads = _autograd._disable_profiler_legacy()
        raw += threads[0] if len(threads) == 1 else _by_time(threads)


def _by_time(threads: list[list[Any]]) -> list[Any]:
    """Merge the events of several threads, each of which is in order already."""
    marks = [event for thread in threads for event in thread if event.name() == "__start_profile"]
    everything = [event for thread in threads for event in thread]
    return sorted(everything, key=marks[0].cpu_elapsed_us)


def timeline(raw: list[Any], before: int) -> tuple[Event, ...]:
    """Turn a raw record into memory events with their phases.

    Work of the autograd engine is the backward phase, an optimizer's `step` and `zero_grad` are
    phases of their own, and everything else is forward. The gradient of the loss with respect to
    itself, a one that `backward` creates just before the engine starts, belongs to backward.

    Args:
        raw: Events from `recording`.
        before: Bytes alive when the recording started.

    Returns:
        One event per block allocated or freed, in order.
    """
    events: list[Event] = []
    scopes: list[_Scope] = []
    last, seed, alive = _OUTSIDE, -1, before
    for event in raw:
        kind, size = event.kind(), 0
        if kind == "pop":
            scopes.pop()
        elif kind == "memory_alloc":
            size = event.cpu_memory_usage() + event.cuda_memory_usage()
        elif kind == "push":
            name = event.name()
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
