"""What overviews say about the answers that there are, and when they are built again."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from d2l_book.editions import editions
from d2l_book.notebooks.answers import answers_in
from d2l_book.notebooks.execute import find_notebooks
from d2l_book.render.overview import checked, checks_of, number_answered
from d2l_utils.checks.record import MIME, check_record
from tests.conftest import build, small_book
from tests.notebooks.test_answers import fold
from tests.render.test_build import code_cell, notebook

PAGES = {
    "chapter": "```{sections} multilayer-perceptrons\n```",
    "dropout": "```{exercises} dropout\n```",
    "backprop": "```{exercises} backprop\n```",
    "total": "{number-of}`checks`",
}


def test_only_pages_of_their_own_answer_an_exercise() -> None:
    answers = list(answers_in(find_notebooks()))
    exercises = editions().exercises
    of_their_own = {answer.exercise.id for answer in answers if answer.part is None}
    of_the_book = of_their_own & {exercise.id for exercise in exercises}  # not of a draft
    assert number_answered(answers, exercises) == len(of_the_book) > 0
    assert number_answered([], exercises) == 0


def test_line_counts_the_checks_and_says_how() -> None:
    for answer in answers_in(find_notebooks()):
        if answer.part is None:
            line = checked(answer)
            assert str(checks_of(answer)) in line
            assert answer.checked in line


def write(path: Path, exercise: str, title: str, answer: str) -> None:
    record = check_record("six times seven", "equal", "42")
    cell = code_cell(1, output_type="display_data", data={MIME: record}, metadata={})
    cell["source"] = 'd2l.check_equal("six times seven", 6 * 7, 42)'
    page = notebook(cell, text=f"# {title}")
    page.cells.insert(1, nbformat.v4.new_markdown_cell(fold(answer)))
    page.metadata["d2l"] = {"exercise": exercise}
    path.write_text(nbformat.writes(page), encoding="utf-8")


@pytest.fixture(scope="module")
def rewritten(tmp_path_factory: pytest.TempPathFactory) -> list[set[str]]:
    """Which pages were written after an answer, its title, and its exercise had changed."""
    folder = tmp_path_factory.mktemp("overviews")
    small_book(
        folder,
        "root",
        [*PAGES, "one", "two"],
        ["d2l_book.render.offline", "d2l_book.render.exercises"],
    )
    (folder / "root.md").write_text("# A book\n", encoding="utf-8")
    for name, text in PAGES.items():
        (folder / f"{name}.md").write_text(f"# {name}\n\n{text}\n", encoding="utf-8")
    write(folder / "two.ipynb", "backprop/1", "Two", "Two.")
    found: list[set[str]] = []
    times: dict[str, int] = {}
    for said in (
        ("dropout/1", "One", "It rises."),
        ("dropout/1", "One", "It falls."),
        None,
        ("dropout/1", "First", "It falls."),
        ("dropout/2", "First", "It falls."),
    ):
        if said is not None:
            write(folder / "one.ipynb", *said)
        done = build(folder, folder)
        assert done.status == 0, done.log
        now = {name: (done.html / f"{name}.html").stat().st_mtime_ns for name in [*PAGES, "two"]}
        found.append({name for name in now if now[name] != times.get(name)})
        times = now
    return found[1:]


def test_a_changed_answer_changes_the_pages_that_quote_it(rewritten: list[set[str]]) -> None:
    assert rewritten[0] == {"dropout", "total"}


def test_nothing_is_written_where_nothing_has_changed(rewritten: list[set[str]]) -> None:
    assert rewritten[1] == set()


@pytest.mark.parametrize("change", ["title", "exercise"])
def test_another_title_or_exercise_changes_all_overviews(
    rewritten: list[set[str]], change: str
) -> None:
    assert rewritten[2 if change == "title" else 3] == set(PAGES)
