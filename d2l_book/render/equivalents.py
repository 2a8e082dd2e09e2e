"""What a figure shows, said as a table or in words: folded, below the figure.

A code cell with the tag ``equivalent`` is folded as a whole under one line, and tables that follow
each other under one for all; see `d2l_book.notebooks.folding`. Live mode runs it like any other.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx

from d2l_book.notebooks.folding import EQUIVALENT

TABLE, WORDS = "The same as a table", "The same in words"
TABLES = "The same as tables"


def fold_equivalents(app: Sphinx, doctree: nodes.document, name: str) -> None:
    """Fold each cell that says what a figure shows."""
    for cells in _runs(doctree):
        parent, first = cells[0].parent, cells[0].parent.index(cells[0])
        summary = TABLES if len(cells) > 1 else TABLE if _is_table(cells[0]) else WORDS
        opening = f'<details class="d2l-equivalent"><summary>{summary}</summary>'
        parent.insert(first + len(cells), nodes.raw("", "</details>", format="html"))
        parent.insert(first, nodes.raw("", opening, format="html"))


def _runs(doctree: nodes.document) -> list[list[nodes.Element]]:
    """Return the cells, those together that are tables and follow each other."""
    runs: list[list[nodes.Element]] = []
    for cell in doctree.findall(_is_equivalent):
        before = cell.previous_sibling()
        if runs and before is runs[-1][-1] and _is_table(before) and _is_table(cell):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return runs


def _is_table(cell: nodes.Element) -> bool:
    return "<table" in cell.astext()


def _is_equivalent(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and f"tag_{EQUIVALENT}" in node.get("classes", ())


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.connect("doctree-resolved", fold_equivalents, priority=810)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
