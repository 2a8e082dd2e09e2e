"""Directives that quote the exercises' pages, so that an overview cannot say anything else.

``exercises`` makes a table of pages with their answers in one line; ``excerpt`` shows one cell with
the checks it printed. Both read the notebooks, and a page changes when what it quotes does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from d2l_book.notebooks.sources import check_records, printed, read_cells
from d2l_book.render.checks import checks_list
from d2l_book.render.proof import counted, proof_of

_TITLE = re.compile(r"\A# (.+)")
_ANSWER = re.compile(
    r"<details><summary>The answer in one line</summary>\s+(.+?)\s+</details>", re.DOTALL
)


def page_title(cells: list[dict[str, Any]]) -> str:
    """Return the title of a notebook's page.

    Args:
        cells: The notebook's cells.

    Raises:
        ValueError: If the notebook does not begin with a title.
    """
    return _find(_TITLE, cells[:1], "a first cell that begins with '# '")


def answer_in_one_line(cells: list[dict[str, Any]]) -> str:
    """Return the answer that a page folds under "The answer in one line", in Markdown.

    Args:
        cells: The notebook's cells.

    Raises:
        ValueError: If there is no such fold.
    """
    return " ".join(_find(_ANSWER, cells, "a fold 'The answer in one line'").split())


def cell_with(cells: list[dict[str, Any]], text: str) -> dict[str, Any]:
    """Return the only code cell that contains a text.

    Args:
        cells: The notebook's cells.
        text: What it contains.

    Raises:
        ValueError: If no code cell contains it, or several do.
    """
    found = [cell for cell in cells if cell["cell_type"] == "code" and text in _source(cell)]
    if len(found) != 1:
        raise ValueError(f"expected one code cell with {text!r}, got {len(found)}")
    return found[0]


class Exercises(SphinxDirective):
    """A table of exercises. Each line of its content names a page and says what is checked."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows = [self._row(line) for line in self.content if line.strip()]
        table = ["| Exercise | Answer in one line, and how it is checked |", "| --- | --- |", *rows]
        box = nodes.container(classes=["d2l-exercises"])
        self.state.nested_parse(StringList(table, self.get_source_info()[0]), 0, box)
        return [box]

    def _row(self, line: str) -> str:
        page, colon, how = line.partition(": ")
        if not colon:
            raise self.error(f"expected '<page>: <how it is checked>', got {line!r}")
        path = _notebook(self, page)
        try:
            cells = read_cells(path)
            title, answer = page_title(cells), answer_in_one_line(cells)
        except ValueError as problem:
            raise self.error(f"{path.name}: {problem}") from problem
        checks = counted(proof_of(cells).checks, "check", "checks")
        return f"| [{title}]({page}) | {answer} *{checks}: {how}.* |"


class Excerpt(SphinxDirective):
    """The code cell of a page that contains a text, and the checks that it printed."""

    required_arguments = 1
    option_spec = {"containing": directives.unchanged_required}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Return the code and what it printed."""
        path = _notebook(self, self.arguments[0])
        try:
            cell = cell_with(read_cells(path), self.options.get("containing", ""))
        except ValueError as problem:
            raise self.error(f"{path.name}: {problem}") from problem
        code = _literal(_source(cell), "python")
        shown = [code, *_outputs(cell)]
        return [nodes.container("", *shown, classes=["d2l-excerpt", "cell_output"])]


def _notebook(directive: SphinxDirective, page: str) -> Path:
    """Return the notebook of a page named as in a link, and rebuild this page when it changes."""
    _, path = directive.env.relfn2path(f"{page}.ipynb")
    directive.env.note_dependency(path)
    if not Path(path).is_file():
        raise directive.error(f"expected the page of a notebook, got {page!r}")
    return Path(path)


def _literal(text: str, language: str, *classes: str) -> nodes.literal_block:
    return nodes.literal_block(text, text, language=language, classes=list(classes))


def _outputs(cell: dict[str, Any]) -> Iterator[nodes.Element]:
    """Show what a cell printed and what its checks found."""
    if text := printed(cell):
        yield _literal(text, "text", "output", "stream")
    if records := check_records(cell):
        yield checks_list(records)


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def _find(pattern: re.Pattern[str], cells: list[dict[str, Any]], expected: str) -> str:
    for cell in cells:
        if cell["cell_type"] == "markdown" and (match := pattern.search(_source(cell))):
            return match[1]
    raise ValueError(f"expected {expected}, got none")


def setup(app: Sphinx) -> None:
    """Register the directives."""
    app.add_directive("exercises", Exercises)
    app.add_directive("excerpt", Excerpt)
