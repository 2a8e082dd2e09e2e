"""Directives that quote the exercises' pages, so that an overview cannot say anything else.

- ``exercises``: the exercises of a section, or all that are answered, with question and answer
- ``sections``: the sections of a chapter, and how many of their exercises are answered
- ``number-of``: a role for the number of exercises, answers, sections or checks
- ``excerpt``: one cell of a page with the checks that it printed

What they say comes from `d2l_book.editions` and from the notebooks; a page changes when what it
quotes does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from d2l_book.editions import Exercise, Section, editions
from d2l_book.notebooks.answers import Answer, source
from d2l_book.notebooks.sources import check_records, printed, read_cells
from d2l_book.render.checks import checks_list
from d2l_book.render.overview import (
    Overview,
    answers_of_book,
    checked,
    checks_of,
    number_answered,
    read_anew,
)

T = TypeVar("T")

NOT_YET = "Not answered here yet"


def cell_with(cells: list[dict[str, Any]], text: str) -> dict[str, Any]:
    """Return the only code cell that contains a text.

    Args:
        cells: The notebook's cells.
        text: What it contains.

    Raises:
        ValueError: If no code cell contains it, or several do.
    """
    found = [cell for cell in cells if cell["cell_type"] == "code" and text in source(cell)]
    if len(found) != 1:
        raise ValueError(f"expected one code cell with {text!r}, got {len(found)}")
    return found[0]


def listed(section: Section, answers: Iterable[Answer]) -> list[Exercise]:
    """Return the exercises of a section: all of 1.0, and those of the draft that are answered."""
    answered = {answer.exercise for answer in answers}
    known = editions()
    drafted = [each for each in known.additions if each.section == section and each in answered]
    return [*known.exercises_of(section), *drafted]


class Exercises(Overview):
    """A table of a section's exercises; without a section, of all sections with an answer."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table, or a heading and a table for each section."""
        if self.arguments:
            section = _known(self, editions().section)
            answers = self.answers(lambda answer: answer.exercise.section == section)
            return [self._table(listed(section, answers), answers)]
        answers = self.answers()
        found: list[nodes.Node] = []
        for section in dict.fromkeys(answer.exercise.section for answer in answers):
            answered = {answer.exercise for answer in answers}
            rows = [each for each in listed(section, answers) if each in answered]
            found += self.parse(f"**{self.titled(section)}**", nodes.container()).children
            found.append(self._table(rows, answers))
        return found

    def _table(self, exercises: list[Exercise], answers: list[Answer]) -> nodes.Node:
        head = ("Exercise", "Question and answer")
        rows = [self._cells(each, [a for a in answers if a.exercise == each]) for each in exercises]
        return self.table(head, rows, (30, 70), "d2l-exercises")

    def _cells(self, exercise: Exercise, answers: list[Answer]) -> tuple[str, str]:
        try:
            page = next((answer for answer in answers if answer.part is None), None)
            parts = [f"{self.link(a.title, a.path)}: {checked(a)}" for a in answers if a.part]
            if page is None:
                name, answered = exercise.label, [f"*{NOT_YET}.*"]
            else:
                name = self.link(f"{exercise.label} {page.title}", page.path)
                answered = [_folded(exercise, page.in_one_line), checked(page)]
        except ValueError as problem:
            raise self.error(f"{answers[0].path.name}: {problem}") from problem
        return name, "\n\n".join([exercise.first_line, *answered, *parts])


class Sections(Overview):
    """A map of a chapter: its sections, their exercises, and which of these are answered here."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        chapter = _known(self, editions().chapter)
        answers = self.answers(quoted=lambda answer: False)
        rows = [self._cells(section, answers) for section in editions().sections_of(chapter)]
        head = ("Section", "Exercises, those answered here filled", "In D2L")
        return [self.table(head, rows, (50, 32, 18), "d2l-sections")]

    def _cells(self, section: Section, answers: list[Answer]) -> tuple[str, str, str]:
        exercises = editions().exercises_of(section)
        number = f"{number_answered(answers, exercises)} of {len(exercises)} answered"
        boxes = " ".join(self._box(exercise, answers) for exercise in exercises)
        return (
            self.titled(section),
            f"{boxes}\n\n{number}",
            f"[D2L\u00a0{section.number}]({section.address})",
        )

    def _box(self, exercise: Exercise, answers: list[Answer]) -> str:
        """Return the number of an exercise in its section; a link to its page where it has one."""
        place, dot, number = exercise.label.rpartition(".")
        pages = [a.path for a in answers if a.exercise == exercise and a.part is None]
        if not pages:
            return f'<span class="d2l-open">{number}</span>'
        named = f'<span class="d2l-unseen">{place}{dot}</span>{number}'
        return f"{self.link(named, pages[0])}{{.d2l-answered}}"


class NumberOf(SphinxRole):
    """How many ``exercises``, ``sections``, ``answers`` or ``checks`` there are."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number."""
        known = editions()
        try:
            answers = answers_of_book(self.env, lambda answer: self.text == "checks")
        except ValueError as problem:
            return [], [self.inliner.reporter.error(str(problem), line=self.lineno)]
        numbers = {
            "exercises": len(known.exercises),
            "sections": len(known.sections),
            "answers": number_answered(answers, (*known.exercises, *known.additions)),
            "checks": sum(map(checks_of, answers)),
        }
        if self.text not in numbers:
            complaint = f"number-of: expected one of {', '.join(numbers)}, got {self.text!r}"
            return [], [self.inliner.reporter.error(complaint, line=self.lineno)]
        return [nodes.Text(f"{numbers[self.text]:,}")], []


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
        code = _literal(source(cell), "python")
        shown = [code, *_outputs(cell)]
        return [nodes.container("", *shown, classes=["d2l-excerpt", "cell_output"])]


def _folded(exercise: Exercise, answer: str) -> str:
    return f"<details><summary>Answer to {exercise.label}</summary>\n\n{answer}\n\n</details>"


def _known(directive: SphinxDirective, find: Callable[[str], T]) -> T:
    """Return what the argument of a directive names."""
    try:
        return find(directive.arguments[0])
    except ValueError as problem:
        raise directive.error(str(problem)) from problem


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


def setup(app: Sphinx) -> None:
    """Register the directives, and those of the modules beside this one."""
    for module in ("labels", "edition_map", "catalogue"):
        app.setup_extension(f"d2l_book.render.{module}")
    app.connect("env-get-outdated", read_anew)
    app.add_directive("exercises", Exercises)
    app.add_directive("sections", Sections)
    app.add_directive("excerpt", Excerpt)
    app.add_role("number-of", NumberOf())
    app.add_css_file("exercises.css", priority=901)
