"""Reading what autograd recorded: torchviz walks the graph, this module gives it the text's names.

torchviz knows tensors by their memory addresses, forgets the names of saved parameters and draws a
tensor once per use. Here each node gets a number by its place in the walk, the name, operation and
shape of the text, and saved tensors with one storage become one node.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from torch import Tensor

from d2l_utils.graphs.torchviz_lines import Label, Link, torchviz_graph

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
}
"""torchviz's name of a saved tensor that has no name in the text -> the word shown instead."""

_OWN_OUTPUT = ("result", "output")  # torchviz's names of a saved tensor that the function computed

_Function = Any  # torch.autograd.graph.Node, whose subclasses carry the saved tensors

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
        ValueError: If the graph was already freed by ``.backward()``.
    """
    names = _Names([*params.items(), *outputs.items()], _walk(outputs))
    labels, links = torchviz_graph(tuple(outputs.values()), saved)
    nodes, first_use = _describe(labels, links, names)
    if not accumulate:
        links = _without_accumulation(nodes, links)
    return _number(nodes, links, first_use)


def _walk(outputs: Mapping[str, Tensor]) -> dict[int, _Function]:
    """Collect every function of the graphs by id; holding them keeps the ids valid."""
    found: dict[int, _Function] = {}
    stack: list[_Function] = [value.grad_fn for value in outputs.values()]
    while stack:
        function = stack.pop()
        if id(function) in found:
            continue
        found[id(function)] = function
        for attribute in _saved_attributes(function):
            try:
                getattr(function, attribute)
            except RuntimeError as error:
                raise ValueError(
                    "the graph was freed by .backward(): draw it before, or keep it with "
                    "retain_graph=True"
                ) from error
        stack.extend(follower for follower, _ in function.next_functions if follower is not None)
    return found


def _saved_attributes(function: _Function) -> list[str]:
    return [name for name in dir(function) if name.startswith("_saved_")]


@dataclass(frozen=True)
class _Names:
    """Looks up what torchviz only knows by memory address."""

    tensors: list[tuple[str, Tensor]]
    functions: Mapping[int, _Function]

    def of_tensor(self, address: int) -> tuple[str, Tensor] | None:
        for name, value in self.tensors:
            if id(value) == address:
                return name, value
        for function in self.functions.values():
            if function.name().endswith("AccumulateGrad") and id(function.variable) == address:
                return "", function.variable
        return None

    def made_by(self, address: int) -> tuple[str, Tensor] | None:
        for name, value in self.tensors:
            if value.grad_fn is not None and id(value.grad_fn) == address:
                return name, value
        return None

    def of_saved(self, function: _Function, attribute: str) -> tuple[str, Tensor]:
        match = re.fullmatch(r"(\w+?)(?:\[(\d+)\])?", attribute)
        if match is None:
            raise RuntimeError(f"unexpected saved tensor {attribute!r} in torchviz's output")
        value = getattr(function, f"_saved_{match[1]}")
        value = value if match[2] is None else value[int(match[2])]
        for name, known in self.tensors:
            if _place(known) == _place(value):
                return name, value
        for name, known in self.tensors:
            if _place(known)[0] == _place(value)[0]:
                return f"{name} (view)", value
        if match[1] in _OWN_OUTPUT:
            return f"output of {_operation(function.name())}", value
        return SAVED.get(match[1], ""), value

    def leaves(self, addresses: Iterable[int]) -> dict[int, Tensor]:
        """Return those of the nodes that are parameters or other leaves that need a gradient."""
        named = {address: self.of_tensor(address) for address in addresses}
        return {
            address: found[1]
            for address, found in named.items()
            if found is not None and found[1].is_leaf and found[1].requires_grad
        }


def _place(tensor: Tensor) -> _Place:
    storage = tensor.untyped_storage().data_ptr()
    return storage, int(tensor.storage_offset()), tuple(tensor.shape), tuple(tensor.stride())


class _Described(NamedTuple):
    """A `Node` that has no number yet."""

    role: str
    name: str
    operation: str
    shape: tuple[int, ...] | None


def _describe(
    labels: dict[int, Label], links: list[Link], names: _Names
) -> tuple[dict[int, _Described], dict[int, int]]:
    """Describe every node, and say which node stands for all uses of the same saved tensor."""
    saved_by = {link.second: link.first for link in links if link.style == "dir=none"}
    leaves = names.leaves(labels)
    nodes: dict[int, _Described] = {}
    first_use: dict[int, int] = {}
    node_at: dict[_Place, int] = {}
    for address, leaf in leaves.items():
        node_at.setdefault(_place(leaf), address)
    for address, label in labels.items():
        if label.role == "operation":
            nodes[address] = _describe_operation(names.made_by(address), label.title)
        elif label.role == "saved" and address not in leaves:
            name, value = names.of_saved(names.functions[saved_by[address]], label.title)
            first = first_use[address] = node_at.setdefault(_place(value), address)
            nodes[address] = _Described("saved", name, "", tuple(value.shape))
            if name and first in nodes and not nodes[first].name:
                nodes[first] = nodes[address]  # a later use knows what the tensor is
        else:  # torchviz paints a saved leaf orange and drops its name: it is still a parameter
            named = names.of_tensor(address)
            role = "parameter" if label.role == "saved" else label.role
            nodes[address] = _Described(role, named[0] if named else "", "", label.shape)
    return nodes, first_use


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
    leaf_of = {link.second: link.first for link in links if link.second in bypassed}
    for address in bypassed:
        del nodes[address]
    return [Link(leaf_of.get(a, a), b, style) for a, b, style in links if b not in bypassed]


def _number(
    nodes: dict[int, _Described], links: list[Link], first_use: dict[int, int]
) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    kept = [address for address in nodes if first_use.get(address, address) == address]
    ids = {address: f"n{number}" for number, address in enumerate(kept)}
    edges: dict[Edge, None] = {}
    for a, b, style in links:
        source, target = ids[first_use.get(a, a)], ids[first_use.get(b, b)]
        if style == "dir=none":
            edges[Edge(target, source, "saved")] = None
        else:
            edges[Edge(source, target, "view" if style else "flow")] = None
    numbered = tuple(Node(ids[address], *nodes[address]) for address in kept)
    return numbered, tuple(edges)


def shape_text(shape: tuple[int, ...]) -> str:
    """Write a shape as Python does, and ``()`` in words."""
    return str(shape) if shape else "scalar"
