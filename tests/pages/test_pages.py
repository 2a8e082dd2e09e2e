"""Every page below chapters/ names its exercise, and has the parts that the book promises."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from d2l_book.notebooks.answers import answers_in, read_answer
from d2l_book.notebooks.execute import CHAPTERS, find_notebooks
from d2l_book.notebooks.parts import part_problems

PAGES = find_notebooks()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_has_its_parts(path: Path) -> None:
    assert part_problems(path) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_names_its_exercise_and_lies_in_its_section(path: Path) -> None:
    answer = read_answer(path)
    assert answer is not None
    assert path.parent == CHAPTERS.parent / answer.exercise.section.folder
    assert answer.part is not None or answer.checked


def test_no_exercise_has_two_pages() -> None:
    pages = Counter(answer.exercise.id for answer in answers_in(PAGES) if answer.part is None)
    assert set(pages.values()) == {1}
