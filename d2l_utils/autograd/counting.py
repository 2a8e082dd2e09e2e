"""What `Tensor` does, counted while it does it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import Any

from d2l_utils.autograd import tensor


@dataclass
class Operations:
    """What was done inside `count_operations`.

    Attributes:
        operations: Results that were made, each by one operation on arrays.
        multiplications: In products of matrices: n·k·m for (n, k) by (k, m).
    """

    operations: int = 0
    multiplications: int = 0


@contextmanager
def count_operations() -> Iterator[Operations]:
    """Count the engine's operations inside, forward and backward; yields the counts, which grow."""
    counts = Operations()
    made, product = tensor._made, tensor._product

    def count_made(data: Any, *edges: tuple[tensor.Tensor, tensor.Rule]) -> tensor.Tensor:
        counts.operations += 1
        return made(data, *edges)

    def count_product(a: tensor.Tensor, b: tensor.Tensor) -> tensor.Tensor:
        counts.multiplications += prod(a.shape) * b.shape[-1]
        return product(a, b)

    tensor._made, tensor._product = count_made, count_product
    try:
        yield counts
    finally:
        tensor._made, tensor._product = made, product
