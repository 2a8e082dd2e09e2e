"""Reading without code: the line that stands for a cell, and the switch."""

from __future__ import annotations

import pytest
from docutils import nodes
from docutils.utils import new_document
from myst_nb.sphinx_ import HideCodeCellNode

from d2l_book.render import reading
from d2l_book.render.checks import checks_list, join_lists
from d2l_book.render.reading import SHOWN, add_folds, counted, fold, minutes
from d2l_utils.checks.record import Kind, check_record


def cell(*claims: str, kind: Kind = "true") -> nodes.container:
    """A cell whose output is a list of checks."""
    records = [check_record(claim, kind) for claim in claims]
    output = [checks_list(records)] if records else []
    found = bare_cell("x = 1")
    found += nodes.container("", *output, classes=["cell_output"])
    join_lists(found)
    return found


def bare_cell(code: str) -> nodes.container:
    """A cell without output."""
    block = nodes.container("", nodes.literal_block("", code), classes=["cell_input"])
    return nodes.container("", block, classes=["cell"])


def line(*run: nodes.container) -> str:
    """The line that stands for cells, whose ids are code-1, code-2 and so on."""
    for number, each in enumerate(run, start=1):
        each["ids"].append(f"code-{number}")
    return fold(list(run))


def test_line_says_what_the_first_check_proved_and_how_many_follow() -> None:
    html = line(cell("a < b", "c"))
    assert "✓ a &lt; b" in html
    assert "and 1 more check<" in html
    assert "✓ c" not in html
    assert 'aria-expanded="false" aria-controls="code-1"' in html


def test_line_of_a_single_check_counts_no_others() -> None:
    assert "more" not in line(cell("a"))
    assert counted(2) == "2 more checks"
    assert counted(1) == "1 more check"


def test_line_of_checks_alike_speaks_for_all_of_them() -> None:
    html = line(cell("a", "b", "c"))
    assert "✓ 3 statements are true" in html
    assert "more check" not in html


def test_line_of_cells_without_checks_says_what_their_code_is_about() -> None:
    html = line(bare_cell("def f(): ..."), bare_cell("x = f()"))
    assert "d2l-fold-bare" in html
    assert ">code that defines f<" in html
    assert 'aria-controls="code-1 code-2"' in html
    shows = bare_cell("x")
    shows += nodes.container("", nodes.raw("", "<table>", format="html"), classes=["cell_output"])
    assert ">code of the table<" in line(shows)


def test_cells_without_output_share_the_line_of_the_cell_that_they_lead_to() -> None:
    cells = [bare_cell("a = 1"), bare_cell("b = 2"), cell("a"), cell("b"), bare_cell("c = 3")]
    page = nodes.section("", *cells, nodes.paragraph("", "text"), bare_cell("d = 4"))
    last = page.children[-1]
    assert isinstance(last, nodes.Element)
    found = reading.runs([*cells, last])
    assert found == [cells[:3], cells[3:4], cells[4:5], [last]]


def test_folds_of_the_theme_say_what_their_code_is_about() -> None:
    theirs = HideCodeCellNode(prompt_show="Show code cell source", prompt_hide="Hide it")
    hidden = bare_cell("def f(): ...")
    theirs += hidden.children[0]
    hidden[:] = [theirs]
    reading._name_theirs(hidden)
    assert theirs["prompt_show"] == "Show code that defines f"
    assert theirs["prompt_hide"] == "Hide code that defines f"


def test_minutes_count_words_formulas_and_lines_of_code() -> None:
    page = new_document("page")
    code = nodes.container("", nodes.literal_block("", "x\n" * 60), classes=["cell_input"])
    words = nodes.paragraph("", "word " * 880)
    formulas = [nodes.math_block("", "x", number=None) for _ in range(6)]
    page += nodes.section("", nodes.title("", "T"), words, *formulas, code)
    assert minutes(page) == "About 5 min to read; with code 8."
    empty = new_document("page")
    assert minutes(empty) == "About 1 min to read; with code 1."


def test_code_that_is_what_there_is_to_read_is_never_folded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading.letters, "link", lambda app, name: "")
    document = new_document("page")
    own, other = cell("a"), cell("b")
    own["classes"].append(SHOWN)
    document += nodes.section("", nodes.title("", "Page"), own, other)
    add_folds(None, document, "page")  # type: ignore[arg-type]
    assert ["d2l-unfolded" in node["classes"] for node in (own, other)] == [True, False]
    assert ["d2l-fold" in node.children[0].astext() for node in (own, other)] == [False, True]
