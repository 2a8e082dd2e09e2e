"""One program swept in four orders, step by step.

The program is ``y = x + x; z = x + y; w = y + z``, the smallest on which an order that is not
topological fails. A node passes its gradient on too early if it is not yet complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from d2l_utils.border import checked
from d2l_utils.display.tables import Table

EDGES: dict[str, tuple[str, ...]] = {"w": ("y", "z"), "z": ("x", "y"), "y": ("x", "x"), "x": ()}
"""Node -> what it adds up; every slope is 1. Read in this order it is a sweep's own."""

RIGHT = {"w": 1, "z": 1, "y": 2, "x": 5}


@dataclass(frozen=True)
class Step:
    """What a sweep has done so far.

    Attributes:
        node: Who passed its gradient on last; empty at the start.
        gradients: Node -> its gradient by now.
        early: The nodes that ever passed on something else than their complete gradient.
        passed: The nodes that passed anything on.
    """

    node: str
    gradients: dict[str, int]
    early: frozenset[str]
    passed: frozenset[str]


Sweep = Callable[[dict[str, int]], Iterator[str]]


def _topological(gradients: dict[str, int]) -> Iterator[str]:
    for node in EDGES:
        yield node
        for source in EDGES[node]:
            gradients[source] += gradients[node]


def _pre_order(gradients: dict[str, int]) -> Iterator[str]:
    seen, stack = set(), ["w"]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        yield node
        for source in EDGES[node]:
            gradients[source] += gradients[node]
        stack.extend(reversed(EDGES[node]))


def _recursive(gradients: dict[str, int]) -> Iterator[str]:
    stack = ["w"]
    while stack:
        node = stack.pop()
        yield node
        for source in EDGES[node]:
            gradients[source] += gradients[node]
        stack.extend(reversed(EDGES[node]))


def _skip_seen(gradients: dict[str, int]) -> Iterator[str]:
    seen = set()
    for node in EDGES:
        yield node
        for source in EDGES[node]:
            if source not in seen:
                seen.add(source)
                gradients[source] += gradients[node]


ORDERS: dict[str, Sweep] = {
    "topological": _topological,
    "pre-order": _pre_order,
    "recursive": _recursive,
    "skip seen": _skip_seen,
}


@checked
def sweep_steps(order: str) -> list[Step]:
    """Sweep the program in one order; leaves pass nothing on, so they make no step.

    Args:
        order: A key of `ORDERS`.

    Returns:
        The start, then one step each time that a node passes its gradient on.

    Raises:
        ValueError: If there is no such order.
    """
    if order not in ORDERS:
        raise ValueError(f"order: expected one of {list(ORDERS)}, got {order!r}")
    gradients = {node: int(node == "w") for node in EDGES}
    steps = [Step("", dict(gradients), frozenset(), frozenset())]
    sweep = ORDERS[order](gradients)
    node = next(sweep, None)
    while node is not None:
        passed_on, now = gradients[node], node
        node = next(sweep, None)  # passes on what `now` has
        if EDGES[now]:
            early = {now} if passed_on != RIGHT[now] else set()
            last = steps[-1]
            steps.append(Step(now, dict(gradients), last.early | early, last.passed | {now}))
    return steps


def sweep_table() -> Table:
    """Say in a table what each order does: who passes on what, who too early, what x gets."""
    rows = []
    for order in ORDERS:
        steps = sweep_steps(order)
        told = [f"{b.node} passes on {a.gradients[b.node]}" for a, b in pairwise(steps)]
        early = ", ".join(sorted(steps[-1].early)) or "none"
        rows.append((order, ", ".join(told), early, steps[-1].gradients["x"]))
    caption = "y = x + x; z = x + y; w = y + z, swept from w. The gradient of x is 5."
    return Table(("order", "steps", "too early", "x gets"), rows, caption)
