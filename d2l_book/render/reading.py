"""Two ways to read a page: the text alone, each cell folded to a line, or the text with its code.

The line says what the cell's first check proved, or what its code is, and unfolds the cell. Which
way a reader has chosen is remembered; paper follows. Without scripts everything is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from d2l_book.render import letters
from d2l_book.render.checks import CLASS, lines
from d2l_book.render.proof import add_below_statement
from d2l_book.render.prose import sections

SCRIPT = "reading.js"
STYLES = "reading.css"

SHOWN = "tag_show-input"
"""The class of a cell whose code is what there is to read, such as one for the reader's own."""

WORDS, FORMULAS, LINES = 220, 6, 20
"""How many words, displayed formulas and lines of code are read in a minute: guesses."""

_SWITCH = (
    '<div class="d2l-reading" role="group" aria-label="How to read this page" hidden>\n'
    '<button type="button" data-d2l-reads="text">Read</button>\n'
    '<button type="button" data-d2l-reads="code">Read with code</button>\n</div>'
)


def add_folds(app: Sphinx, doctree: nodes.document, name: str) -> None:
    """Give each cell the line that stands for it, and the page the switch."""
    cells = list(_with_class(doctree, "cell"))
    for number, cell in enumerate(cells):
        if SHOWN in cell["classes"]:
            cell["classes"].append("d2l-unfolded")
            continue
        cell.insert(0, _raw(fold(cell, f"code-{number + 1}")))
        cell["ids"].append(f"code-{number + 1}")
    if cells:
        facts = [minutes(doctree), letters.link(app, name)]
        said = f'<p class="d2l-facts">{" ".join(filter(None, facts))}</p>'
        add_below_statement(doctree, _raw(f'<div class="d2l-ways">\n{_SWITCH}\n{said}\n</div>'))


def minutes(doctree: nodes.document) -> str:
    """Say about how long a page takes to read, without its code and with it.

    Args:
        doctree: The page.
    """
    words = sum(len(section.text.split()) for section in sections(doctree))
    formulas = sum(1 for _ in doctree.findall(nodes.math_block))
    code = (block.astext() for cell in _with_class(doctree, "cell_input") for block in cell)
    text = words / WORDS + formulas / FORMULAS
    both = text + sum(len(each.splitlines()) for each in code) / LINES
    return f"About {max(1, round(text))} min to read; with code {max(1, round(both))}."


def fold(cell: nodes.Element, name: str) -> str:
    """Return the line that stands for a cell while its code is folded.

    Args:
        cell: The cell, with its checks as a list.
        name: The cell's id.
    """
    claims = [line for checks in _with_class(cell, CLASS) for line in lines(checks)]
    said = escape(claims[0][0]) if claims else "Code"
    others = sum(number for _, number in claims[1:])
    more = f" <span>and {counted(others)}</span>" if others else ""
    kind = "d2l-fold" if claims else "d2l-fold d2l-fold-bare"
    return (
        f'<button type="button" class="{kind}" aria-expanded="false" aria-controls="{name}">'
        f'<span>{said}</span>{more} <span class="d2l-fold-code">code</span></button>'
    )


def counted(checks: int) -> str:
    """Return a number of further checks in words, such as ``1 more check``."""
    return f"{checks} more check{'s' if checks > 1 else ''}"


def load(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.Node
) -> None:
    """Load the script on pages that have cells, before the page is drawn, so that nothing jumps."""
    if 'class="d2l-fold' in context.get("body", ""):
        app.add_js_file(SCRIPT, priority=100)
        app.add_css_file(STYLES, priority=901)


def _with_class(node: nodes.Element, name: str) -> Iterator[nodes.Element]:
    return (each for each in node.findall(nodes.Element) if name in each.get("classes", ()))


def _raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension; the checks must have become lists before."""
    app.connect("doctree-resolved", add_folds, priority=800)
    app.connect("html-page-context", load, priority=997)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
