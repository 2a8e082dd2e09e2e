"""What a smaller minibatch changes: noise of the gradient, sums in pieces, arithmetic intensity.

With this module one can

* enumerate all minibatches of a small data set and compute the noise of their gradients exactly,
  in fractions: `gradient_noise`, `noise_law`, on the gradients of `integer_gradients`;
* add up gradients over the pieces of a minibatch, rightly and wrongly: `accumulated_gradients`;
* count FLOPs per byte of a layer's product: `arithmetic_intensity`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Literal

import torch
from torch import Tensor, nn

from d2l_utils.checks.arguments import positive_int

Vector = tuple[Fraction, ...]
Weighting = Literal["examples", "pieces"]


def integer_gradients(num_examples: int, seed: int = 0) -> list[Vector]:
    """Per-example gradients of the section's network on whole numbers, computed by autograd.

    Inputs, weights and targets are small integers, phi is ReLU and the loss half the squared
    error, so every gradient is a vector of integers and float64 holds it exactly.

    Args:
        num_examples: Number N of examples in the data set.
        seed: Seed of the data and the weights.

    Returns:
        One vector per example: dL/dW1 and dL/dW2, flattened and joined.

    Raises:
        ValueError: If `num_examples` is not positive.
    """
    positive_int("num_examples", num_examples)
    generator = torch.Generator().manual_seed(seed)

    def whole(*shape: int) -> Tensor:
        return torch.randint(-3, 4, shape, generator=generator).to(torch.float64)

    weights = [whole(4, 3).requires_grad_(), whole(2, 4).requires_grad_()]
    gradients = []
    for x, y in zip(whole(num_examples, 3), whole(num_examples, 2), strict=True):
        o = weights[1] @ torch.relu(weights[0] @ x)
        parts = torch.autograd.grad((o - y).square().sum() / 2, weights)
        flat = torch.cat([part.flatten() for part in parts])
        gradients.append(tuple(Fraction(value) for value in flat.tolist()))
    return gradients


def gradient_noise(gradients: Sequence[Vector], n: int, replacement: bool) -> Fraction:
    """Mean squared distance of a minibatch's gradient from the data set's, over all minibatches.

    Args:
        gradients: One vector per example.
        n: Size of the minibatch.
        replacement: Whether an example may be drawn more than once.

    Returns:
        The mean over all N^n ordered draws, or all N-choose-n subsets, as an exact fraction.

    Raises:
        ValueError: If `n` is not between 1 and the number of examples.
    """
    _check_size(n, len(gradients))
    centre = _mean(gradients)
    draws: Iterator[tuple[Vector, ...]] = (
        product(gradients, repeat=n) if replacement else combinations(gradients, n)
    )
    distances = [_squared_distance(_mean(draw), centre) for draw in draws]
    return sum(distances, Fraction(0)) / len(distances)


def noise_law(gradients: Sequence[Vector], n: int, replacement: bool) -> Fraction:
    """The same by formula: sigma^2 / n, times (N - n) / (N - 1) without replacement.

    Args:
        gradients: One vector per example; sigma^2 is the mean squared distance from their mean.
        n: Size of the minibatch.
        replacement: Whether an example may be drawn more than once.

    Returns:
        The law's value.

    Raises:
        ValueError: If `n` is not between 1 and the number of examples.
    """
    N = len(gradients)
    _check_size(n, N)
    centre = _mean(gradients)
    variance = sum((_squared_distance(g, centre) for g in gradients), Fraction(0)) / N
    return variance / n if replacement else variance / n * Fraction(N - n, max(N - 1, 1))


def _check_size(n: int, num_examples: int) -> None:
    if not 1 <= n <= num_examples:
        raise ValueError(f"n: expected 1 to {num_examples} examples, got {n}")


def _mean(vectors: Sequence[Vector]) -> Vector:
    return tuple(sum(entries, Fraction(0)) / len(vectors) for entries in zip(*vectors, strict=True))


def _squared_distance(a: Vector, b: Vector) -> Fraction:
    return sum(((x - y) ** 2 for x, y in zip(a, b, strict=True)), Fraction(0))


def accumulated_gradients(
    net: nn.Module,
    loss: Callable[[Tensor, Tensor], Tensor],
    X: Tensor,
    y: Tensor,
    pieces: Sequence[int],
    weighting: Weighting = "examples",
) -> list[Tensor]:
    """Add up the gradients of the pieces of a minibatch.

    Args:
        net: A network; its ``.grad`` attributes are left alone.
        loss: A loss that averages over its examples.
        X: Inputs, ``(n, ...)``.
        y: Targets, ``(n, ...)``.
        pieces: Numbers of examples; they add up to n.
        weighting: ``"examples"``: each loss counts by its share of the examples, which gives the
            gradient of the mean over all. ``"pieces"``: each counts 1/m.

    Returns:
        One gradient per parameter.

    Raises:
        ValueError: If the pieces do not add up to the minibatch, one is empty, or the weighting
            is unknown.
    """
    if sum(pieces) != len(X) or min(pieces) < 1:
        raise ValueError(
            f"pieces: expected positive numbers that add up to {len(X)}, got {list(pieces)}"
        )
    if weighting not in ("examples", "pieces"):
        raise ValueError(f"weighting: expected 'examples' or 'pieces', got {weighting!r}")
    parameters = list(net.parameters())
    total = [torch.zeros_like(p) for p in parameters]
    for X_part, y_part in zip(X.split(list(pieces)), y.split(list(pieces)), strict=True):
        share = len(X_part) / len(X) if weighting == "examples" else 1 / len(pieces)
        parts = torch.autograd.grad(loss(net(X_part), y_part) * share, parameters)
        total = [a + b for a, b in zip(total, parts, strict=True)]
    return total


def arithmetic_intensity(n: int, fan_in: int, fan_out: int, itemsize: int) -> Fraction:
    """FLOPs per byte of one layer's product, X W^T, if every matrix crosses the memory bus once.

    Args:
        n: Number of examples.
        fan_in: Inputs of the layer.
        fan_out: Outputs of the layer.
        itemsize: Bytes per element.

    Returns:
        2 n fan_in fan_out FLOPs (a multiply-add is two) over the bytes of X, W and the result.

    Raises:
        ValueError: If a number is not positive.
    """
    for name, value in (("n", n), ("fan_in", fan_in), ("fan_out", fan_out), ("itemsize", itemsize)):
        positive_int(name, value)
    moved = itemsize * (n * fan_in + fan_in * fan_out + n * fan_out)
    return Fraction(2 * n * fan_in * fan_out, moved)
