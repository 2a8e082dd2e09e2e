"""The book that measures how costs grow is like the real one, and its measures can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import scale
from benchmarks.large_book import real_answers, respelt, write_book
from d2l_book.editions import editions
from d2l_book.notebooks.answers import page_title, read_answer
from d2l_book.notebooks.sources import read_cells
from d2l_book.render.proof import read_proof


def test_words_change_and_all_else_stays() -> None:
    text = (
        "# Gradient\n\nThe gradient of something, $\\gradient x$ and `gradient` in "
        '<b class="gradient">bold</b> [gradient](gradient.ipynb) {cite}`gradient`.'
    )
    changed = respelt(text, 3)
    assert changed != text
    assert respelt(text, 26) == text
    for kept in (
        "# Gradient",
        "$\\gradient x$",
        "`gradient`",
        'class="gradient"',
        "(gradient.ipynb)",
    ):
        assert kept in changed
    assert "The " in changed


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path], scale.Run]:
    """A book of eight exercises in three chapters, built."""
    folder = tmp_path_factory.mktemp("tiny") / "book"
    run, notebooks = scale.built(folder, 8)
    return folder, notebooks, run


def test_exercises_are_real_ones_under_other_titles(
    tiny: tuple[Path, list[Path], scale.Run],
) -> None:
    _, notebooks, _ = tiny
    answers = [read_answer(path) for path in notebooks]
    assert [answer.exercise for answer in answers if answer] == [*editions().exercises[:8]]
    assert len({page_title(read_cells(path)) for path in notebooks}) == 8
    for path, model in zip(notebooks, real_answers(), strict=False):
        assert read_proof(path) == read_proof(model)
        assert path.stat().st_size > model.stat().st_size / 2


def test_book_is_built_without_a_warning_and_can_be_searched(
    tiny: tuple[Path, list[Path], scale.Run],
) -> None:
    folder, notebooks, run = tiny
    html = folder / "_build" / "html"
    for path in notebooks:
        page = html / path.relative_to(folder).with_suffix(".html")
        assert page.is_file()
        assert scale.weight(page) > page.stat().st_size + 100_000
    assert (html / "_static" / "search" / "index.js").stat().st_size > 5_000
    assert run.seconds > 0
    assert 50 < run.memory < 5000


def test_a_build_that_warns_is_no_measurement(tmp_path: Path) -> None:
    write_book(tmp_path, 0)
    (tmp_path / "intro.md").write_text("# A book\n\n[](nowhere.md)\n", encoding="utf-8")
    with pytest.raises(scale.subprocess.CalledProcessError):
        scale.build(tmp_path)
