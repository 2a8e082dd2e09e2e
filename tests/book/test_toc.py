"""A new page is entered in the table of contents where D2L has its exercise."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
import yaml

from d2l_book.editions import editions
from d2l_book.toc import with_page

TOC = """# The book.
format: jb-book
root: intro
chapters:
  - file: chapters/multilayer-perceptrons/index
    sections:
      - file: chapters/multilayer-perceptrons/backprop/index
        sections:
          - file: chapters/multilayer-perceptrons/backprop/two # kept
          - file: chapters/multilayer-perceptrons/backprop/four
  - file: exercises
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, id in (("two", "backprop/2"), ("four", "backprop/4")):
        path = tmp_path / f"chapters/multilayer-perceptrons/backprop/{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nbformat.v4.new_notebook(metadata={"d2l": {"exercise": id}}), path)
    return tmp_path


@pytest.mark.parametrize(
    ("id", "expected"),
    [
        ("backprop/1", ["new", "two", "four"]),
        ("backprop/3", ["two", "new", "four"]),
        ("backprop/next-6", ["two", "four", "new"]),
    ],
)
def test_page_stands_in_the_order_of_the_exercises(
    root: Path, id: str, expected: list[str]
) -> None:
    text = with_page(TOC, editions().exercise(id), "new", root)
    pages = yaml.safe_load(text)["chapters"][0]["sections"][0]["sections"]
    assert [page["file"].split("/")[-1] for page in pages] == expected


@pytest.mark.parametrize(
    ("id", "expected"),
    [("mlp/1", ["mlp", "backprop"]), ("dropout/1", ["backprop", "dropout"])],
)
def test_section_that_is_missing_is_entered_in_order(
    root: Path, id: str, expected: list[str]
) -> None:
    text = with_page(TOC, editions().exercise(id), "new", root)
    sections = yaml.safe_load(text)["chapters"][0]["sections"]
    assert [section["file"].split("/")[-2] for section in sections] == expected


@pytest.mark.parametrize(
    ("id", "place"), [("pandas/1", 0), ("lenet/1", 1)], ids=["before", "behind"]
)
def test_chapter_that_is_missing_is_entered_before_what_is_no_chapter(
    root: Path, id: str, place: int
) -> None:
    exercise = editions().exercise(id)
    chapters = yaml.safe_load(with_page(TOC, exercise, "new", root))["chapters"]
    assert len(chapters) == 3
    assert chapters[place]["file"] == f"{exercise.section.chapter.folder}/index"
    assert chapters[-1] == {"file": "exercises"}


def test_all_else_stays_as_it_is(root: Path) -> None:
    text = with_page(TOC, editions().exercise("backprop/3"), "new", root)
    new = "          - file: chapters/multilayer-perceptrons/backprop/new\n"
    assert text.replace(new, "") == TOC


def test_page_that_is_entered_stays_where_it_is(root: Path) -> None:
    assert with_page(TOC, editions().exercise("backprop/4"), "four", root) == TOC
