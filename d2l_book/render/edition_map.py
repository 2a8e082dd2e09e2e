"""The directive ``edition-map``: where exercises stand in other editions than the one answered.

With a section it has a row for each exercise, without one a row for each section of which the book
answers something.
"""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes
from sphinx.application import Sphinx

from d2l_book.editions import DRAFT, Exercise, Place, Section, editions
from d2l_book.render.overview import Overview

OTHERS = {"0.17": "0.17", "zh-2.0": "Chinese second edition", DRAFT: "draft of the next"}
"""Edition -> the name of its column."""


def described(exercise: Exercise, edition: str) -> str:
    """Say where an exercise stands in another edition, and how it differs there.

    Args:
        exercise: The exercise.
        edition: The edition's key.
    """
    if exercise.edition == edition:
        return f"exercise {exercise.number}, new"
    places = [place for place in exercise.places if place.edition == edition]
    relations = dict.fromkeys(place.relation for place in places if place.relation != "same")
    where = " and ".join(_where(exercise.section, place) for place in places)
    return ", ".join([where, *relations]) if where else "not there"


def sections_in(exercises: Iterable[Exercise], edition: str) -> str:
    """Say in which sections of an edition some exercises stand."""
    places = [p for exercise in exercises for p in exercise.places if p.edition == edition]
    names = dict.fromkeys(place.section_number or place.section.split("/")[-1] for place in places)
    return ", ".join(names) or "not there"


def _where(section: Section, place: Place) -> str:
    if place.section_number is not None:
        return place.label
    name = place.section.split("/")[-1]
    return f"exercise {place.number}" + ("" if name == section.page else f" of {name}")


class EditionMap(Overview):
    """A table of an exercise's or a section's place in each edition."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        known = editions()
        if not self.arguments:
            numbered = [edition for edition in OTHERS if edition != DRAFT]
            rows = [
                [self.titled(section), *(self._in(section, edition) for edition in numbered)]
                for section in dict.fromkeys(
                    each.exercise.section for each in self.answers(quoted=lambda answer: False)
                )
            ]
            head = ["1.0", *(OTHERS[edition] for edition in numbered)]
            return [self.table(head, rows, (50, 20, 30), "d2l-editions")]
        try:
            section = known.section(self.arguments[0])
        except ValueError as problem:
            raise self.error(str(problem)) from problem
        added = [each for each in known.additions if each.section == section]
        rows = [
            [
                exercise.label if exercise.edition == "1.0" else "not there",
                *(described(exercise, edition) for edition in OTHERS),
            ]
            for exercise in (*known.exercises_of(section), *added)
        ]
        head = ["1.0", *OTHERS.values()]
        return [self.table(head, rows, (25, 25, 25, 25), "d2l-editions")]

    def _in(self, section: Section, edition: str) -> str:
        return sections_in(editions().exercises_of(section), edition)


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("edition-map", EditionMap)
