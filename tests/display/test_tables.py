import pytest

import d2l_utils as d2l

TABLE = d2l.Table(("what", "bytes"), [("W1 & b1", 803_840), ("x", 3_136)], "Memory <float32>")


def test_text_aligns_numbers_to_the_right() -> None:
    assert repr(TABLE).splitlines() == [
        "Memory <float32>",
        "",
        "what     bytes",
        "-------  -------",
        "W1 & b1  803,840",
        "x          3,136",
    ]


def test_html_has_caption_headings_and_escapes() -> None:
    html = TABLE._repr_html_()
    assert "<caption>Memory &lt;float32&gt;</caption>" in html
    assert '<th scope="col">bytes</th>' in html
    assert '<th scope="row">W1 &amp; b1</th>' in html
    assert '<td style="text-align: right">803,840</td>' in html


def test_corner_heads_nothing() -> None:
    html = d2l.Table(("", "bytes"), [("x", 3_136)], "Memory")._repr_html_()
    assert '<thead><tr><td></td><th scope="col">bytes</th></tr></thead>' in html
    assert "></th>" not in html


@pytest.mark.parametrize("cell", ["1,024", "−0.5", "≤ 67", "3e-7", "12 %", "1/3", "2.5 MiB"])
def test_numbers_in_words_are_aligned_like_numbers(cell: str) -> None:
    html = d2l.Table(("a", "b"), [("x", cell)], "t")._repr_html_()
    assert "text-align: right" in html


@pytest.mark.parametrize("cell", ["2X(I + XᵀX)⁻¹", "1 → 2", "(3, 4)", "none", "0 given"])
def test_formulas_that_start_with_a_digit_are_text(cell: str) -> None:
    html = d2l.Table(("a", "b"), [("x", cell)], "t")._repr_html_()
    assert "text-align" not in html


@pytest.mark.parametrize("cell", [0.1, None, True])
def test_cells_that_print_differently_elsewhere_are_refused(cell: object) -> None:
    with pytest.raises(TypeError, match="expected a string or an integer"):
        d2l.Table(("a",), [(cell,)], "t")  # type: ignore[list-item]


def test_ragged_rows_and_blank_captions_are_refused() -> None:
    with pytest.raises(ValueError, match="row 1: expected 2 cells, got 1"):
        d2l.Table(("a", "b"), [("1", "2"), ("3",)], "t")
    with pytest.raises(ValueError, match="caption"):
        d2l.Table(("a",), [], " ")
    with pytest.raises(ValueError, match="at least one heading"):
        d2l.Table((), [], "t")
