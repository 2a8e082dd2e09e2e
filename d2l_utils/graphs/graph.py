"""The graph that autograd records, drawn with the names of the text.

This module gives each node its name, shape and role, draws the graph deterministically and without
a ``dot`` binary, and hands out the nodes and edges so that a claim about the graph can be tested
and read as a table. It serves exercises 2 and 4 of D2L 5.3 (section 5.3.2, "Computational Graph of
Forward Propagation").

What one can do here: `draw` a result; count `Graph.paths`; list `Graph.table`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from torch import Tensor

from d2l_utils.border import Words, checked
from d2l_utils.display.dot import digraph, quoted, render_dot
from d2l_utils.display.figures import Picture, check_alt
from d2l_utils.display.tables import Table
from d2l_utils.graphs.paths import directed_paths, sources_in_words
from d2l_utils.graphs.record import Edge, Node, read_record, shape_text

FILL: dict[str, str] = {
    "parameter": "#a6cee3",
    "operation": "#e6e6e6",
    "saved": "#fdbf6f",
    "output": "#b2df8a",
}
"""Legend: fill colour of each role. Shapes repeat it: parameters and outputs are boxes (outputs
with a double border), operations are rounded, saved tensors are notes."""

_SHAPE = {
    "parameter": 'shape=box style="filled"',
    "operation": 'shape=box style="filled,rounded"',
    "saved": 'shape=note style="filled"',
    "output": 'shape=box style="filled" peripheries=2',
}
MAX_NODES = 250
"""Most nodes that are drawn unless more are asked for: nobody reads larger drawings, and the time
to lay them out grows fast, for a recurrent cell from 1 s at 230 nodes to minutes at 450."""

_LINE = {"flow": "", "saved": " [style=dashed]", "view": " [style=dotted]"}


class Graph(Picture):
    """A drawn autograd graph; Jupyter shows the drawing, code asks for nodes, edges and paths.

    Attributes:
        nodes: All nodes, in a stable order.
        edges: All edges, in a stable order.
        missing: The given names that the graph does not contain, for example inputs without
            gradient.
    """

    def __init__(
        self, nodes: tuple[Node, ...], edges: tuple[Edge, ...], alt: str, missing: tuple[str, ...]
    ) -> None:
        super().__init__(render_dot(_to_dot(nodes, edges), alt), alt)
        self.nodes = nodes
        self.edges = edges
        self.missing = missing

    def node(self, name: str) -> Node:
        """Return the node that is, or yields, the tensor called `name`.

        Raises:
            KeyError: If there is none.
        """
        for node in self.nodes:
            if node.name == name:
                return node
        known = [node.name for node in self.nodes if node.name]
        raise KeyError(f"expected the name of a node, one of {known}, got {name!r}")

    def paths(self, source: str, target: str) -> list[tuple[str, ...]]:
        """List the directed paths along which values flow from one named tensor to another.

        Args:
            source: Name of the first tensor.
            target: Name of the last tensor.

        Returns:
            Each path as node ids; edges to saved tensors do not count.

        Raises:
            KeyError: If the graph has no such name.
        """
        return directed_paths(self.edges, self.node(source).id, self.node(target).id)

    def table(self) -> Table:
        """Say the same in a table: each node, what it is, its shape and what it is made of."""
        rows = []
        for node in self.nodes:
            shape = "" if node.shape is None else shape_text(node.shape)
            rows.append((node.id, node.label.split("\n")[0], node.role, shape))
        return node_table(rows, self.edges)


@checked
def draw(
    tensor: Tensor | Mapping[str, Tensor],
    params: Mapping[str, Tensor],
    *,
    alt: Words,
    saved: bool = False,
    accumulate: bool = False,
    max_nodes: int = MAX_NODES,
) -> Graph:
    """Draw the graph that autograd recorded for one or more tensors.

    Nothing is computed: a checkpoint's segment is drawn as it was recorded and is not run again.
    A Function written in Python, or a compiled module, is one operation.

    Args:
        tensor: The result, or a mapping from names to results.
        params: Names of parameters, inputs and intermediate tensors, in the letters of the text.
        alt: What the drawing shows, for readers who cannot see it.
        saved: Also show the tensors kept for the backward pass, one node per storage.
        accumulate: Also show the nodes that add a gradient to ``.grad``, which double the leaves.
        max_nodes: Most nodes to lay out; the larger the graph, the longer it takes, up to hours.

    Returns:
        The graph. The same computation gives the same bytes.

    Raises:
        TypeError: If `tensor` or a value of `params` is not a tensor, or `alt` is not a string.
        ValueError: If `alt` is blank, nothing was given to draw, a result has no graph (it needs
            no gradient, or is a leaf), the graph was already freed by ``.backward()``, a tensor
            that it keeps was overwritten in place, or it has more than `max_nodes` nodes.
    """
    check_alt(alt)
    outputs = {"": tensor} if isinstance(tensor, Tensor) else dict(tensor)
    _check_tensors(outputs, params)
    nodes, edges = read_record(outputs, params, saved, accumulate)
    _check_size(len(nodes), max_nodes)
    missing = tuple(sorted(set(params) - {node.name for node in nodes}))
    return Graph(nodes, edges, alt, missing)


def node_table(rows: Iterable[tuple[str, str, str, str]], edges: Iterable[Edge]) -> Table:
    """Say in a table what a drawn graph shows.

    Args:
        rows: Id, name, role and shape of each node, all in words.
        edges: Edges between these nodes.

    Returns:
        A table with one row per node; its last column names the nodes that it is made of.
    """
    uses = sources_in_words(edges)
    return Table(
        ("node", "what", "role", "shape", "uses"),
        [(*row, uses.get(row[0], "none")) for row in rows],
        "Nodes of the graph, and what each is made of",
    )


def _check_tensors(outputs: Mapping[str, Tensor], params: Mapping[str, Tensor]) -> None:
    if not outputs:
        raise ValueError("tensor: expected at least one result to draw, got an empty mapping")
    for name, value in {**params, **outputs}.items():
        if not isinstance(value, Tensor):
            raise TypeError(f"{name or 'tensor'}: expected a tensor, got {type(value).__name__}")
    for name, value in outputs.items():
        what = name or "tensor"
        if not value.requires_grad:
            raise ValueError(f"{what}: expected a result that requires grad, got one that does not")
        if value.grad_fn is None:
            raise ValueError(f"{what}: expected a computed result, got a leaf: its graph is empty")


def _check_size(number: int, max_nodes: int) -> None:
    if number > max_nodes:
        raise ValueError(
            f"graph: expected at most {max_nodes} nodes, got {number}; draw one layer or one step "
            "of a recurrent network, leave out saved tensors, or ask for it with "
            f"max_nodes={number}, which may take long"
        )


def _to_dot(nodes: tuple[Node, ...], edges: tuple[Edge, ...]) -> str:
    statements = []
    for node in nodes:
        fill = f'fillcolor="{FILL[node.role]}" class="d2l-{node.role}"'
        statements.append(f"{node.id} [label={quoted(node.label)} {_SHAPE[node.role]} {fill}]")
    parameters = {node.id for node in nodes if node.role == "parameter"}
    for edge in edges:
        line = _LINE[edge.kind]
        if edge.kind == "saved" and edge.source in parameters:
            line = " [style=dashed constraint=false]"  # else the arrow would run upwards
        statements.append(f"{edge.source} -> {edge.target}{line}")
    return digraph(statements, node="height=0.3 margin=0.08")
