"""What a figure shows, said as a table or in words: folded, below the figure.

A code cell with the tag ``equivalent`` is folded as a whole under one line; see
`d2l_book.notebooks.folding`. Live mode runs it like any other.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx

from d2l_book.notebooks.folding import EQUIVALENT

TABLE, WORDS = "The same as a table", "The same in words"


def fold_equivalents(app: Sphinx, doctree: nodes.document, name: str) -> None:
    """Fold each cell that says what a figure shows."""
    for cell in list(doctree.findall(_is_equivalent)):
        summary = TABLE if "<table" in cell.astext() else WORDS
        opening = f'<details class="d2l-equivalent"><summary>{summary}</summary>'
        place = cell.parent.index(cell)
        cell.parent.insert(place + 1, nodes.raw("", "</details>", format="html"))
        cell.parent.insert(place, nodes.raw("", opening, format="html"))


def _is_equivalent(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and f"tag_{EQUIVALENT}" in node.get("classes", ())


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.connect("doctree-resolved", fold_equivalents, priority=810)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
