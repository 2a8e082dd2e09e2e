"""The directive ``all-exercises``: every exercise of D2L in one list, answered here or not.

The sections are folded. Without scripts that is all; with scripts a search box above the list shows
the exercises that have a label or words (see ``exercises.js``). The statements are in the page
itself, so that nothing has to be fetched.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from d2l_book.editions import Chapter, Exercise, Section, editions
from d2l_book.notebooks.answers import Answer
from d2l_book.render.exercises import NOT_YET, listed
from d2l_book.render.overview import Overview, number_answered

SEARCH = """<form class="d2l-find" role="search" aria-label="Exercises" hidden>
<label for="d2l-find">Find an exercise by its label or by words of its statement</label>
<input type="search" id="d2l-find" autocomplete="off" spellcheck="false" placeholder="5.3.2">
<p role="status" aria-live="polite"></p>
</form>"""


def address_of(exercise: Exercise) -> str:
    """Return the id of an exercise in the list, such as ``exercise-5-3-2``."""
    return "exercise-" + "-".join(re.findall(r"\w+", exercise.label.lower()))


class AllExercises(Overview):
    """The search box, and a section for each chapter."""

    def run(self) -> list[nodes.Node]:
        """Return them."""
        answers = self.answers(quoted=lambda answer: False)
        chapters = [self._chapter(chapter, answers) for chapter in editions().chapters]
        return [nodes.raw("", SEARCH, format="html"), *chapters]

    def _chapter(self, chapter: Chapter, answers: list[Answer]) -> nodes.section:
        node = nodes.section("", nodes.title("", chapter.heading), names=[chapter.heading.lower()])
        self.state.document.note_implicit_target(node, node)
        for section in editions().sections_of(chapter):
            node += self._section(section, answers)
        return node

    def _section(self, section: Section, answers: list[Answer]) -> list[nodes.Node]:
        exercises = editions().exercises_of(section)
        number = f"{number_answered(answers, exercises)} of {len(exercises)} answered"
        summary = f"{escape(section.heading)} <span>{number}</span>"
        links = f"[Section {section.number} at d2l.ai]({section.address})"
        if section.number is None:
            links = f"[{section.title} at d2l.ai]({section.address})"
        if (index := self.index_of(section)) is not None:
            links = f"{self.link('Our pages on this section', index)}. {links}."
        opening = f'<details class="d2l-catalogue"><summary>{summary}</summary>'
        head = self.parse(links, nodes.container()).children
        items = [self._item(each, answers) for each in listed(section, answers)]
        return [
            nodes.raw("", opening, format="html"),
            *head,
            nodes.bullet_list("", *items, classes=["d2l-statements"]),
            nodes.raw("", "</details>", format="html"),
        ]

    def _item(self, exercise: Exercise, answers: list[Answer]) -> nodes.list_item:
        pages = [answer for answer in answers if answer.exercise == exercise]
        try:
            links = [self.link(answer.title, answer.path) for answer in pages]
        except ValueError as problem:
            raise self.error(f"{pages[0].path.name}: {problem}") from problem
        said = ", ".join(links) or f"{NOT_YET.lower()}"
        node = nodes.list_item(ids=[address_of(exercise)])
        self.parse(f"**{exercise.label}** ({said})\n\n{exercise.statement}", node)
        return node


def add_script(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.Node
) -> None:
    """Give the page with the list the script of its search box."""
    if 'class="d2l-find"' in context.get("body", ""):
        app.add_js_file("exercises.js", loading_method="defer")


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("all-exercises", AllExercises)
    app.connect("html-page-context", add_script)
