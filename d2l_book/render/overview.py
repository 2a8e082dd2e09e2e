"""What overviews share: which pages answer which exercise, links to them, tables of Markdown."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from d2l_book.editions import Chapter, Exercise, Section
from d2l_book.notebooks.answers import Answer, answers_in
from d2l_book.render.proof import counted, proof_of


def answers_of_book(env: BuildEnvironment) -> list[Answer]:
    """Return the answers among the book's pages, and rebuild the current page when one changes.

    Args:
        env: The build, while it reads a page.

    Raises:
        ValueError: If a notebook names an exercise that D2L does not have.
    """
    paths = [Path(env.doc2path(name)) for name in sorted(env.found_docs)]
    notebooks = [path for path in paths if path.suffix == ".ipynb"]
    for path in (*notebooks, Path(env.srcdir) / "_toc.yml"):
        env.note_dependency(str(path))
    return answers_in(notebooks)


def checks_of(answer: Answer) -> int:
    """Return how many checks passed when the notebook of an answer was run."""
    return proof_of(answer.cells).checks


def number_answered(answers: Iterable[Answer], exercises: Iterable[Exercise]) -> int:
    """Return how many of some exercises are answered by a page of their own."""
    answered = {answer.exercise for answer in answers if answer.part is None}
    return sum(exercise in answered for exercise in exercises)


def checked(answer: Answer) -> str:
    """Say how many checks a page passed, and of what kind they are, in Markdown."""
    how = f": {answer.checked}" if answer.checked else ""
    return f"*{counted(checks_of(answer), 'check', 'checks')}{how}.*"


class Overview(SphinxDirective):
    """A directive that says something about the book's answers."""

    def answers(self) -> list[Answer]:
        """Return the answers among the book's pages."""
        try:
            return answers_of_book(self.env)
        except ValueError as problem:
            raise self.error(str(problem)) from problem

    def link(self, text: str, page: Path) -> str:
        """Return a link from the page that is being read to another one, in Markdown."""
        here = Path(self.env.doc2path(self.env.docname)).parent
        return f"[{text}]({Path(os.path.relpath(page, here)).as_posix()})"

    def index_of(self, place: Section | Chapter) -> Path | None:
        """Return the file of the book's page on a section or chapter, if it has one."""
        name = f"{place.folder}/index"
        return Path(self.env.doc2path(name)) if name in self.env.found_docs else None

    def titled(self, place: Section | Chapter) -> str:
        """Return number and title of a section or chapter, linked where the book has a page."""
        index = self.index_of(place)
        return place.heading if index is None else self.link(place.heading, index)

    def parse(self, markdown: str, into: nodes.Element) -> nodes.Element:
        """Add Markdown to a node, and return the node."""
        lines = StringList(markdown.splitlines(), self.get_source_info()[0])
        self.state.nested_parse(lines, 0, into)
        return into

    def table(
        self, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int], kind: str
    ) -> nodes.container:
        """Return a table whose cells are Markdown.

        Args:
            head: The columns' names.
            rows: The cells of each row.
            widths: The columns' widths, relative to each other.
            kind: A class for style sheets.
        """
        group = nodes.tgroup(cols=len(head))
        group += [nodes.colspec(colwidth=width) for width in widths]
        group += nodes.thead("", self._row(head))
        group += nodes.tbody("", *(self._row(row) for row in rows))
        return nodes.container("", nodes.table("", group), classes=[kind])

    def _row(self, cells: Sequence[str]) -> nodes.row:
        return nodes.row("", *(self.parse(cell, nodes.entry()) for cell in cells))
