"""What a page must contain is noticed when it is missing, and named."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from d2l_book.authoring.page_template import new_page, quotation
from d2l_book.editions import editions
from d2l_book.notebooks.answers import read_answer
from d2l_book.notebooks.parts import (
    PARTS,
    choice_problems,
    part_problems,
    quoted,
    statement_problems,
    words,
)
from tests.conftest import ROOT

SOUND = ROOT / "chapters/multilayer-perceptrons/backprop/hidden-bias.ipynb"


@pytest.fixture
def spoilt(tmp_path: Path) -> Callable[..., list[str]]:
    """A function that says what is wrong with a sound page after replacing some of its text."""

    def spoil(old: str, new: str, **said: str) -> list[str]:
        page = nbformat.read(SOUND, as_version=4)
        assert any(old in cell.source for cell in page.cells)
        for cell in page.cells:
            if cell.cell_type == "markdown":
                cell.source = cell.source.replace(old, new)
        page.metadata["d2l"] = {**page.metadata["d2l"], **said}
        path = tmp_path / "spoilt.ipynb"
        nbformat.write(page, path)
        return part_problems(path)

    return spoil


def test_sound_page_has_no_problem(spoilt: Callable[..., list[str]]) -> None:
    assert spoilt("# A bias", "# A bias") == []


@pytest.mark.parametrize("part", PARTS[1:])
def test_part_that_is_missing_is_named(spoilt: Callable[..., list[str]], part: str) -> None:
    name = part.strip()
    found = spoilt(name, name.replace(name[-6:], "other>"))
    assert f"expected {name}, got none" in found


def test_parts_in_another_order_are_noticed(spoilt: Callable[..., list[str]]) -> None:
    found = spoilt("## Try first", "## Limits\n\n## Try first")
    assert any("after what comes before it on other pages" in problem for problem in found)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Draw the corresponding", "Draw the", "where it says corresponding, the page says"),
        ("equations.\n\nExercise", "equations. Why?\n\nExercise", "says nothing more, the page"),
        ("> 1. Derive the forward and backward propagation equations.", ">", "nothing more"),
        ("Exercise 5.3.2", "Exercise 4.7.2", "expected this line below the statement: Exercise 5"),
        ("backprop.html#exercises", "mlp.html#exercises", "expected this line below the statement"),
        ("(CC BY-SA 4.0)", "", "expected this line below the statement"),
    ],
)
def test_statement_that_is_not_d2l_is_noticed(
    spoilt: Callable[..., list[str]], old: str, new: str, expected: str
) -> None:
    assert any(expected in problem for problem in spoilt(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("> 1. Draw", "> 2. Draw"),
        ("the hidden layer of the model", "the *hidden layer*\n> of the   [model](x.md)"),
    ],
)
def test_markup_of_the_statement_may_differ(
    spoilt: Callable[..., list[str]], old: str, new: str
) -> None:
    assert spoilt(old, new) == []


def test_spelling_of_formulas_may_differ_but_not_what_they_say() -> None:
    assert words(r"Let $\textrm{a}_{i} = 1$.") == words(r"Let $ \mathrm a_i=1 $.")
    assert words(r"Let $a_{i} = 1$.") != words(r"Let $a_{j} = 1$.")
    assert words("$$\nx\n$$") == words("$x$")


def test_every_statement_survives_being_quoted() -> None:
    for exercise in editions().exercises:
        assert words(quoted(quotation(exercise.statement))) == words(exercise.statement)


def test_draft_is_not_quoted_so_only_its_label_counts(tmp_path: Path) -> None:
    path = tmp_path / "engine.ipynb"
    page = new_page(editions().exercise("backprop/next-6"), "An engine")
    page.cells[0].source = page.cells[0].source.replace("> Write", "> In other words, write")
    nbformat.write(page, path)
    answer = read_answer(path)
    assert answer is not None
    assert statement_problems(answer) == []
    page.cells[0].source = page.cells[0].source.replace("5.3.6", "5.3.7")
    nbformat.write(page, path)
    assert any("expected this line" in problem for problem in part_problems(path))


def test_what_is_still_to_be_written_is_named(spoilt: Callable[..., list[str]]) -> None:
    found = spoilt("## Limits\n", "## Limits\n\n<b>TODO(author): what was not shown</b>\n")
    assert len(found) == 1
    assert re.fullmatch(r"cell \d+ is still to be written: what was not shown", found[0])
    assert "'checked'" in spoilt("# A", "# A", checked="TODO(author): how")[0]


def test_answer_that_takes_more_than_a_line_is_noticed(spoilt: Callable[..., list[str]]) -> None:
    found = spoilt("is the one line that changes", "is " + "very " * 45 + "much")
    assert any("at most 45 words, got" in problem for problem in found)


def test_prediction_in_another_form_is_noticed(spoilt: Callable[..., list[str]]) -> None:
    assert any("in the usual form" in found for found in spoilt("**Predict 3.**", "**Guess 3.**"))
    assert "expected Prediction 3, got 3 and 4" in spoilt("**Predict 3.**", "**Predict 4.**")


def test_page_that_answers_nothing_needs_no_parts(tmp_path: Path) -> None:
    path = tmp_path / "free.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A")]), path)
    assert part_problems(path) == []


def test_page_that_goes_deeper_needs_no_statement_but_sound_predictions(
    spoilt: Callable[..., list[str]],
) -> None:
    assert spoilt("\n> ", "\n", part="more") == []
    assert spoilt("**Right.**", "**No.**", part="more") != []


def test_unknown_exercise_is_a_problem_of_the_page(spoilt: Callable[..., list[str]]) -> None:
    (problem,) = spoilt("# A bias", "# A bias", exercise="backprop/22")
    assert "expected the id of an exercise of D2L, got 'backprop/22'" in problem


@pytest.mark.parametrize(
    ("replies", "complaint"),
    [
        (["**No.** " * 6] * 3, "0 right, 3 wrong, of 3"),
        (["**Right.** " * 6] * 2 + ["**No.** " * 6], "2 right, 1 wrong, of 3"),
        (["**Right.** " * 6, "**No.** " * 6, "Perhaps, if one looks closely enough"], "of 3"),
        (["**Right.** " * 6, "**No.** " * 6, "**No.** Because."], "a reason of 6 words or more"),
    ],
)
def test_choices_without_sound_replies_are_noticed(replies: list[str], complaint: str) -> None:
    labelled = list(zip(("A. a", "B. b", "C. c"), replies, strict=True))
    assert any(complaint in problem for problem in choice_problems(labelled))
    unordered = [("B. a", "**Right.** " * 6), ("A. b", "**No.** " * 6)]
    assert any("labels" in problem for problem in choice_problems(unordered))
