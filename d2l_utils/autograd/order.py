"""The order in which a sweep visits a graph: inputs before what is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, Self, TypeVar, runtime_checkable

from d2l_utils.border import checked


@runtime_checkable
class Node(Protocol):
    """What a sweep asks of a node: the edges to its inputs, each with a rule."""

    @property
    def edges(self) -> Sequence[tuple[Self, Any]]:
        """Input and rule, one pair for each use."""
        ...


N = TypeVar("N", bound=Node)


@checked
def topological_order(root: N) -> list[N]:
    """Return all nodes that a result was made of, each after its inputs.

    It keeps its own stack, so the depth of a graph is limited by memory alone.

    Args:
        root: The result; it comes last.

    Raises:
        TypeError: If it is no node.
    """
    order: list[N] = []
    seen: set[N] = set()
    stack = [(root, False)]
    while stack:
        node, inputs_done = stack.pop()
        if inputs_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((source, False) for source, _ in node.edges)
    return order
