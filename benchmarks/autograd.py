"""The engine: operations of a sweep per operation forward, lines, and a step against torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks.timing import Row, ratios
from d2l_utils import autograd
from d2l_utils.display import count_lines

N, NUM_INPUTS, NUM_HIDDENS, NUM_OUTPUTS = 256, 784, 256, 10


def rows() -> list[Row]:
    return [*_scalar(), *_tensor(), _step()]


def _scalar() -> list[Row]:
    x = autograd.Value(0.5)
    y = x
    for k in range(1, 200):
        y = (y * x + k).tanh() / (x * x + 1)
    operations = sum(bool(node.edges) for node in autograd.topological_order(y))
    tally = autograd.count_sweep(y)
    ratio = (tally.multiplications + tally.additions) / operations
    return [
        Row("Value: operations of the sweep / of the forward pass", ratio, 4),
        Row("Value: lines of code", count_lines(autograd.Value), 70),
    ]


def _tensor() -> list[Row]:
    arrays = _arrays()
    with autograd.count_operations() as forward:
        J, _ = _objective(*arrays)
    with autograd.count_operations() as sweep:
        J.backward()
    products = sweep.multiplications / forward.multiplications
    return [
        Row("Tensor: operations back / forward", sweep.operations / forward.operations, 3),
        Row("Tensor: multiplications of matrices back / forward", products, 2),
        Row("Tensor: lines of code", count_lines(autograd.Tensor), 160),
    ]


def _step() -> Row:
    arrays = _arrays()
    measured = ratios({"ours": _ours(arrays)}, _torchs(arrays), rounds=11)
    return Row("Tensor / torch, a gradient of 784-256-10, n = 256", measured["ours"], None)


def _arrays() -> tuple[np.ndarray[Any, Any], ...]:
    rng = np.random.default_rng(0)
    shapes = (N, NUM_INPUTS), (NUM_HIDDENS, NUM_INPUTS), (NUM_OUTPUTS, NUM_HIDDENS)
    return tuple(rng.normal(size=shape).astype(np.float32) / 20 for shape in shapes)


def _objective(X: Any, W1: Any, W2: Any) -> tuple[Any, list[Any]]:
    leaves = [autograd.Tensor(W, requires_grad=True) for W in (W1, W2)]
    o = (autograd.Tensor(X) @ leaves[0].T).relu() @ leaves[1].T
    return (o.logsumexp(1) - o[np.arange(N), np.arange(N) % NUM_OUTPUTS]).mean(), leaves


def _ours(arrays: tuple[Any, ...]) -> Callable[[], object]:
    def run() -> None:
        J, leaves = _objective(*arrays)
        autograd.grad(J, leaves)

    return run


def _torchs(arrays: tuple[Any, ...]) -> Callable[[], object]:
    X, *weights = (torch.tensor(array) for array in arrays)
    leaves = [W.requires_grad_() for W in weights]
    y = torch.arange(N) % NUM_OUTPUTS

    def run() -> None:
        o = (X @ leaves[0].T).relu() @ leaves[1].T
        torch.autograd.grad(torch.nn.functional.cross_entropy(o, y), leaves)

    return run
