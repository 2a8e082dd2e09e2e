"""Walking an autograd graph from its results back to its leaves.

The walk visits an operation, then what it was made of, the first argument first, so that the same
computation is always listed in the same order. It does not recurse: a recurrent network unrolled a
thousand times is as deep as that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from torch import Tensor

from d2l_utils.graphs.kept import Kept, kept_by


class Item(NamedTuple):
    """Something found on the walk.

    Attributes:
        role: ``"parameter"`` (a leaf), ``"operation"``, ``"saved"`` or ``"output"``.
        thing: The tensor, or the operation's ``grad_fn``.
        argument: What a saved tensor is to the operation that keeps it.
        keeper: That operation.
    """

    role: str
    thing: Any
    argument: str = ""
    keeper: Any = None


class Link(NamedTuple):
    """A line between two things, which are known by their ids while the walk's items hold them.

    Attributes:
        source: Id of what is used.
        target: Id of what uses it.
        kind: ``"flow"``, ``"saved"`` or ``"view"``.
    """

    source: int
    target: int
    kind: str


@dataclass
class Walk:
    """What was found, in order.

    Attributes:
        items: Id -> what it is the id of; the items keep everything alive.
        links: Lines between them.
    """

    items: dict[int, Item] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)

    def add(self, item: Item) -> int:
        """Enter something that was found, and return its id."""
        self.items[id(item.thing)] = item
        return id(item.thing)


def walk(outputs: Iterable[Tensor], saved: bool = False) -> Walk:
    """Walk the graphs of some results.

    Args:
        outputs: Computed results, of any shape.
        saved: Whether to list the tensors kept for the backward pass.

    Returns:
        What was found; bases of results that are views are results too.

    Raises:
        ValueError: If the saved tensors were freed, or one was overwritten in place.
    """
    found = Walk()
    for output in outputs:
        _add_result(output, found, saved)
    return found


def _add_result(tensor: Tensor, found: Walk, saved: bool) -> None:
    while id(tensor) not in found.items:
        found.add(Item("output", tensor))
        if tensor.grad_fn is not None:
            _add_operations(tensor.grad_fn, found, saved)
            found.links.append(Link(id(tensor.grad_fn), id(tensor), "flow"))
        base = tensor._base if tensor._is_view() else None
        if base is None:
            return
        found.links.append(Link(id(base), id(tensor), "view"))
        tensor = base


def _add_operations(root: Any, found: Walk, saved: bool) -> None:
    waiting: list[tuple[Any, Iterator[Any]]] = []

    def visit(node: Any) -> None:
        if id(node) not in found.items:
            _add_operation(node, found, saved)
            waiting.append((node, (before for before, _ in node.next_functions)))

    visit(root)
    while waiting:
        node, sources = waiting[-1]
        source = next(sources, waiting)  # the list itself marks the end: None means no gradient
        if source is waiting:
            waiting.pop()
        elif source is not None:
            found.links.append(Link(id(source), id(node), "flow"))
            visit(source)


def _add_operation(node: Any, found: Walk, saved: bool) -> None:
    for kept in kept_by(node) if saved else ():
        _add_saved(kept, node, found)
    leaf = getattr(node, "variable", None)  # of the node that adds to the leaf's gradient
    if leaf is not None:
        found.links.append(Link(found.add(Item("parameter", leaf)), id(node), "flow"))
    found.add(Item("operation", node))


def _add_saved(kept: Kept, node: Any, found: Walk) -> None:
    tensor = kept.tensor
    role = "parameter" if tensor.is_leaf and tensor.requires_grad else "saved"
    if id(tensor) not in found.items or role == "saved":
        found.add(Item(role, tensor, kept.argument, node))
    found.links.append(Link(id(tensor), id(node), "saved"))
