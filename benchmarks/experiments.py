"""Twenty networks trained at once by `fit_many` against the same by `Trainer`, one by one."""

from __future__ import annotations

from collections.abc import Callable

import torch

import d2l_utils as d2l
from benchmarks.timing import Row, ratios
from d2l_utils.experiments import fit_many, start_many

COUNT = 20
SHAPES = ((196, 32, 10), (784, 256, 10))
"""Sizes of the networks. No limit is promised: training at once is there for its simplicity."""


def rows() -> list[Row]:
    found = []
    for sizes in SHAPES:
        X = torch.randn(2048, sizes[0], dtype=torch.float64)
        y = torch.randint(10, (2048,))
        ratio = ratios({"at once": _at_once(sizes, X, y)}, _one_by_one(sizes, X, y), rounds=5)
        name = f"{COUNT} networks of {'-'.join(map(str, sizes))}, fit_many / Trainer"
        found.append(Row(name, ratio["at once"], None))
    return found


def _at_once(sizes: tuple[int, ...], X: torch.Tensor, y: torch.Tensor) -> Callable[[], object]:
    start = start_many(sizes, range(COUNT))
    return lambda: fit_many(start, X, y, [0.1] * COUNT, range(COUNT))


def _one_by_one(sizes: tuple[int, ...], X: torch.Tensor, y: torch.Tensor) -> Callable[[], object]:
    def run() -> None:
        for seed in range(COUNT):
            model = d2l.MulMLPScratch(sizes[0], sizes[-1], sizes[1:-1], 0.1).double()
            d2l.Trainer(1, progress=False).fit(model, d2l.TensorData(X, y, seed=seed))

    return run
