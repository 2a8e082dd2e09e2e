"""What it costs to count the memory of a training step, in plain steps (784-256-10, batch 256)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from time import perf_counter

from torch.distributed._tools.mem_tracker import MemTracker
from torch.nn.functional import cross_entropy
from torch.profiler import ProfilerActivity, profile

from benchmarks.timing import Row, ratios
from d2l_utils import memory
from d2l_utils.memory.saved import saved_tensors

NETWORK = (784, (256,), 10, 256)
MICROSECONDS = 50e-6


def rows() -> list[Row]:
    program = memory.program(*NETWORK)
    for _ in range(5):
        program.run()
    with _quiet():
        costs = ratios(_candidates(program), program.run, rounds=61)
    arithmetic = ratios({"": lambda: memory.footprint(*NETWORK, "adam")}, _wait, rounds=201)[""]
    limits = {"saved_tensors": 1.1, "measure_memory": 1.6}
    return [
        *(Row(f"{name} / training step", cost, limits.get(name)) for name, cost in costs.items()),
        Row("memory_footprint / 50 microseconds", arithmetic, 1.0),
    ]


def _candidates(program: memory.Program) -> dict[str, Callable[[], object]]:
    net, (X, y) = program.model, program.data

    def with_tracker() -> None:
        tracker = MemTracker()
        tracker.track_external(net, program.optimizer, X, y)
        with tracker:
            program.run()
        tracker.get_tracker_snapshot("peak")

    def with_profiler() -> None:
        with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
            program.run()
        profiler.events()

    return {
        "saved_tensors": lambda: saved_tensors(lambda: cross_entropy(net(X), y)),
        "measure_memory": program.measure,
        "torch's MemTracker": with_tracker,
        "torch.profiler with memory": with_profiler,
    }


def _wait() -> None:
    """Take 50 microseconds."""
    end = perf_counter() + MICROSECONDS
    while perf_counter() < end:
        pass


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the lines that torch's profiler writes from C++ off the terminal."""
    saved = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
