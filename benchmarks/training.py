"""A training epoch by `Trainer` against the same steps written out: 784-256-10, shuffled."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable

import torch
from torch.nn import functional

import d2l_utils as d2l
from benchmarks.timing import Row, ratios

LR = 0.1
LIMITS = {256: 1.08, 32: 1.20}


def rows() -> list[Row]:
    found = []
    for batch_size, limit in LIMITS.items():
        measured = ratios({"fit": _fit(batch_size, False)}, _bare(batch_size), rounds=15)
        name = f"Trainer, plots off / bare loop, batch {batch_size}"
        found.append(Row(name, measured["fit"], limit))
    plots = ratios({"fit": _fit(256, True, epochs=12)}, _bare(256, epochs=12), rounds=5)
    return [*found, Row("Trainer, live plots / bare loop, batch 256", plots["fit"], 1.25)]


def _data(batch_size: int) -> d2l.SyntheticClassification:
    return d2l.SyntheticClassification(num_train=8192, num_val=1, batch_size=batch_size)


def _fit(batch_size: int, plot: bool, epochs: int = 1) -> Callable[[], object]:
    data = d2l.TensorData(*_data(batch_size).train_dataloader().tensors, batch_size=batch_size)

    def run() -> None:
        model = d2l.MulMLPScratch(784, 10, [256], LR)
        with contextlib.redirect_stdout(io.StringIO()):  # a live figure prints its name here
            d2l.Trainer(epochs, plot=plot).fit(model, data)

    return run


def _bare(batch_size: int, epochs: int = 1) -> Callable[[], object]:
    X, y = _data(batch_size).train_dataloader().tensors

    def run() -> None:
        W1 = (torch.randn(784, 256) * 0.01).requires_grad_()
        W2 = (torch.randn(256, 10) * 0.01).requires_grad_()
        b1, b2 = (torch.zeros(size, requires_grad=True) for size in (256, 10))
        params = (W1, b1, W2, b2)
        for _ in range(epochs):
            order = torch.randperm(len(X))
            for start in range(0, len(X), batch_size):
                rows = order[start : start + batch_size]
                X_b, y_b = X[rows], y[rows]
                h = torch.relu(X_b @ W1 + b1)
                loss = functional.cross_entropy(h @ W2 + b2, y_b)
                for param in params:
                    param.grad = None
                loss.backward()
                with torch.no_grad():
                    for param in params:
                        param -= LR * param.grad

    return run
