"""Reading what autograd recorded: torchviz walks the graph, this module gives it the text's names.

torchviz knows tensors by their memory addresses, forgets the names of saved parameters and draws a
tensor once per use. Here each node gets a number by its place in the walk, the name, operation and
shape of the text, and saved tensors with one storage become one node.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

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
    "result": "its output",
    "output": "its output",
    "target": "labels",
    "total_weight": "number of examples",
    "other": "factor",
}
"""torchviz's name of a saved tensor that has no name in the text -> the word shown instead."""

Function = Any  # torch.autograd.graph.Node, whose subclasses carry the saved tensors

_NODE_LINE = re.compile(r'^\t(\d+) \[label="?(.*?)"?(?: fillcolor=(\w+))?\]\s*$', re.DOTALL)

_BARE_NODE_LINE = re.compile(r"^\t(\d+) \[label=(\w+)\]\s*$")

_EDGE_LINE = re.compile(r"^\t(\d+) -> (\d+)(?: \[(dir=none|style=dotted)\])?\s*$")

_COLOR_ROLE = {
    "lightblue": "parameter",
    "orange": "saved",
    "darkolivegreen1": "output",
    "darkolivegreen3": "output",
}


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
    functions = _walk(outputs)
    body = _torchviz_body(tuple(outputs.values()), saved)
    return _build(body, _Names(outputs, params, functions), accumulate)


def _walk(outputs: Mapping[str, Tensor]) -> dict[int, Function]:
    """Collect every function of the graphs by id; holding them keeps the ids valid."""
    found: dict[int, Function] = {}
    stack: list[Function] = [value.grad_fn for value in outputs.values()]
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


def _saved_attributes(function: Function) -> list[str]:
    return [name for name in dir(function) if name.startswith("_saved_")]


def _torchviz_body(outputs: tuple[Tensor, ...], saved: bool) -> list[str]:
    with warnings.catch_warnings():
        # torchviz compares versions with distutils, which only its authors can change.
        warnings.filterwarnings("ignore", "distutils Version classes", DeprecationWarning)
        from torchviz import make_dot

        return list(make_dot(outputs, show_saved=saved).body)


@dataclass(frozen=True)
class _Names:
    """Looks up what torchviz only knows by memory address."""

    outputs: Mapping[str, Tensor]
    params: Mapping[str, Tensor]
    functions: Mapping[int, Function]

    def of_tensor(self, address: int) -> tuple[str, Tensor] | None:
        for name, value in (*self.params.items(), *self.outputs.items()):
            if id(value) == address:
                return name, value
        for function in self.functions.values():
            if function.name().endswith("AccumulateGrad") and id(function.variable) == address:
                return "", function.variable
        return None

    def made_by(self, address: int) -> tuple[str, Tensor] | None:
        for name, value in (*self.params.items(), *self.outputs.items()):
            if value.grad_fn is not None and id(value.grad_fn) == address:
                return name, value
        return None

    def of_saved(self, function_address: int, attribute: str) -> tuple[str, Tensor]:
        match = re.fullmatch(r"(\w+?)(?:\[(\d+)\])?", attribute)
        if match is None:
            raise RuntimeError(f"unexpected saved tensor {attribute!r} in torchviz's output")
        value = getattr(self.functions[function_address], f"_saved_{match.group(1)}")
        value = value if match.group(2) is None else value[int(match.group(2))]
        for name, known in (*self.params.items(), *self.outputs.items()):
            if _place(known) == _place(value):
                return name, value
        for name, known in (*self.params.items(), *self.outputs.items()):
            if _place(known)[0] == _place(value)[0]:
                return f"{name} (view)", value
        word = SAVED.get(match.group(1), "")
        if word == "its output":
            word = f"output of {_operation(self.functions[function_address].name())}"
        return word, value


def _place(tensor: Tensor) -> tuple[int, int, tuple[int, ...], tuple[int, ...]]:
    storage = tensor.untyped_storage().data_ptr()
    return storage, int(tensor.storage_offset()), tuple(tensor.shape), tuple(tensor.stride())


def _build(
    body: list[str], names: _Names, accumulate: bool
) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    labels, links = _parse(body)
    saved_by = {b: a for a, b, style in links if style == "dir=none"}
    nodes: dict[int, tuple[str, str, str, tuple[int, ...] | None]] = {}
    merged: dict[int, int] = {}
    places: dict[Any, int] = {}
    for address, (label, color) in labels.items():
        role = _COLOR_ROLE.get(color, "operation")
        named = names.of_tensor(address)
        if role == "saved" and (named is None or not _is_parameter(named[1])):
            name, value = names.of_saved(saved_by[address], label.split("\n")[0])
            leaf = next((a for a in labels if _same_leaf(names, a, value)), None)
            first = places.setdefault(_place(value), address) if leaf is None else leaf
            merged[address] = first
            nodes[address] = ("saved", name, "", tuple(value.shape))
            if name and first in nodes and not nodes[first][1]:
                nodes[first] = nodes[address]  # a later use knows what the tensor is
        elif role == "operation":
            made = names.made_by(address)
            name, shape = ("", None) if made is None else (made[0], tuple(made[1].shape))
            nodes[address] = ("operation", name, _operation(label), shape)
        else:  # torchviz paints a saved leaf orange and drops its name: it is still a parameter
            name = "" if named is None else named[0]
            role = "parameter" if role == "saved" else role
            nodes[address] = (role, name, "", _parse_shape(label))
    if not accumulate:
        links = _without_accumulation(nodes, links)
    return _number(nodes, links, merged)


def _is_parameter(tensor: Tensor) -> bool:
    return tensor.is_leaf and tensor.requires_grad


def _same_leaf(names: _Names, address: int, value: Tensor) -> bool:
    named = names.of_tensor(address)
    return named is not None and _is_parameter(named[1]) and _place(named[1]) == _place(value)


def _parse(
    body: list[str],
) -> tuple[dict[int, tuple[str, str]], list[tuple[int, int, str]]]:
    """Read torchviz's DOT lines; a line of an unknown form is an error, not a gap in the graph."""
    labels: dict[int, tuple[str, str]] = {}
    links: list[tuple[int, int, str]] = []
    for line in body:
        edge = _EDGE_LINE.match(line)
        node = _BARE_NODE_LINE.match(line) or _NODE_LINE.match(line)
        if edge is not None:
            links.append((int(edge.group(1)), int(edge.group(2)), edge.group(3) or ""))
        elif node is not None:
            color = node.group(3) if node.re is _NODE_LINE else ""
            labels[int(node.group(1))] = (node.group(2).strip(), color or "")
        else:
            raise RuntimeError(f"unexpected line in torchviz's output: {line!r}")
    return labels, links


def _parse_shape(label: str) -> tuple[int, ...]:
    return tuple(int(size) for size in re.findall(r"\d+", label[label.rindex("(") :]))


def _operation(label: str) -> str:
    name = re.sub(r"Backward\d*$", "", label.split("\n")[0])
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return OPERATIONS.get(name, words)


def _without_accumulation(
    nodes: dict[int, tuple[str, str, str, tuple[int, ...] | None]],
    links: list[tuple[int, int, str]],
) -> list[tuple[int, int, str]]:
    bypassed = {a for a, node in nodes.items() if node[2] == OPERATIONS["AccumulateGrad"]}
    leaf_of = {b: a for a, b, _ in links if b in bypassed}
    for address in bypassed:
        del nodes[address]
    return [(leaf_of.get(a, a), b, style) for a, b, style in links if b not in bypassed]


def _number(
    nodes: dict[int, tuple[str, str, str, tuple[int, ...] | None]],
    links: list[tuple[int, int, str]],
    merged: dict[int, int],
) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    kept = [address for address in nodes if merged.get(address, address) == address]
    ids = {address: f"n{number}" for number, address in enumerate(kept)}
    edges: dict[Edge, None] = {}
    for a, b, style in links:
        source, target = ids[merged.get(a, a)], ids[merged.get(b, b)]
        if style == "dir=none":
            edges[Edge(target, source, "saved")] = None
        else:
            edges[Edge(source, target, "view" if style else "flow")] = None
    numbered = tuple(Node(ids[address], *nodes[address]) for address in kept)
    return numbered, tuple(edges)


def shape_text(shape: tuple[int, ...]) -> str:
    """Write a shape as Python does, and ``()`` in words."""
    return str(shape) if shape else "scalar"
