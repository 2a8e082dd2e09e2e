"""The chain rule as a sum over paths, and the sweep that factors it.

`path_products` walks every path; `path_totals` sweeps, with any weight on the edges: all ones count
the paths, absolute values bound the rounding, the slopes themselves give the gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from d2l_utils.autograd.order import topological_order
from d2l_utils.autograd.scalar import Value
from d2l_utils.border import Number, checked

MAX_EDGES = 1_000_000
"""How many edges a graph for showing may have."""


@checked
def path_products(root: Value, leaf: Value) -> Iterator[float]:
    """Walk every path from a result to a leaf, which takes as long as there are paths.

    Args:
        root: The result.
        leaf: Where the paths end.

    Yields:
        For each path the product of its edges' slopes.
    """
    stack = [(root, 1.0)]
    while stack:
        node, product = stack.pop()
        if node is leaf:
            yield product
        stack.extend((source, product * slope) for source, slope in node.edges)


@checked
def path_totals(root: Value, weigh: Callable[[float], float]) -> dict[Value, float]:
    """Sum over all paths the product of their edges' weights, in one sweep.

    Args:
        root: The result.
        weigh: The weight of an edge, from its slope.

    Returns:
        Node -> total over the paths from the result to it.
    """
    order = topological_order(root)
    totals: dict[Value, float] = dict.fromkeys(order, 0)
    totals[root] = 1
    for node in reversed(order):
        for source, slope in node.edges:
            totals[source] += weigh(slope) * totals[node]
    return totals


@checked
def count_edges(root: Value) -> int:
    """Count the edges below a result.

    Args:
        root: The result.
    """
    return sum(len(node.edges) for node in topological_order(root))


@checked
def bottlenecks(
    stages: Annotated[int, Number(at_least=0, at_most=MAX_EDGES)],
    width: Annotated[int, Number(at_least=1, at_most=MAX_EDGES)] = 3,
    slope: float = 2.0,
) -> tuple[Value, Value]:
    """Build a chain of nodes, each joined to the next by parallel edges.

    Args:
        stages: How many times.
        width: How many edges there are between two nodes.
        slope: The slope of each edge.

    Returns:
        The leaf and the result.

    Raises:
        ValueError: If that makes more than a million edges.
    """
    if stages * width > MAX_EDGES:
        raise ValueError(
            f"stages times width: expected at most {MAX_EDGES:,}, got {stages * width:,}"
        )
    leaf = node = Value(1.0)
    for _ in range(stages):
        node = Value(width * slope * node.data, *[(node, slope)] * width)
    return leaf, node


@dataclass
class Tally:
    """How many operations a sweep made on numbers.

    Attributes:
        multiplications: Of a slope and a gradient.
        additions: To a gradient.
    """

    multiplications: int = 0
    additions: int = 0


@checked
def count_sweep(root: Value) -> Tally:
    """Run a result's own `backward` on numbers that count, and say what it did.

    Gradients are as after any sweep.

    Args:
        root: The result.
    """
    tally = Tally()
    order = topological_order(root)
    kept = [node.edges for node in order]
    try:
        for node in order:
            node.edges = [(source, _Counted(slope, tally)) for source, slope in node.edges]
        root.backward()
    finally:
        for node, edges in zip(order, kept, strict=True):
            node.edges = edges
            node.grad = float(node.grad)
    return tally


class _Counted(float):
    """A number that enters each operation in a tally."""

    tally: Tally

    def __new__(cls, number: float, tally: Tally) -> _Counted:
        made = super().__new__(cls, number)
        made.tally = tally
        return made

    def __mul__(self, other: Any) -> _Counted:
        self.tally.multiplications += 1
        return _Counted(float(self) * float(other), self.tally)

    def __add__(self, other: Any) -> _Counted:
        self.tally.additions += 1
        return _Counted(float(self) + float(other), self.tally)

    __rmul__ = __mul__
    __radd__ = __add__
