"""Nodes of autograd graphs: counted, and their law in the depth of an MLP (D2L 5.3, exercise 4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from d2l_utils.border import Count, checked


@checked
def count_nodes(tensors: Tensor | Iterable[Tensor]) -> int:
    """Count the nodes of the autograd graph behind one tensor, or behind several together.

    Every operation counts once, however often it is used, and so does every leaf that requires a
    gradient (its `AccumulateGrad` node). A tensor without a graph has no nodes.

    Args:
        tensors: The result or results of the computation.

    Returns:
        The number of distinct nodes.

    Raises:
        TypeError: If something other than a tensor is given.
    """
    return len(graph_nodes(tensors))


def graph_nodes(tensors: Tensor | Iterable[Tensor]) -> set[Any]:
    """Collect the nodes that `count_nodes` counts.

    Args:
        tensors: The result or results of the computation.

    Returns:
        The distinct `torch.autograd.graph.Node` objects.

    Raises:
        TypeError: If something other than a tensor is given.
    """
    results = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    for result in results:
        if not isinstance(result, Tensor):
            raise TypeError(f"tensors: expected tensors, got {type(result).__name__}")
    waiting: list[Any] = [result.grad_fn for result in results if result.grad_fn is not None]
    found: set[Any] = set()
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += [source for source, _ in node.next_functions if source is not None]
    return found


@dataclass(frozen=True)
class NodeLaw:
    """Nodes of three graphs of `functional_mlp.objective` as functions of the depth.

    The laws hold for that formulation: a bias in every layer, a nonlinear activation, and a
    penalty (lambda > 0).

    Attributes:
        objective: Nodes behind J.
        gradients: Nodes behind all gradients together.
        product: Nodes behind the scalar <g, v>, summed over the parameters one after the other.
    """

    objective: int
    gradients: int
    product: int


@checked
def node_law(num_hidden_layers: Count, loss: str = "cross_entropy") -> NodeLaw:
    """State the number of graph nodes for a depth.

    Args:
        num_hidden_layers: D, at least 1.
        loss: `"cross_entropy"` or `"squared"`; the latter has two more nodes in its formula and
            one more in its gradient.

    Returns:
        9 D + 11, 19 D + 18 and 25 D + 23 for cross-entropy.

    Raises:
        ValueError: If D is not positive or the loss is unknown.
    """
    if num_hidden_layers < 1:
        raise ValueError(f"num_hidden_layers: expected at least 1, got {num_hidden_layers}")
    if loss not in ("cross_entropy", "squared"):
        raise ValueError(f"loss: expected 'cross_entropy' or 'squared', got {loss!r}")
    D, squared = num_hidden_layers, loss == "squared"
    return NodeLaw(9 * D + 11 + 2 * squared, 19 * D + 18 + squared, 25 * D + 23 + squared)
