"""Print one table of ratios with their limits; exit with 1 if a promise is broken."""

from __future__ import annotations

import importlib
import sys

import torch

TOPICS = (
    "imports",
    "training",
    "experiments",
    "backprop",
    "memory",
    "autograd",
    "curvature",
    "book",
    "pages",
)
"""What is measured unless topics are named; ``scale`` takes minutes and is there for the asking."""


def main(names: list[str]) -> int:
    torch.set_num_threads(1)
    broken = 0
    print(f"{'measured side by side, one torch thread':62} {'value':>8} {'limit':>8}")
    for name in names or TOPICS:
        for row in importlib.import_module(f"benchmarks.{name}").rows():
            limit = "" if row.limit is None else f"{row.limit:g}"
            verdict = "" if row.holds else "  BROKEN"
            print(f"{row.name:62} {row.ratio:>8.2f} {limit:>8}{verdict}", flush=True)
            broken += not row.holds
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
