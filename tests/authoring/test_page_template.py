"""What a new page begins with: everything in its place, and nothing that passes for an answer."""

from __future__ import annotations

import nbformat
import pytest

from d2l_book.authoring.page_template import chapter_index, new_page, quotation, section_index
from d2l_book.editions import attribution, editions
from d2l_book.notebooks.parts import PARTS, UNFILLED


@pytest.mark.parametrize("id", ["dropout/3", "backprop/next-6", "ssd/1"])
def test_page_has_all_parts_and_the_statement(id: str) -> None:
    exercise = editions().exercise(id)
    page = new_page(exercise, "A title")
    nbformat.validate(page)
    text = "\n\n".join(cell.source for cell in page.cells)
    places = [text.find(part) for part in PARTS]
    assert -1 not in places
    assert places == sorted(places)
    assert text.startswith(f"# A title\n\n> {exercise.first_line[:40]}")
    assert attribution(exercise) in text
    assert page.metadata["d2l"]["exercise"] == id


def test_everything_that_is_not_known_is_marked() -> None:
    page = new_page(editions().exercise("dropout/3"), "A title")
    for cell in page.cells[1:]:
        if cell.cell_type == "markdown":
            assert UNFILLED in cell.source
        else:
            assert cell.source.endswith("gen = d2l.set_up_notebook(seed=0, dtype=torch.float64)")


def test_indexes_take_what_they_say_from_the_pages() -> None:
    section = editions().section("dropout")
    text = section_index(section)
    assert text.startswith("# Dropout\n")
    assert "[section 5.6](https://d2l.ai/chapter_multilayer-perceptrons/dropout.html)" in text
    assert "```{exercises} dropout\n```" in text
    assert "```{edition-map} dropout\n```" in text
    text = chapter_index(section.chapter)
    assert text.startswith("# Multilayer Perceptrons\n")
    assert "```{sections} multilayer-perceptrons\n```" in text


def test_quotation_marks_every_line() -> None:
    assert quotation("a\n\n1. b") == "> a\n>\n> 1. b"
