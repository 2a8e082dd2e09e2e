"""The graph of a derivative, with what it adds to the graph of the function told apart.

`draw` shows both as one graph. Here every node that the function itself needs is drawn solid,
and every node that exists only because the derivative was computed with ``create_graph=True`` is
drawn dashed. Serves exercise 4 of D2L 5.3.
"""

from __future__ import annotations

from torch import Tensor

from d2l_utils.border import Words, checked
from d2l_utils.display.dot import digraph, quoted, render_dot
from d2l_utils.display.figures import Picture
from d2l_utils.display.tables import Table
from d2l_utils.graphs.graph import FILL, MAX_NODES, Graph, draw
from d2l_utils.graphs.paths import ancestors, sources_in_words
from d2l_utils.graphs.record import Node

_SOLID = f'style="filled,rounded" fillcolor="{FILL["operation"]}"'
_DASHED = f'style="filled,rounded,dashed" fillcolor="{FILL["saved"]}"'


class DerivativeGraph(Picture):
    """A drawn graph of a function and its derivative.

    Attributes:
        graph: The plain graph of both.
        first: Ids of the nodes behind the function, in the order of the walk.
        second: Ids of the nodes that only the derivative needs.
    """

    def __init__(self, graph: Graph, function: str, alt: str) -> None:
        self.graph = graph
        behind = ancestors(graph.edges, graph.node(function).id)
        ids = [node.id for node in graph.nodes]
        self.first = tuple(name for name in ids if name in behind)
        self.second = tuple(name for name in ids if name not in behind)
        super().__init__(render_dot(_to_dot(graph, set(self.first)), alt), alt)

    def table(self) -> Table:
        """Say the same in a table: each node, its part and what it uses."""
        uses = sources_in_words(self.graph.edges)
        rows = [
            (
                node.id,
                _label(node),
                "function" if node.id in self.first else "derivative only",
                uses.get(node.id, "none"),
            )
            for node in self.graph.nodes
        ]
        return Table(
            ("node", "what", "part", "uses"), rows, "Nodes of the graph, and what each is made of"
        )


@checked
def draw_derivatives(
    outputs: dict[str, Tensor],
    params: dict[str, Tensor],
    *,
    function: str,
    alt: Words,
    max_nodes: int = MAX_NODES,
) -> DerivativeGraph:
    """Draw a function and its derivatives as one graph of two parts.

    Args:
        outputs: Name -> result: the function and what was differentiated from it.
        params: Name -> parameter.
        function: Which of the outputs is the function.
        alt: What the drawing shows, for readers who cannot see it.
        max_nodes: As for `draw`.

    Returns:
        The drawing; solid boxes belong to the function, dashed ones to the derivative only.

    Raises:
        ValueError: If `function` is not among the outputs, or `draw` refuses them.
        TypeError: If `draw` refuses them.
    """
    if function not in outputs:
        raise ValueError(f"function: expected one of {list(outputs)}, got {function!r}")
    return DerivativeGraph(draw(outputs, params, alt=alt, max_nodes=max_nodes), function, alt)


def _label(node: Node) -> str:
    return node.operation or node.name


def _to_dot(graph: Graph, first: set[str]) -> str:
    statements = []
    for node in graph.nodes:
        style = _SOLID if node.id in first else _DASHED
        border = " peripheries=2" if node.role == "output" else ""
        statements.append(f"{node.id} [label={quoted(_label(node))} {style}{border}]")
    for edge in graph.edges:
        line = "" if edge.target in first else " [style=dashed]"
        statements.append(f"{edge.source} -> {edge.target}{line}")
    return digraph(statements, node="shape=box height=0.3 margin=0.08")
