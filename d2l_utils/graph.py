"""The graph that autograd records, drawn with the names of the text.

`torchviz` walks from a result back through ``grad_fn``; this module gives each node its name, shape
and role, draws it deterministically and without a ``dot`` binary, and hands out the nodes and edges
so that a claim about the graph can be tested and read as a table. It serves exercises 2 and 4 of
D2L 5.3 (section 5.3.2, "Computational Graph of Forward Propagation").

What one can do here: `draw_graph` a result; count `Graph.paths`; list `Graph.table`.
"""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from d2l_utils.dot import render_dot
from d2l_utils.figures import COLORS, Picture, check_alt
from d2l_utils.paths import directed_paths
from d2l_utils.record import Edge, Node, read_record, shape_text
from d2l_utils.tables import Table

FILL: dict[str, str] = {
    "parameter": "#a6cee3",
    "operation": "#e6e6e6",
    "saved": "#fdbf6f",
    "output": "#b2df8a",
}
"""Legend: fill colour of each role. Shapes repeat it: parameters and outputs are boxes (outputs
with a double border), operations are rounded, saved tensors are notes."""

_BOX_TEXT = "#111111"  # stays dark in both themes, because the boxes stay light


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
        sources: dict[str, list[str]] = {node.id: [] for node in self.nodes}
        for edge in self.edges:
            sources[edge.target].append(edge.source + (" (saved)" if edge.kind == "saved" else ""))
        rows = [
            (
                node.id,
                node.label.split("\n")[0],
                node.role,
                "" if node.shape is None else shape_text(node.shape),
                ", ".join(sources[node.id]) or "none",
            )
            for node in self.nodes
        ]
        return Table(
            ("node", "what", "role", "shape", "uses"),
            rows,
            "Nodes of the graph, and what each is made of",
        )


def draw_graph(
    tensor: Tensor | Mapping[str, Tensor],
    params: Mapping[str, Tensor],
    *,
    alt: str,
    saved: bool = False,
    accumulate: bool = False,
) -> Graph:
    """Draw the graph that autograd recorded for one or more tensors.

    Args:
        tensor: The result, or a mapping from names to results.
        params: Names of parameters, inputs and intermediate tensors, in the letters of the text.
        alt: What the drawing shows, for readers who cannot see it.
        saved: Also show the tensors kept for the backward pass, one node per storage.
        accumulate: Also show the nodes that add a gradient to ``.grad``, which double the leaves.

    Returns:
        The graph. The same computation gives the same bytes.

    Raises:
        TypeError: If `tensor` or a value of `params` is not a tensor, or `alt` is not a string.
        ValueError: If `alt` is blank, nothing was given to draw, a result has no graph (it needs
            no gradient, or is a leaf), or the graph was already freed by ``.backward()``.
    """
    check_alt(alt)
    outputs = {"": tensor} if isinstance(tensor, Tensor) else dict(tensor)
    _check_tensors(outputs, params)
    nodes, edges = read_record(outputs, params, saved, accumulate)
    missing = tuple(sorted(set(params) - {node.name for node in nodes}))
    return Graph(nodes, edges, alt, missing)


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


def _to_dot(nodes: tuple[Node, ...], edges: tuple[Edge, ...]) -> str:
    shape = {
        "parameter": 'shape=box style="filled"',
        "operation": 'shape=box style="filled,rounded"',
        "saved": 'shape=note style="filled"',
        "output": 'shape=box style="filled" peripheries=2',
    }
    ink, paper = COLORS["ink"], COLORS["paper"]
    lines = [
        "digraph {",
        f'graph [rankdir=TB bgcolor="{paper}" ranksep=0.3 nodesep=0.2]',
        f'node [fontname="Helvetica" fontsize=11 fontcolor="{_BOX_TEXT}" color="#666666"'
        " height=0.3 margin=0.08]",
        f'edge [color="{ink}" arrowsize=0.6]',
    ]
    for node in nodes:
        label = node.label.replace('"', "'").replace("\n", "\\n")
        fill = f'fillcolor="{FILL[node.role]}" class="d2l-{node.role}"'
        lines.append(f'{node.id} [label="{label}" {shape[node.role]} {fill}]')
    role_of = {node.id: node.role for node in nodes}
    for edge in edges:
        style = {"flow": "", "saved": " [style=dashed]", "view": " [style=dotted]"}[edge.kind]
        if edge.kind == "saved" and role_of[edge.source] == "parameter":
            style = " [style=dashed constraint=false]"  # else the arrow would run upwards
        lines.append(f"{edge.source} -> {edge.target}{style}")
    return "\n".join([*lines, "}"])
