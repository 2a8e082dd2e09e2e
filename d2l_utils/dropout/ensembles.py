"""The networks that dropout makes of one: all of them, or a sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from d2l_utils.border import Count, Held, checked
from d2l_utils.border.constraints import shown
from d2l_utils.dropout.masks import MOST_UNITS, all_masks, check_probability, mask_probabilities
from d2l_utils.dropout.noise import MOST_NUMBERS


@dataclass(frozen=True)
class Thinned:
    """Outputs of every thinned network for one example.

    Attributes:
        outputs: One row per mask, in the order of `all_masks`, shape `(2**n, ...)`.
        probabilities: Of the masks, shape `(2**n,)`.
        full: Output with every unit kept and nothing scaled, as at test time.
    """

    outputs: Tensor
    probabilities: Tensor
    full: Tensor

    def mean(self) -> Tensor:
        """The expected output over the masks, in the shape of `full`."""
        return _weigh(self.probabilities, self.outputs)

    def variance(self) -> Tensor:
        """The variance of each output over the masks, in the shape of `full`."""
        return _weigh(self.probabilities, (self.outputs - self.mean()).square())


@checked
def thinned_outputs(net: Callable[[Tensor], Tensor], x: Held, p: float) -> Thinned:
    """Run every network that dropout on x can make.

    Args:
        net: What follows the units that are dropped: rows of them, `(rows, n)`, -> one output per
            row, `(rows, ...)`.
        x: Units of one example, shape `(n,)` with n at most 16, floating point.
        p: Probability that a unit is dropped, at least 0 and below 1.

    Returns:
        Outputs of all `2**n` networks, each with its survivors divided by 1 - p, their
        probabilities, and the output of the full network.

    Raises:
        TypeError: If an argument is of another type, or `net` returns no tensor.
        ValueError: If `x` has another shape, `p` is out of range, or `net` returns other than one
            output per row.
    """
    check_probability(p)
    if x.ndim != 1 or not 1 <= len(x) <= MOST_UNITS:
        raise ValueError(f"x: expected shape (n,) with n from 1 to 16, got {tuple(x.shape)}")
    if not x.is_floating_point():
        raise TypeError(f"x: expected floating-point numbers, got {x.dtype}")
    masks = all_masks(len(x)).to(x.device)
    outputs = net(x * masks.to(x.dtype) / (1 - p))
    full = net(x.unsqueeze(0))
    for got, rows in ((outputs, len(masks)), (full, 1)):
        _check_output(got, rows)
    return Thinned(outputs, mask_probabilities(masks, p), full[0])


@checked
def monte_carlo(
    net: Callable[[Tensor, Generator], Tensor], X: Held, T: Count, generator: Generator
) -> Tensor:
    """Run a network with dropout T times, each time with masks of its own.

    Source: Gal and Ghahramani (2016).

    Args:
        net: Examples and a generator -> outputs, with masks that come from this generator.
        X: Examples, shape `(n, ...)`.
        T: How often.
        generator: Where the masks come from.

    Returns:
        Shape `(T, n, ...)`, without a graph. Average probabilities over the first dimension, not
        logits.

    Raises:
        TypeError: If an argument is of another type, or `net` returns no tensor.
        ValueError: If `net` returns other than one output per example, or the outputs would have
            more than 2**27 entries.
    """
    if X.ndim == 0:
        raise ValueError("X: expected examples in rows, got a scalar")
    with torch.no_grad():
        first = net(X, generator)
        _check_output(first, len(X))
        if T * first.numel() > MOST_NUMBERS:
            raise ValueError(
                f"T: expected at most {MOST_NUMBERS:,} outputs in all, got {T} times "
                f"{first.numel():,}"
            )
        outputs = first.new_empty((T, *first.shape))
        outputs[0] = first
        for t in range(1, T):
            again = net(X, generator)
            _check_output(again, len(X))
            if again.shape != first.shape:
                raise ValueError(
                    f"net: expected shape {tuple(first.shape)} again, got {tuple(again.shape)}"
                )
            outputs[t] = again
    return outputs


def _weigh(probabilities: Tensor, values: Tensor) -> Tensor:
    shape = (-1, *[1] * (values.ndim - 1))
    return (probabilities.to(values.dtype).reshape(shape) * values).sum(0)


def _check_output(got: object, rows: int) -> None:
    if not isinstance(got, Tensor):
        raise TypeError(f"net: expected a function that returns a tensor, got {shown(got)}")
    if got.ndim == 0 or len(got) != rows:
        raise ValueError(f"net: expected {rows} rows of output, got shape {tuple(got.shape)}")
