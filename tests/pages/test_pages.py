"""Every page below chapters/ names its exercise, and has the parts that the book promises."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from d2l_book.notebooks.answers import answers_in, read_answer, source
from d2l_book.notebooks.execute import CHAPTERS, find_notebooks
from d2l_book.notebooks.parts import part_problems
from d2l_book.notebooks.sources import check_records
from tests.pages.contents import PAGES as LISTED
from tests.pages.contents import ROOT

PAGES = find_notebooks()
FIRST_TWO = ("backprop/1", "backprop/2")
SECTION = CHAPTERS / "multilayer-perceptrons" / "backprop"
DERIVED = {
    "gradient-shape": ["d(E) is the sum of G times E", "autograd finds the same gradient"],
    "hidden-bias": ["dJ/db1 equals dJ/dz", "dJ/db1 is the sum of these rows"],
}


def headings(path: Path) -> list[str]:
    answer = read_answer(path)
    assert answer is not None
    return [line for line in answer.text.splitlines() if line.startswith("## ")]


def claims(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [record["claim"] for cell in cells for record in check_records(cell)]


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


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_is_in_the_book(path: Path) -> None:
    assert path.relative_to(ROOT).with_suffix("").as_posix() in LISTED


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_leads_to_no_place_on_the_readers_machine_and_judges_no_empty_cell(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "localhost" not in text
    assert "127.0.0.1" not in text
    assert "got ellipsis" not in text


@pytest.mark.parametrize("name", DERIVED)
def test_page_of_exercise_1_or_2_is_short_and_its_answer_comes_before_what_goes_deeper(
    name: str,
) -> None:
    path = SECTION / f"{name}.ipynb"
    answer = read_answer(path)
    assert answer is not None
    assert answer.exercise.id in FIRST_TWO
    assert 25 <= len(answer.cells) <= 60
    order = [
        "## Try first",
        "## Short answer",
        "## Your turn",
        "## Where a first answer goes wrong",
    ]
    order += ["## Going deeper", "## Limits"]
    places = [headings(path).index(heading) for heading in order]
    assert places == sorted(places)
    assert set(DERIVED[name]) <= set(claims(path))


def test_deeper_pages_of_exercises_1_and_2_are_offered_by_the_page_and_lead_back() -> None:
    answers = [each for each in answers_in(PAGES) if each.exercise.id in FIRST_TWO]
    pages = {each.exercise: each for each in answers if each.part is None}
    parts = [each for each in answers if each.part is not None]
    assert len(pages) == len(FIRST_TWO) < len(parts)
    for part in parts:
        page = pages[part.exercise]
        assert f"({part.path.name}" in page.text, part.path.name
        assert f"({page.path.name}" in part.text, part.path.name


def test_claims_of_checks_on_a_page_of_exercises_1_and_2_tell_more_than_a_name() -> None:
    for answer in answers_in(PAGES):
        if answer.exercise.id in FIRST_TWO:
            said = claims(answer.path)
            assert [claim for claim in said if len(claim.split()) < 3] == [], answer.path.name
            assert len(said) == len(set(said)), answer.path.name


def test_cell_for_the_reader_is_the_first_after_the_set_up_and_offered_on_top() -> None:
    cells = json.loads((SECTION / "your-turn.ipynb").read_text(encoding="utf-8"))["cells"]
    code = [source(cell) for cell in cells if cell["cell_type"] == "code"]
    assert "set_up_notebook" in code[0]
    assert "def mine(" in code[1]
    said = next(cell for cell in cells if "def mine(" in source(cell))["outputs"]
    assert "nothing to check yet" in "".join(said[0]["data"]["text/plain"])
    page = read_answer(SECTION / "hidden-bias.ipynb")
    assert page is not None
    first = page.text.partition("## Try first")[2].partition("**Predict 1.**")[0]
    assert "(your-turn.ipynb)" in first
