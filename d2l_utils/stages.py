"""Cut a chain of layers into consecutive stages, one per device.

With this module one can

* count what each layer of a network keeps during training: `layer_bytes`;
* cut the chain: `split_evenly` (equal numbers of layers) and `split_balanced` (the heaviest stage
  as light as possible).

The network is that of D2L section 5.3, with any number of hidden layers: weights without biases,
``sizes = (num_inputs, num_hiddens, ..., num_outputs)``, layer `l` being ``W (sizes[l + 1],
sizes[l])``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from math import inf

from d2l_utils.arguments import layer_sizes, positive_int
from d2l_utils.bounded_arguments import integer_from

Stages = tuple[tuple[int, ...], ...]
"""Indices of the layers of each stage."""


def layer_bytes(sizes: Sequence[int], batch: int, itemsize: int) -> tuple[int, ...]:
    """Bytes that each layer keeps between its forward and the end of its backward pass.

    Per layer: the weight, its gradient, and the input of the layer, which autograd saves because
    dJ/dW = dJ/dz x^T needs it (D2L equation 5.3.12).

    Args:
        sizes: Widths, ``(num_inputs, num_hiddens, ..., num_outputs)``.
        batch: Number of examples.
        itemsize: Bytes per element.

    Returns:
        One number of bytes per layer.

    Raises:
        TypeError: If a number is not an integer.
        ValueError: If a number is not positive.
    """
    sizes = layer_sizes("sizes", sizes)
    positive_int("batch", batch)
    positive_int("itemsize", itemsize)
    return tuple(
        (2 * fan_in * fan_out + batch * fan_in) * itemsize for fan_in, fan_out in pairwise(sizes)
    )


def split_evenly(num_layers: int, num_stages: int) -> Stages:
    """Cut a chain into stages with equal numbers of layers.

    Args:
        num_layers: Length of the chain.
        num_stages: Number of stages; where it does not divide, the first stages get one more.

    Returns:
        The layers of each stage.

    Raises:
        TypeError: If a number is not an integer.
        ValueError: If there are more stages than layers, or none.
    """
    _check_stages(num_layers, num_stages)
    quotient, rest = divmod(num_layers, num_stages)
    ends = list(accumulate(quotient + (stage < rest) for stage in range(num_stages)))
    return _stages([0, *ends])


def split_balanced(costs: Sequence[int], num_stages: int) -> Stages:
    """Cut a chain so that the heaviest stage is as light as possible.

    Exact, by dynamic programming over the position of the last cut; of equally good cuts the most
    even one wins (the least sum of squares).

    Args:
        costs: One non-negative cost per layer, such as its bytes.
        num_stages: Number of stages, each of at least one layer.

    Returns:
        The layers of each stage.

    Raises:
        TypeError: If a number is not an integer.
        ValueError: If there are more stages than layers, or none, or a cost is negative.
    """
    _check_costs(costs)
    _check_stages(len(costs), num_stages)
    heaviest, _ = _best_ends(costs, num_stages, lambda rest, stage: max(rest, stage))
    _, ends = _best_ends(
        costs, num_stages, lambda rest, stage: rest + (stage**2 if stage <= heaviest else inf)
    )
    return _stages([0, *ends])


def _best_ends(
    costs: Sequence[int], num_stages: int, combine: Callable[[float, int], float]
) -> tuple[float, tuple[int, ...]]:
    """The best value of `combine`, folded over the stages, and where the stages end."""
    total = [0, *accumulate(costs)]
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0, ())}
    for _ in range(num_stages):
        best = {
            n: min(
                (combine(value, total[n] - total[cut]), (*ends, n))
                for cut, (value, ends) in best.items()
                if cut < n
            )
            for n in range(min(best) + 1, len(costs) + 1)
        }
    return best[len(costs)]


def stage_totals(costs: Sequence[int], stages: Stages) -> tuple[int, ...]:
    """Add up the costs of the layers of each stage.

    Args:
        costs: One cost per layer.
        stages: The layers of each stage.

    Raises:
        TypeError: If a cost or a layer is not an integer.
        ValueError: If a cost is negative or there is no such layer.
    """
    _check_costs(costs)
    for stage in stages:
        for layer in stage:
            integer_from("layer", layer, 0, len(costs) - 1)
    return tuple(sum(costs[layer] for layer in stage) for stage in stages)


def _check_costs(costs: Sequence[int]) -> None:
    if not isinstance(costs, list | tuple):
        raise TypeError(f"costs: expected a list of integers, got {costs!r}")
    for number, cost in enumerate(costs):
        integer_from(f"costs[{number}]", cost, 0)


def _check_stages(num_layers: int, num_stages: int) -> None:
    integer_from("num_layers", num_layers, 0)
    integer_from("num_stages", num_stages, 1, num_layers, "the layers")


def _stages(ends: Sequence[int]) -> Stages:
    return tuple(tuple(range(a, b)) for a, b in pairwise(ends))
