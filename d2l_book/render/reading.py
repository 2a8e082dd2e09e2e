"""Two ways to read a page: the text alone, each cell folded to a line, or the text with its code.

The line says what the cell's first check proved, or what its code is about, and unfolds the cell.
Cells without any output have no line of their own: the line of the cell that they lead to, or one
for all that follow each other, unfolds them as well. Which way a reader has chosen is remembered;
paper follows. Without scripts everything is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx

from d2l_book.notebooks.folding import SHOW
from d2l_book.render import letters
from d2l_book.render.checks import CLASS, lines
from d2l_book.render.proof import add_below_statement
from d2l_book.render.prose import sections
from d2l_book.render.subjects import subject

SCRIPT = "reading.js"
STYLES = "reading.css"

SHOWN = f"tag_{SHOW}"
"""The class of a cell whose code is what there is to read, such as one for the reader's own."""

WORDS, FORMULAS, LINES = 220, 6, 20
"""How many words, displayed formulas and lines of code are read in a minute: guesses."""

_SWITCH = (
    '<div class="d2l-reading" role="group" aria-label="How to read this page" hidden>\n'
    '<button type="button" data-d2l-reads="text">Read</button>\n'
    '<button type="button" data-d2l-reads="code">Read with code</button>\n</div>'
)


def add_folds(app: Sphinx, doctree: nodes.document, name: str) -> None:
    """Give the cells the lines that stand for them, and the page the switch."""
    cells = list(_with_class(doctree, "cell"))
    for number, cell in enumerate(cells, start=1):
        if SHOWN in cell["classes"]:
            cell["classes"].append("d2l-unfolded")
        else:
            cell["ids"].append(f"code-{number}")
            _name_theirs(cell)
    for run in runs(cells):
        run[0].insert(0, _raw(fold(run)))
    if cells:
        facts = [minutes(doctree), letters.link(app, name)]
        said = f'<p class="d2l-facts">{" ".join(filter(None, facts))}</p>'
        add_below_statement(doctree, _raw(f'<div class="d2l-ways">\n{_SWITCH}\n{said}\n</div>'))


def runs(cells: list[nodes.Element]) -> list[list[nodes.Element]]:
    """Return the cells that one line stands for: some without output, and the one that follows.

    Args:
        cells: The cells of a page; those whose code is always shown are in no run.
    """
    found: list[list[nodes.Element]] = []
    for cell in cells:
        if SHOWN in cell["classes"]:
            continue
        before = found[-1][-1] if found else None
        follows = (
            before is not None
            and before.parent is cell.parent
            and before.parent.index(before) + 1 == cell.parent.index(cell)
        )
        if follows and before is not None and not list(_with_class(before, "cell_output")):
            found[-1].append(cell)
        else:
            found.append([cell])
    return found


def minutes(doctree: nodes.document) -> str:
    """Say about how long a page takes to read, without its code and with it.

    Args:
        doctree: The page.
    """
    words = sum(len(section.text.split()) for section in sections(doctree))
    formulas = sum(1 for _ in doctree.findall(nodes.math_block))
    code = (each.astext() for each in _with_class(doctree, "cell_input"))
    text = words / WORDS + formulas / FORMULAS
    both = text + sum(len(each.splitlines()) for each in code) / LINES
    return f"About {max(1, round(text))} min to read; with code {max(1, round(both))}."


def fold(run: list[nodes.Element]) -> str:
    """Return the line that stands for cells while their code is folded.

    Args:
        run: The cells, each with its id and its checks as a list.
    """
    last = run[-1]
    claims = [line for checks in _with_class(last, CLASS) for line in lines(checks)]
    others = sum(number for _, number in claims[1:])
    names = " ".join(cell["ids"][-1] for cell in run)
    parts = [f"<span>{escape(claims[0][0])}</span>"] if claims else []
    parts += [f"<span>and {counted(others)}</span>"] if others else []
    what = "code" if claims else f"code {_subject(*run)}"
    parts.append(f'<span class="d2l-fold-code">{escape(what)}</span>')
    kind = "d2l-fold" if claims else "d2l-fold d2l-fold-bare"
    return (
        f'<button type="button" class="{kind}" aria-expanded="false" aria-controls="{names}">'
        f"{' '.join(parts)}</button>"
    )


def _name_theirs(cell: nodes.Element) -> None:
    """Let the theme's fold of a cell's code say what the code is about."""
    for theirs in cell.findall(HideCodeCellNode):
        theirs["prompt_show"] = f"Show code {_subject(cell)}"
        theirs["prompt_hide"] = f"Hide code {_subject(cell)}"


def _subject(*cells: nodes.Element) -> str:
    """Say what the code of cells is about, the last one's output counting most."""
    outputs = (part for each in _with_class(cells[-1], "cell_output") for part in each.children)
    shown = "".join(
        f"{part}{part.astext()}" for part in outputs if CLASS not in part.get("classes", ())
    )
    return subject("\n".join(map(_code, cells)), shown)


def _code(cell: nodes.Element) -> str:
    return "\n".join(each.astext() for each in _with_class(cell, "cell_input"))


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
