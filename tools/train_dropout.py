"""Train the grids that the pages on dropout read, and store them in `d2l_utils/dropout/stored`.

    OMP_NUM_THREADS=1 python tools/train_dropout.py NAME ...

Each grid takes some minutes; the file of a name says what was trained, from which seeds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from d2l_utils.data import fashion_mnist  # noqa: E402
from d2l_utils.dropout.grids import Grid, format_grid, train_record  # noqa: E402
from d2l_utils.dropout.noise import Kind  # noqa: E402
from d2l_utils.dropout.training import Recipe  # noqa: E402

POOL = 2
"""Images of 14 × 14 pixels."""

VARIANCES = (0.125, 0.25, 0.5, 1.0)
NOISES: tuple[Kind, ...] = ("dropout", "gaussian", "uniform", "log-normal", "two-point")


def switching() -> Iterator[Recipe]:
    """No dropout, D2L's, a moderate pair, an extreme one, and both switched."""
    for p in ((0, 0), (0.5, 0.5), (0.2, 0.5), (0.5, 0.2), (0.1, 0.9), (0.9, 0.1)):
        yield Recipe((float(p[0]), float(p[1])))


def other_noise() -> Iterator[Recipe]:
    """Five noises by variance (two points of variance 1 are dropout), smoothing, and neither.

    Last, dropout at another rate, to show what a rate does.
    """
    yield Recipe()
    for noise, v in product(NOISES, VARIANCES):
        if noise != "two-point" or v != 1:
            yield Recipe((v / (1 + v),) * 2, noise)
    for smoothing in (0.05, 0.1, 0.2, 0.4):
        yield Recipe(smoothing=smoothing)
    yield Recipe((1 / 3, 1 / 3), lr=0.01)


def epochs() -> Iterator[Recipe]:
    """Without and with D2L's dropout, four times as long."""
    for p in (0.0, 0.5):
        yield Recipe((p, p), epochs=240)


def weight_decay() -> Iterator[Recipe]:
    """Dropout by strength of the decay."""
    for p, lambd in product((0.0, 0.2, 0.35, 0.5), (0.0, 3e-4, 1e-3, 3e-3, 1e-2)):
        yield Recipe((p, p), lambd=lambd)


def dropconnect() -> Iterator[Recipe]:
    """Nothing, units or weights dropped: by a mask per example, or one for a batch."""
    yield Recipe()
    for on, shared in product(("units", "weights"), (False, True)):
        yield Recipe((0.5, 0.5), on=on, shared=shared)


GRIDS = {
    "switching": (switching, {"masks": 100}, 12),
    "other-noise": (other_noise, {}, 8),
    "epochs": (epochs, {"every": 4}, 8),
    "weight-decay": (weight_decay, {}, 8),
    "dropconnect": (dropconnect, {}, 8),
}
"""Name -> recipes, how they are measured, runs of each."""


def main(names: list[str]) -> None:
    """Train and store the grids of these names."""
    roles = fashion_mnist(POOL)
    for name in names:
        recipes, measured, seeds = GRIDS[name]
        records = {}
        for recipe in recipes():
            began = time.process_time()
            records[recipe] = train_record(recipe, range(seeds), roles, **measured)
            done = f"{name} {len(records)}: {time.process_time() - began:.0f} s"
            print(done, recipe, flush=True)
        file = ROOT / "d2l_utils/dropout/stored" / f"{name}.json"
        file.parent.mkdir(exist_ok=True)
        grid = Grid(seeds, measured.get("masks", 0), records)
        file.write_text(format_grid(grid), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
