"""Train the grids that pages read, and store them beside `d2l_utils.experiments.sweeps`.

    OMP_NUM_THREADS=1 python tools/train_sweeps.py NAME ...

Each grid takes some minutes; the file of a name says what was trained, from which seeds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from d2l_utils.data import fashion_mnist  # noqa: E402
from d2l_utils.experiments.sweeps import (  # noqa: E402
    ACTIVATIONS,
    Setting,
    Sweep,
    format_sweep,
    train_setting,
)

POOL = 2
RUNS = 5

WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 1024)
LONG = 60
"""Epochs of the sample that are about as many steps as D2L's ten epochs of the full set."""

MEDIUM = 30
"""Epochs for several layers and starts."""

NARROW = range(230, 371, 10)


def width() -> Iterator[Setting]:
    """D2L's setting, also for a narrow range, then rates for ten epochs and for sixty."""
    shapes: list[tuple[int, ...]] = [(), *((h,) for h in WIDTHS)]
    for hidden in [*shapes, *((h,) for h in NARROW)]:
        yield Setting(hidden, 0.1, 10)
    for epochs, hidden in product((10, LONG), shapes):
        for lr in (0.1, 0.3, 1.0, 3.0) if hidden else (0.1, 0.3, 1.0, 3.0, 10.0, 30.0):
            yield Setting(hidden, lr, epochs, decay=True)


def depth() -> Iterator[Setting]:
    """Layers of 64 by start: first D2L's rate, then rates that fall; and the linear model."""
    shapes = [(64,) * layers for layers in (1, 2, 3)]
    starts: tuple[float | Literal["torch", "he"], ...] = (0.01, "torch", "he")
    for lr, decay in ((0.1, False), (0.1, True), (0.3, True), (1.0, True)):
        for scale, hidden in product(starts, shapes):
            yield Setting(hidden, lr, MEDIUM, decay=decay, scale=scale)
    yield Setting((), 0.1, MEDIUM)
    for lr in (0.3, 1.0, 3.0, 10.0):
        yield Setting((), lr, MEDIUM, decay=True)


def activations() -> Iterator[Setting]:
    """Activation functions by rate, five of each, and the linear model."""
    for lr in (0.1, 0.3, 1.0, 3.0, 10.0):
        for name in ACTIVATIONS:
            yield Setting((64,), lr, MEDIUM, decay=True, scale="torch", activation=name)
        yield Setting((), lr, MEDIUM, decay=True, scale="torch")


def rates() -> Iterator[Setting]:
    """Rates twice apart by budgets twice apart, falling and constant; and the linear model."""
    budgets = [2**k for k in range(7)]
    for decay, epochs, i in product((True, False), budgets, range(9)):
        yield Setting((64,), 0.0125 * 2**i, epochs, decay=decay)
    for epochs, i in product(budgets, range(7)):
        yield Setting((), 0.4 * 2**i, epochs, decay=True)


GRIDS = {"width": width, "depth": depth, "activations": activations, "rates": rates}


def main(names: list[str]) -> None:
    """Train and store the grids of these names."""
    roles = fashion_mnist(POOL)
    for name in names:
        outcomes = {}
        for setting in GRIDS[name]():
            began = time.perf_counter()
            outcomes[setting] = train_setting(setting, range(RUNS), roles)
            done = f"{name} {len(outcomes)}: {time.perf_counter() - began:.0f} s"
            print(done, setting, outcomes[setting], flush=True)
        file = ROOT / "d2l_utils/experiments/stored" / f"{name}.json"
        file.write_text(format_sweep(Sweep(POOL, RUNS, outcomes)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
