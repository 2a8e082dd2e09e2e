"""The exercises of *Dive into Deep Learning*: their statements, labels and places in its editions.

Everything that this book says about an exercise of D2L, and not about our answer to it, comes from
here. The data stand in ``data/editions.json``; the README beside it names their source and licence.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

T = TypeVar("T")

SITE = "https://d2l.ai"
DRAFT = "next"
"""The edition that is still written. Its statements are ours, in our words; see the README."""


@dataclass(frozen=True)
class Chapter:
    """A chapter of D2L.

    Attributes:
        slug: Its name in addresses and folders, such as ``multilayer-perceptrons``.
        number: Its number, such as ``5``; None for the preface.
        title: Its title.
    """

    slug: str
    number: str | None
    title: str

    @property
    def heading(self) -> str:
        """Number and title, such as ``5 Multilayer Perceptrons``."""
        return _numbered(self.number, self.title)

    @property
    def address(self) -> str:
        """Its address at d2l.ai."""
        return f"{SITE}/chapter_{self.slug}/index.html"

    @property
    def folder(self) -> str:
        """Where our pages on it are, from the book's root."""
        return f"chapters/{self.slug}"


@dataclass(frozen=True)
class Section:
    """A section of D2L that has exercises.

    Attributes:
        slug: Its name in addresses and folders, such as ``backprop``; no two are alike.
        chapter: Its chapter.
        page: Its file's name in D2L without ending: the slug, or ``index``.
        number: Its number, such as ``5.3``; None for the preface.
        title: Its title.
    """

    slug: str
    chapter: Chapter
    page: str
    number: str | None
    title: str

    @property
    def heading(self) -> str:
        """Number and title."""
        return _numbered(self.number, self.title)

    @property
    def address(self) -> str:
        """Its address at d2l.ai."""
        return f"{SITE}/chapter_{self.chapter.slug}/{self.page}.html"

    @property
    def folder(self) -> str:
        """Where our pages on it are, from the book's root."""
        return f"{self.chapter.folder}/{self.slug}"


@dataclass(frozen=True)
class Place:
    """Where an exercise of 1.0 stands in another edition.

    Attributes:
        edition: The edition's key, such as ``0.17``.
        section: The section's path there, such as ``multilayer-perceptrons/backprop``.
        section_number: The section's number there; None where it is not known.
        number: The exercise's number in that section.
        relation: ``same``, ``reworded``, ``extended`` (the newer asks more), ``merged``, ``part``
            or ``replaced`` (the same question about another object).
    """

    edition: str
    section: str
    section_number: str | None
    number: int
    relation: str

    @property
    def label(self) -> str:
        """Its label in that edition, such as ``4.7.2``."""
        return f"{self.section_number or self.section}.{self.number}"


@dataclass(frozen=True)
class Exercise:
    """An exercise of D2L 1.0, or one that the draft of the next edition adds.

    Attributes:
        id: Section and number, such as ``backprop/2``; ``backprop/next-6`` in the draft.
        section: Its section.
        number: Its number in the section.
        edition: ``1.0`` or ``next``.
        statement: What it asks, in Markdown; the draft's are in our words.
        parts: How many lettered questions it has, 0 if it is a single one.
        places: Where it stands in the other editions.
    """

    id: str
    section: Section
    number: int
    edition: str
    statement: str
    parts: int
    places: tuple[Place, ...]

    @property
    def label(self) -> str:
        """Its label, such as ``5.3.2``, or ``5.3.6 (draft)``."""
        label = f"{self.section.number or self.section.title + ' '}.{self.number}"
        return label.replace(" .", " ") + (" (draft)" if self.edition == DRAFT else "")

    @property
    def first_line(self) -> str:
        """The statement's first paragraph, in Markdown."""
        return self.statement.partition("\n")[0]


@dataclass(frozen=True)
class Editions:
    """All that is known of the exercises, in the order of the book.

    Attributes:
        source: Where the statements are from, and their licence.
        names: Key of an edition -> its name.
        chapters: The chapters that have exercises.
        sections: The sections that have exercises.
        exercises: The exercises of 1.0.
        additions: The exercises that the draft adds to chapter 5.
    """

    source: str
    names: dict[str, str]
    chapters: tuple[Chapter, ...]
    sections: tuple[Section, ...]
    exercises: tuple[Exercise, ...]
    additions: tuple[Exercise, ...]

    def exercise(self, id: str) -> Exercise:
        """Return the exercise with an id such as ``backprop/2``.

        Raises:
            ValueError: If there is none; names the nearest.
        """
        return _named(id, {each.id: each for each in (*self.exercises, *self.additions)}, "id")

    def labelled(self, label: str) -> Exercise:
        """Return the exercise with a label such as ``5.3.2``.

        Raises:
            ValueError: If there is none; names the nearest.
        """
        every = (*self.exercises, *self.additions)
        return _named(label, {each.label: each for each in every}, "label")

    def section(self, slug: str) -> Section:
        """Return the section with a name such as ``backprop``.

        Raises:
            ValueError: If there is none; names the nearest.
        """
        return _named(slug, {each.slug: each for each in self.sections}, "section")

    def chapter(self, slug: str) -> Chapter:
        """Return the chapter with a name such as ``multilayer-perceptrons``.

        Raises:
            ValueError: If there is none; names the nearest.
        """
        return _named(slug, {each.slug: each for each in self.chapters}, "chapter")

    def sections_of(self, chapter: Chapter) -> list[Section]:
        """Return the sections of a chapter that have exercises."""
        return [section for section in self.sections if section.chapter == chapter]

    def exercises_of(self, section: Section) -> list[Exercise]:
        """Return the exercises of a section in 1.0."""
        return [exercise for exercise in self.exercises if exercise.section == section]


@cache
def editions() -> Editions:
    """Return what is known of the exercises, read once."""
    text = files("d2l_book").joinpath("data", "editions.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    chapters = {row["slug"]: Chapter(**row) for row in data["chapters"]}
    sections = {row["slug"]: _section(row, chapters) for row in data["sections"]}
    numbers = {key: edition.get("sections", {}) for key, edition in data["editions"].items()}

    def exercise(row: dict[str, Any], edition: str) -> Exercise:
        slug, number = row["id"].split("/")
        places = tuple(_places(row, numbers))
        return Exercise(
            id=row["id"],
            section=sections[slug],
            number=int(number.removeprefix(f"{DRAFT}-")),
            edition=edition,
            statement=row["statement"],
            parts=row.get("parts", 0),
            places=places,
        )

    return Editions(
        source=data["source"],
        names={key: edition["name"] for key, edition in data["editions"].items()},
        chapters=tuple(chapters.values()),
        sections=tuple(sections.values()),
        exercises=tuple(exercise(row, "1.0") for row in data["exercises"]),
        additions=tuple(exercise(row, DRAFT) for row in data["draft"]),
    )


def elsewhere(exercise: Exercise) -> str:
    """Say which labels an exercise has in the numbered older editions.

    Args:
        exercise: The exercise.

    Returns:
        For example ``4.7.2 in 0.17 and in the Chinese second edition``; empty if it is in neither.
    """
    names = {"0.17": "in 0.17", "zh-2.0": "in the Chinese second edition"}
    labels = {
        name: " and ".join(
            place.label
            for place in exercise.places
            if place.edition == key and place.section_number is not None
        )
        for key, name in names.items()
    }
    found = list(dict.fromkeys(label for label in labels.values() if label))
    return ", ".join(
        f"{label} {' and '.join(name for name in labels if labels[name] == label)}"
        for label in found
    )


def attribution(exercise: Exercise) -> str:
    """Return the line that a page puts below the statement, in Markdown: label, link and licence.

    Args:
        exercise: The exercise that the page answers.
    """
    section, book = exercise.section, "*Dive into Deep Learning*"
    link = f"{section.address}#exercises"
    label = f"{section.number}.{exercise.number}"
    if exercise.edition == DRAFT:
        return (
            f"Exercise {label} of a draft of the next edition of {book}, in our words; "
            f"[section {section.number}]({link}) of 1.0 does not have it."
        )
    others = elsewhere(exercise)
    also = f" It is {others}." if others else ""
    return f"Exercise {exercise.label} of [{book}]({link}) (CC BY-SA 4.0).{also}"


def _section(row: dict[str, Any], chapters: dict[str, Chapter]) -> Section:
    chapter, page = row["path"].split("/")
    return Section(row["slug"], chapters[chapter], page, row["number"], row["title"])


def _places(row: dict[str, Any], numbers: dict[str, dict[str, str]]) -> Iterable[Place]:
    for edition in numbers:
        for text in row.get(edition, []):
            path, relation = text.split(" ")
            section, number = path.rsplit("/", 1)
            yield Place(edition, section, numbers[edition].get(section), int(number), relation)


def _named(name: str, known: dict[str, T], kind: str) -> T:
    if name in known:
        return known[name]
    drafted = name.replace("/", f"/{DRAFT}-")
    near = [drafted] if drafted in known else get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"; near it: {', '.join(near)}" if near else ""
    raise ValueError(f"expected the {kind} of an exercise of D2L, got {name!r}{hint}")


def _numbered(number: str | None, title: str) -> str:
    return f"{number} {title}" if number else title
