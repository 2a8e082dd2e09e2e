"""Which notebook answers which exercise, and what it says in its title and in one line.

A notebook names its exercise once, in its metadata: ``{"d2l": {"exercise": "backprop/2"}}``. There
it may also say how it was checked (``checked``), and a page that goes deeper into one side of an
exercise says into which (``part``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from d2l_book.editions import Exercise, editions
from d2l_utils.checks.record import MIME

KEYS = {"exercise", "part", "checked"}
_TITLE = re.compile(r"\A# (.+)")
_ANSWER = re.compile(
    r"<details><summary>The answer in one line</summary>\s+(.+?)\s+</details>", re.DOTALL
)


@dataclass(frozen=True)
class Answer:
    """A notebook that answers an exercise, or a part of one.

    Attributes:
        path: The notebook.
        exercise: What it answers.
        part: What it goes deeper into; None for the page that answers the exercise.
        checked: How the answer was checked, as words after a colon; may be empty.
        cells: The notebook's cells, as its file holds them, but of what outputs display only the
            records of checks: the figures of hundreds of pages are too much to hold at once.
    """

    path: Path
    exercise: Exercise
    part: str | None
    checked: str
    cells: list[dict[str, Any]]

    @property
    def title(self) -> str:
        """The page's title, without a number."""
        return page_title(self.cells)

    @property
    def in_one_line(self) -> str:
        """The answer in one line, in Markdown."""
        return answer_in_one_line(self.cells)

    @property
    def text(self) -> str:
        """All that the page says, in Markdown, without its code and outputs."""
        cells = (cell for cell in self.cells if cell["cell_type"] == "markdown")
        return "\n\n".join(source(cell) for cell in cells)


def read_answer(path: Path) -> Answer | None:
    """Return what a notebook answers, or None if it does not say that it answers anything.

    Args:
        path: The notebook.

    Raises:
        ValueError: If its metadata name no exercise of D2L, or contain something else.
    """
    status = path.stat()
    return _read(path, status.st_mtime_ns, status.st_size)


def answers_in(paths: Iterable[Path]) -> list[Answer]:
    """Return the answers among some notebooks, in the order of D2L; parts follow their page.

    Args:
        paths: The notebooks.
    """
    known = editions()
    order = {each: place for place, each in enumerate((*known.exercises, *known.additions))}
    section = {each: place for place, each in enumerate(known.sections)}

    def place(answer: Answer) -> tuple[int, int, bool, str]:
        exercise = answer.exercise
        return (
            section[exercise.section],
            order[exercise],
            answer.part is not None,
            answer.path.stem,
        )

    return sorted((found for path in paths if (found := read_answer(path)) is not None), key=place)


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


def source(cell: dict[str, Any]) -> str:
    """Return the text of a cell, which its file may hold in lines.

    Args:
        cell: A cell of a notebook.
    """
    return "".join(cell["source"])


@lru_cache(maxsize=1024)
def _read(path: Path, changed: int, size: int) -> Answer | None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    said = notebook["metadata"].get("d2l")
    if said is None:
        return None
    if not isinstance(said, dict) or "exercise" not in said or not said.keys() <= KEYS:
        raise ValueError(
            f"{path.name}: expected metadata d2l with 'exercise' and perhaps 'part' and 'checked', "
            f"got {said!r}"
        )
    try:
        exercise = editions().exercise(said["exercise"])
    except ValueError as problem:
        raise ValueError(f"{path.name}: {problem}") from problem
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if "data" in output:
                output["data"] = {MIME: output["data"][MIME]} if MIME in output["data"] else {}
    return Answer(path, exercise, said.get("part"), said.get("checked", ""), notebook["cells"])


def _find(pattern: re.Pattern[str], cells: list[dict[str, Any]], expected: str) -> str:
    for cell in cells:
        if cell["cell_type"] == "markdown" and (match := pattern.search(source(cell))):
            return match[1]
    raise ValueError(f"expected {expected}, got none")
