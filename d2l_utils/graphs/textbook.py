"""The computational graph of the objective J in the letters of the text (D2L 5.3.2).

Squares are variables and circles are operators, as in Figure 5.3.1. That figure runs to the right
and up and has one circle for the whole penalty; here arrows point down, and the penalty's two
norms, their sum and its factor are a circle each. Unlike the graph that autograd records
(`d2l_utils.graphs.graph`), this one runs forward, shows the inputs x and y that need no gradient,
and has one circle for each operation of the equations, however many functions PyTorch calls for it.

What one can do here: draw `draw_textbook`; count `TextbookGraph.paths`; list
`TextbookGraph.table`. It serves exercise 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from d2l_utils.border import checked
from d2l_utils.display.dot import digraph, quoted, render_dot
from d2l_utils.display.figures import Picture
from d2l_utils.display.tables import Table
from d2l_utils.graphs.graph import FILL, node_table
from d2l_utils.graphs.paths import directed_paths
from d2l_utils.graphs.record import Edge, shape_text

TEXTBOOK_FILL: dict[str, str] = {
    "input": "#ffffff",
    "parameter": FILL["parameter"],
    "intermediate": "#fff2cc",
    "operator": FILL["operation"],
    "output": FILL["output"],
}
"""Legend: fill colour of each role, shared with `draw` where the roles are the same. Shapes
repeat it: operators are circles, the output has a double border, inputs a dashed one."""

_LOOK = {
    "input": 'shape=square style="filled,dashed"',
    "parameter": "shape=square style=filled",
    "intermediate": "shape=square style=filled",
    "output": "shape=square style=filled peripheries=2",
    "operator": "shape=circle style=filled width={width}",
}
_ROLES = {"x": "input", "y": "input", "W1": "parameter", "b1": "parameter", "W2": "parameter"}
_SHAPES = {"x": "(d,)", "y": "(q,)", "W1": "(h, d)", "b1": "(h,)", "W2": "(q, h)"}
_SHAPES |= {"z": "(h,)", "h": "(h,)", "o": "(q,)", "L": "scalar", "s": "scalar", "J": "scalar"}


@dataclass(frozen=True)
class TextbookNode:
    """A variable or an operator of the text.

    Attributes:
        id: ``n0``, ``n1``, ... in the order of forward propagation.
        role: ``"input"``, ``"parameter"``, ``"intermediate"``, ``"output"`` or ``"operator"``.
        name: Letter of the variable, or symbol of the operator.
        shape: Shape of the variable in words; empty for an operator.
    """

    id: str
    role: str
    name: str
    shape: str

    @property
    def kind(self) -> str:
        """``"operator"`` (drawn as a circle) or ``"variable"`` (drawn as a square)."""
        return "operator" if self.role == "operator" else "variable"


class TextbookGraph(Picture):
    """The graph of the text; Jupyter shows the drawing, code asks for nodes, edges and paths.

    Attributes:
        nodes: Variables and operators, sources before what they feed.
        edges: Edges in forward direction; ``source`` and ``target`` are node ids.
    """

    def __init__(self, nodes: tuple[TextbookNode, ...], edges: tuple[Edge, ...], alt: str) -> None:
        super().__init__(render_dot(_to_dot(nodes, edges), alt), alt)
        self.nodes = nodes
        self.edges = edges

    def node(self, name: str) -> TextbookNode:
        """Return the variable called `name`.

        Raises:
            KeyError: If there is none.
        """
        variables = [node for node in self.nodes if node.kind == "variable"]
        for node in variables:
            if node.name == name:
                return node
        raise KeyError(f"no variable named {name!r}; named are {[n.name for n in variables]}")

    def paths(self, source: str, target: str) -> list[tuple[str, ...]]:
        """List the directed paths from one variable to another.

        The gradient of J with respect to a variable is a sum with one term for each of its paths to
        J, so this counts the terms before any of them is computed.

        Args:
            source: Name of the first variable.
            target: Name of the last variable.

        Returns:
            Each path as the names it visits, for example ``("s", "+", "J")``.

        Raises:
            KeyError: If the graph has no such variable.
        """
        names = {node.id: node.name for node in self.nodes}
        found = directed_paths(self.edges, self.node(source).id, self.node(target).id)
        return [tuple(names[id_] for id_ in path) for path in found]

    def table(self) -> Table:
        """Say the same in a table: each node, what it is, its shape and what it is made of."""
        rows = [(node.id, node.name, node.role, node.shape) for node in self.nodes]
        return node_table(rows, self.edges)


@checked
def draw_textbook(
    hidden_bias: bool = True, shapes: Mapping[str, Sequence[int] | str] | None = None
) -> TextbookGraph:
    """Draw the graph of J = L + s for one hidden layer, with or without its bias b1.

    Args:
        hidden_bias: Whether z = W1 x + b1, or z = W1 x as in D2L 5.3.1.
        shapes: Shapes to show, by variable: sizes such as ``X.shape`` or words. Variables left out
            keep the letters of D2L 5.3.1 for one example: d inputs, h hidden units, q outputs.

    Returns:
        The graph. The same arguments give the same bytes.

    Raises:
        ValueError: If `shapes` names a variable that the graph does not have.
    """
    layout = _layout(hidden_bias)
    known = [name for name, symbol, _ in layout if name == symbol]
    given = {name: _words(shape) for name, shape in (shapes or {}).items()}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise ValueError(f"shapes: expected names among {', '.join(known)}, got {unknown}")
    texts = _SHAPES | given
    ids = {key: f"n{number}" for number, (key, _, _) in enumerate(layout)}
    nodes = tuple(
        TextbookNode(ids[key], _role(key, symbol), symbol, texts[key] if key == symbol else "")
        for key, symbol, _ in layout
    )
    edges = tuple(Edge(ids[source], ids[key]) for key, _, uses in layout for source in uses)
    return TextbookGraph(nodes, edges, _alt(hidden_bias))


def _layout(hidden_bias: bool) -> list[tuple[str, str, tuple[str, ...]]]:
    """Key, symbol and sources of each node; a variable's key is its symbol."""
    hidden: list[tuple[str, str, tuple[str, ...]]] = [("times1", "×", ("W1", "x"))]
    if hidden_bias:
        hidden += [("b1", "b1", ()), ("plus1", "+", ("times1", "b1"))]
    return [
        ("x", "x", ()),
        ("W1", "W1", ()),
        *hidden,
        ("z", "z", (hidden[-1][0],)),
        ("phi", "φ", ("z",)),
        ("h", "h", ("phi",)),
        ("W2", "W2", ()),
        ("times2", "×", ("W2", "h")),
        ("o", "o", ("times2",)),
        ("y", "y", ()),
        ("loss", "l", ("o", "y")),
        ("L", "L", ("loss",)),
        ("norm1", "‖·‖²", ("W1",)),
        ("norm2", "‖·‖²", ("W2",)),
        ("plus2", "+", ("norm1", "norm2")),
        ("scale", "λ/2 ×", ("plus2",)),
        ("s", "s", ("scale",)),
        ("plus3", "+", ("L", "s")),
        ("J", "J", ("plus3",)),
    ]


def _role(key: str, symbol: str) -> str:
    if key != symbol:
        return "operator"
    return "output" if key == "J" else _ROLES.get(key, "intermediate")


def _words(shape: Sequence[int] | str) -> str:
    return shape if isinstance(shape, str) else shape_text(tuple(shape))


def _alt(hidden_bias: bool) -> str:
    sum_ = " plus b1" if hidden_bias else ""
    return (
        "Computational graph of J, squares for variables and circles for operators. "
        f"W1 times x{sum_} gives z, phi gives h, W2 times h gives o, the loss of o and y gives L. "
        "The squared norms of W1 and W2, added and multiplied by lambda/2, give s. "
        "L plus s gives J."
    )


def _to_dot(nodes: tuple[TextbookNode, ...], edges: tuple[Edge, ...]) -> str:
    statements = []
    for node in nodes:
        label = quoted(f"{node.name}\n{node.shape}" if node.shape else node.name)
        fill = f'fillcolor="{TEXTBOOK_FILL[node.role]}" class="d2l-{node.role}"'
        look = _LOOK[node.role].format(width=0.3 if len(node.name) == 1 else 0.46)
        statements.append(f"{node.id} [label={label} {look} {fill}]")
    statements += [f"{edge.source} -> {edge.target}" for edge in edges]
    side = max(0.52, *(0.08 * len(node.shape) for node in nodes))  # inches, for the longest text
    return digraph(statements, node=f"fixedsize=true width={side:.2f}", ranksep=0.18)
