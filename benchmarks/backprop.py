"""Forward and backward by hand against autograd and against their matrix products alone.

784-256-10, batch 256, float32, relu, cross-entropy with penalty, all seven gradients.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, linear

from benchmarks.timing import Row, ratios
from d2l_utils.backprop.by_hand import backward, forward

N, NUM_INPUTS, NUM_HIDDENS, NUM_OUTPUTS, LAMBD = 256, 784, 256, 10, 1e-3


def rows() -> list[Row]:
    gen = torch.Generator().manual_seed(0)
    X = torch.randn(N, NUM_INPUTS, generator=gen)
    y = torch.randint(NUM_OUTPUTS, (N,), generator=gen)
    W1 = torch.randn(NUM_HIDDENS, NUM_INPUTS, generator=gen) * 0.03
    b1 = torch.zeros(NUM_HIDDENS)
    W2 = torch.randn(NUM_OUTPUTS, NUM_HIDDENS, generator=gen) * 0.06
    h, dz = (torch.randn(N, NUM_HIDDENS, generator=gen) for _ in range(2))
    do = torch.randn(N, NUM_OUTPUTS, generator=gen)
    leaves = tuple(v.clone().requires_grad_() for v in (X, W1, b1, W2))

    def by_hand() -> object:
        return backward(forward(X, y, W1, b1, W2, LAMBD))

    def by_autograd() -> object:
        return _autograd(*leaves, y)

    def products() -> object:
        return X @ W1.T, h @ W2.T, do.T @ h, do @ W2, dz.T @ X, dz @ W1

    to_autograd = ratios({"by hand": by_hand}, by_autograd, rounds=101, repeat=3)
    to_products = ratios({"by hand": by_hand}, products, rounds=101, repeat=3)
    return [
        Row("forward and backward by hand / by autograd", to_autograd["by hand"], 0.97),
        Row("forward and backward by hand / products alone", to_products["by hand"], 1.30),
    ]


def _autograd(X: Tensor, W1: Tensor, b1: Tensor, W2: Tensor, y: Tensor) -> tuple[Tensor, ...]:
    z = linear(X, W1, b1)
    h = torch.relu(z)
    o = linear(h, W2)
    J = cross_entropy(o, y) + LAMBD / 2 * ((W1**2).sum() + (W2**2).sum())
    return torch.autograd.grad(J, (o, W2, h, z, W1, b1, X))
