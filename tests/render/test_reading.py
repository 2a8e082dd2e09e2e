"""Reading without code: the line that stands for a cell, and the switch."""

from __future__ import annotations

import pytest
from docutils import nodes
from docutils.utils import new_document

from d2l_book.render import reading
from d2l_book.render.checks import checks_list, join_lists
from d2l_book.render.reading import SHOWN, add_folds, counted, fold, minutes
from d2l_utils.checks.record import Kind, check_record


def cell(*claims: str, kind: Kind = "true") -> nodes.container:
    """A cell whose output is a list of checks."""
    records = [check_record(claim, kind) for claim in claims]
    output = [checks_list(records)] if records else []
    code = nodes.container("", nodes.literal_block("", "x = 1"), classes=["cell_input"])
    found = nodes.container(
        "", code, nodes.container("", *output, classes=["cell_output"]), classes=["cell"]
    )
    join_lists(found)
    return found


def test_line_says_what_the_first_check_proved_and_how_many_follow() -> None:
    html = fold(cell("a < b", "c"), "code-7")
    assert "✓ a &lt; b" in html
    assert "and 1 more check<" in html
    assert "✓ c" not in html
    assert 'aria-expanded="false" aria-controls="code-7"' in html


def test_line_of_a_single_check_counts_no_others() -> None:
    assert "more" not in fold(cell("a"), "code-1")
    assert counted(2) == "2 more checks"
    assert counted(1) == "1 more check"


def test_line_of_checks_alike_speaks_for_all_of_them() -> None:
    html = fold(cell("a", "b", "c"), "code-1")
    assert "✓ 3 statements are true" in html
    assert "more check" not in html


def test_cell_without_checks_is_named_code() -> None:
    html = fold(cell(), "code-1")
    assert "d2l-fold-bare" in html
    assert "<span>Code</span>" in html


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
