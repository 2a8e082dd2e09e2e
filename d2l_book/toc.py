"""The table of contents, ``_toc.yml``: chapter, section, page, each in D2L's order."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

from d2l_book.editions import Exercise, editions
from d2l_book.notebooks.answers import read_answer


def with_page(text: str, exercise: Exercise, name: str, root: Path) -> str:
    """Return a table of contents that has a page, its section and its chapter in their places.

    Args:
        text: The table of contents; comments in it are kept.
        exercise: What the page answers.
        name: The page's name, without folder and ending.
        root: The book's folder, where the other pages are.
    """
    yaml = _yaml()
    toc = yaml.load(text)
    section, known = exercise.section, editions()
    chapters = [f"{chapter.folder}/index" for chapter in known.chapters]
    sections = [f"{each.folder}/index" for each in known.sections_of(section.chapter)]
    exercises = [*known.exercises, *known.additions]

    def place_of_page(file: str) -> int | None:
        path = root / f"{file}.ipynb"
        answer = read_answer(path) if path.is_file() else None
        return None if answer is None else exercises.index(answer.exercise)

    chapter_entry = _entry(toc["chapters"], f"{section.chapter.folder}/index", _place_in(chapters))
    section_entry = _entry(
        chapter_entry.setdefault("sections", []), f"{section.folder}/index", _place_in(sections)
    )
    pages = section_entry.setdefault("sections", [])
    _entry(pages, f"{section.folder}/{name}", place_of_page, exercises.index(exercise))
    written = StringIO()
    yaml.dump(toc, written)
    return written.getvalue()


def _place_in(order: list[str]) -> Callable[[str], int | None]:
    return lambda file: order.index(file) if file in order else None


def _entry(
    entries: list[Any], file: str, place_of: Callable[[str], int | None], place: int | None = None
) -> Any:
    """Return the entry of a file, put before the first that belongs behind it if it is new.

    What has no place in the order, such as the list of references, stands behind all that has.
    """
    for entry in entries:
        if entry.get("file") == file:
            return entry
    own = place_of(file) if place is None else place
    assert own is not None  # only D2L's own chapters and sections come here
    for number, entry in enumerate(entries):
        other = place_of(entry.get("file", ""))
        if other is None or other > own:
            entries.insert(number, {"file": file})
            return entries[number]
    entries.append({"file": file})
    return entries[-1]


def _yaml() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 100
    return yaml
