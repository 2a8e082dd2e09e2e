"""Reading what autograd recorded, with the names of the text.

Each node gets a number by its place in the walk, the name, operation and shape of the text, and
saved tensors with one storage become one node.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor

from d2l_utils.graphs.kept import GraphFreedError, operation_name
from d2l_utils.graphs.storages import dense_parts
from d2l_utils.graphs.walk import Item, Link, Walk, walk

OPERATIONS: dict[str, str] = {
    "Addmm": "matmul and add",
    "Mm": "matmul",
    "Mv": "matmul",
    "T": "transpose",
    "Transpose": "transpose",
    "Permute": "transpose",  # what .T records
    "Mul": "times",
    "Div": "divide",
    "Sub": "minus",
    "Neg": "negate",
    "Pow": "power",
    "LogSoftmax": "log-softmax",
    "NllLoss": "negative log-likelihood",
    "MseLoss": "mean squared error",
    "AccumulateGrad": "accumulate gradient",
    "ThresholdBackward": "relu backward",
}
"""Name of an autograd function without its ``Backward0`` -> the word of the text; other names are
written in lower case."""

SAVED: dict[str, str] = {
    "target": "labels",
    "total_weight": "number of examples",
    "other": "factor",
    "checkpoint's inputs": "input of a checkpoint",
}
"""PyTorch's name of a saved tensor that has no name in the text -> the word shown instead."""

_OWN_OUTPUT = ("result", "output")  # PyTorch's names of a saved tensor that the function computed

_Place = tuple[int, int, tuple[int, ...], tuple[int, ...]]  # storage, offset, shape, strides


@dataclass(frozen=True)
class Node:
    """A node of an autograd graph.

    Attributes:
        id: ``n0``, ``n1``, ... in the order of the walk from the result.
        role: ``"parameter"``, ``"operation"``, ``"saved"`` or ``"output"``.
        name: Name of the tensor that the node is or, for an operation, yields; may be empty.
        operation: What is computed; empty unless the role is ``"operation"``.
        shape: Shape of the tensor, ``None`` where only an unnamed operation is known.
    """

    id: str
    role: str
    name: str
    operation: str
    shape: tuple[int, ...] | None

    @property
    def label(self) -> str:
        """What the drawing shows: operation and name on one line, the shape below."""
        first = " → ".join(part for part in (self.operation, self.name) if part)
        return first if self.shape is None else f"{first or 'tensor'}\n{shape_text(self.shape)}"


@dataclass(frozen=True)
class Edge:
    """An edge in forward direction.

    Attributes:
        source: Id of the node that is used.
        target: Id of the node that uses it.
        kind: ``"flow"``; ``"saved"`` if target keeps source for the backward pass;
            ``"view"`` if target is a view of source.
    """

    source: str
    target: str
    kind: str = "flow"


def read_record(
    outputs: Mapping[str, Tensor],
    params: Mapping[str, Tensor],
    saved: bool = False,
    accumulate: bool = False,
) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    """Read the graph that autograd recorded for some results.

    Args:
        outputs: Name -> computed result.
        params: Name -> parameter, input or intermediate tensor.
        saved: Also read the tensors kept for the backward pass, one node per storage.
        accumulate: Also keep the nodes that add a gradient to ``.grad``.

    Returns:
        Nodes and edges, in a stable order.

    Raises:
        ValueError: If the graph was already freed by ``.backward()``, or a saved tensor was
            overwritten in place.
    """
    try:
        # What is saved is read even if it is not shown: a graph that is used up is no graph.
        found = walk(outputs.values(), saved=True)
    except GraphFreedError as error:
        raise ValueError(
            "the graph was freed by .backward(): draw it before, or keep it with retain_graph=True"
        ) from error
    if not saved:
        found = walk(outputs.values())
    nodes, first_use = _describe(found, [*params.items(), *outputs.items()])
    links = found.links if accumulate else _without_accumulation(nodes, found.links)
    return _number(nodes, links, first_use)


def _place(tensor: Tensor) -> _Place:
    _, dense = next(dense_parts(tensor))
    where = dense.untyped_storage()._cdata
    if dense is not tensor:  # the first part of several stands for all
        return where, 0, (), ()
    return where, int(tensor.storage_offset()), tuple(tensor.shape), tuple(tensor.stride())


class _Described(NamedTuple):
    """A `Node` that has no number yet."""

    role: str
    name: str
    operation: str
    shape: tuple[int, ...] | None


_Named = list[tuple[str, Tensor]]


def _describe(found: Walk, tensors: _Named) -> tuple[dict[int, _Described], dict[int, int]]:
    """Describe every node, and say which node stands for all uses of the same saved tensor."""
    names: dict[int, str] = {}
    made: dict[int, tuple[str, Tensor]] = {}
    for name, tensor in tensors:
        names.setdefault(id(tensor), name)
        if tensor.grad_fn is not None:
            made.setdefault(id(tensor.grad_fn), (name, tensor))
    nodes: dict[int, _Described] = {}
    first_use: dict[int, int] = {}
    node_at: dict[_Place, int] = {}
    for key, item in found.items.items():
        if item.role == "parameter":
            node_at.setdefault(_place(item.thing), key)
    for key, item in found.items.items():
        if item.role == "operation":
            nodes[key] = _describe_operation(made.get(key), type(item.thing).__name__)
        elif item.role == "saved":
            name = _saved_name(item, tensors)
            first = first_use[key] = node_at.setdefault(_place(item.thing), key)
            nodes[key] = _Described("saved", name, "", tuple(item.thing.shape))
            if name and first in nodes and not nodes[first].name:
                nodes[first] = nodes[key]  # a later use knows what the tensor is
        else:
            nodes[key] = _Described(item.role, names.get(key, ""), "", tuple(item.thing.shape))
    return nodes, first_use


def _saved_name(item: Item, tensors: _Named) -> str:
    place = _place(item.thing)
    for name, known in tensors:
        if _place(known) == place:
            return name
    for name, known in tensors:
        if _place(known)[0] == place[0]:
            return f"{name} (view)"
    argument = item.argument.split("[")[0]
    if argument in _OWN_OUTPUT:
        return f"output of {_operation(operation_name(item.keeper))}"
    return SAVED.get(argument, "")


def _describe_operation(made: tuple[str, Tensor] | None, function: str) -> _Described:
    if made is None:
        return _Described("operation", "", _operation(function), None)
    name, value = made
    return _Described("operation", name, _operation(function), tuple(value.shape))


def _operation(function: str) -> str:
    name = re.sub(r"Backward\d*$", "", function)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return OPERATIONS.get(name, words)


def _without_accumulation(nodes: dict[int, _Described], links: list[Link]) -> list[Link]:
    """Remove the nodes that add to ``.grad``; what led through them starts at the leaf itself."""
    bypassed = {a for a, node in nodes.items() if node.operation == OPERATIONS["AccumulateGrad"]}
    leaf_of = {link.target: link.source for link in links if link.target in bypassed}
    for address in bypassed:
        del nodes[address]
    return [Link(leaf_of.get(a, a), b, kind) for a, b, kind in links if b not in bypassed]


def _number(
    nodes: dict[int, _Described], links: list[Link], first_use: dict[int, int]
) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    kept = [address for address in nodes if first_use.get(address, address) == address]
    ids = {address: f"n{number}" for number, address in enumerate(kept)}
    edges: dict[Edge, None] = {}
    for a, b, kind in links:
        edges[Edge(ids[first_use.get(a, a)], ids[first_use.get(b, b)], kind)] = None
    numbered = tuple(Node(ids[address], *nodes[address]) for address in kept)
    return numbered, tuple(edges)


def shape_text(shape: tuple[int, ...]) -> str:
    """Write a shape as Python does, and ``()`` in words."""
    return str(shape) if shape else "scalar"
