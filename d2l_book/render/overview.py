"""What overviews share: which pages answer which exercise, links to them, tables of Markdown."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from d2l_book.editions import Chapter, Exercise, Section
from d2l_book.notebooks.answers import Answer, answers_in, read_answer
from d2l_book.render.proof import counted, proof_of

T = TypeVar("T")


def answers_of_book(
    env: BuildEnvironment, quoted: Callable[[Answer], bool] = lambda answer: True
) -> list[Answer]:
    """Return the answers among the book's pages, and rebuild the current page when it has to be.

    That is when a page that it quotes changes, and when another exercise is answered or an answer
    gets another title.

    Args:
        env: The build, while it reads a page.
        quoted: Whether the current page says more of an answer than its exercise and title.

    Raises:
        ValueError: If a notebook names an exercise that D2L does not have.
    """
    answers = answers_in(_notebooks(env))
    for answer in filter(quoted, answers):
        env.note_dependency(str(answer.path))
    env.note_dependency(str(Path(env.srcdir) / "_toc.yml"))
    overviews: set[str] = _kept(env, "d2l_overviews", set)
    overviews.add(env.docname)
    return answers


def read_anew(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Give the overviews if exercises, answers or titles are others than in the last build."""
    known: dict[str, tuple[str, ...]] = _kept(env, "d2l_answers", dict)
    found = {str(path): _named(path) for path in _notebooks(env)}
    overviews: set[str] = _kept(env, "d2l_overviews", set)
    outdated = sorted(overviews & env.found_docs) if found != known else []
    known.clear()
    known.update(found)
    return outdated


def _named(path: Path) -> tuple[str, ...]:
    """Return exercise, part and title of an answer; nothing where its page is complained of."""
    try:
        answer = read_answer(path)
        return (answer.exercise.id, answer.part or "", answer.title) if answer else ()
    except ValueError:
        return ()


def _notebooks(env: BuildEnvironment) -> list[Path]:
    paths = [Path(env.doc2path(name)) for name in sorted(env.found_docs)]
    return [path for path in paths if path.suffix == ".ipynb"]


def _kept(env: BuildEnvironment, name: str, kind: Callable[[], T]) -> T:
    """Return what Sphinx keeps for us from build to build, at first nothing."""
    if not hasattr(env, name):
        setattr(env, name, kind())
    value: T = getattr(env, name)
    return value


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

    def answers(self, quoted: Callable[[Answer], bool] = lambda answer: True) -> list[Answer]:
        """Return the answers among the book's pages; see `answers_of_book`."""
        try:
            return answers_of_book(self.env, quoted)
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
