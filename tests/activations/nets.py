"""Small networks for the tests of this package."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor


def random_layers(widths: Sequence[int], seed: int = 0) -> list[tuple[Tensor, Tensor]]:
    """Pairs (W, b) of standard normal numbers in float64."""
    gen = torch.Generator().manual_seed(seed)
    return [
        (
            torch.randn(m, n, generator=gen, dtype=torch.float64),
            torch.randn(n, generator=gen, dtype=torch.float64),
        )
        for m, n in pairwise(widths)
    ]


def tent(depth: int) -> list[tuple[Tensor, Tensor]]:
    """The tent map on [0, 1], `depth` times in a row, from two ReLU units a layer."""
    first = (torch.tensor([[2.0, 2.0]]), torch.tensor([0.0, -1.0]))
    next_ = (torch.tensor([[2.0, 2.0], [-4.0, -4.0]]), torch.tensor([0.0, -1.0]))
    last = (torch.tensor([[1.0], [-2.0]]), torch.tensor([0.0]))
    return [first, *[next_] * (depth - 1), last]
