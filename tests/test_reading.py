"""Reading without code: the line that stands for a cell, and the switch."""

from __future__ import annotations

from docutils import nodes

from d2l_book.render.reading import counted, fold


def cell(*claims: str) -> nodes.container:
    """A cell whose output is a list of checks."""
    items = [nodes.list_item("", nodes.paragraph("", claim)) for claim in claims]
    output = [nodes.bullet_list("", *items, classes=["output", "d2l-checks"])] if items else []
    code = nodes.container("", nodes.literal_block("", "x = 1"), classes=["cell_input"])
    return nodes.container(
        "", code, nodes.container("", *output, classes=["cell_output"]), classes=["cell"]
    )


def test_line_says_what_the_first_check_proved_and_how_many_follow() -> None:
    html = fold(cell("✓ a < b: 4 numbers", "✓ c", "✓ d"), "code-7")
    assert "✓ a &lt; b: 4 numbers" in html
    assert "and 2 more checks" in html
    assert "✓ c" not in html
    assert 'aria-expanded="false" aria-controls="code-7"' in html


def test_line_of_a_single_check_counts_no_others() -> None:
    assert "more" not in fold(cell("✓ a"), "code-1")
    assert counted(1) == "1 more check"


def test_cell_without_checks_is_named_code() -> None:
    html = fold(cell(), "code-1")
    assert "d2l-fold-bare" in html
    assert "<span>Code</span>" in html
