"""Blocks of code: lines that know their indentation, and a button that copies."""

from __future__ import annotations

import re
from html import unescape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from d2l_book.render.code_blocks import DRAWN, NARROW, with_lines_and_buttons, wrapped

TABLE = f"""{"-" * 64}
        Layer (type)               Output Shape         Param #
{"=" * 64}
            Linear-1                   [256, 1]           1,024
"""

CODE = '''def f(x):
    """Text
    over several lines that are longer than a phone is wide.
    """
    return (g.W2, some_function(x.untyped_storage().data_ptr(), [1, 2]))


x = 1
'''


def page(code: str, kind: str = "highlight-python notranslate", lexer: str = "python") -> str:
    """A page with one block, as Sphinx writes it."""
    return f'<p>a</p><div class="{kind}">{highlight(code, PythonLexer(), HtmlFormatter())}</div>'


def text(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_long_lines_are_elements_with_their_indentation_and_nothing_else_changes() -> None:
    before = page(CODE)
    after = with_lines_and_buttons(before)
    assert text(re.sub(r"<button.*?</button>", "", after)) == text(before)
    lines = re.findall(r'<span class="d2l-line"(?: style="--indent:(\d+)")?>(.*?\n)</span>', after)
    long = [line for line in CODE.splitlines(keepends=True) if len(line) > NARROW + 1]
    assert [text(line) for _, line in lines] == long
    assert [indent for indent, _ in lines] == ["4", "4"]


def test_long_words_may_break_before_a_dot_and_after_a_bracket_and_short_ones_not() -> None:
    html = wrapped(highlight(CODE, PythonLexer(), HtmlFormatter(nowrap=True)))
    broken = html.replace("<wbr>", "|")
    assert text(broken).splitlines()[4].lstrip() == (
        "return (g.W2, some_function(|x|.untyped_storage()|.data_ptr(), [1, 2]))"
    )


def test_line_with_an_element_that_goes_on_is_left_alone() -> None:
    open_line = "<span>" + "x" * 80 + "\ny</span>\n"
    assert wrapped(open_line) == open_line


def test_button_says_what_it_copies_and_is_no_stop_of_the_tab_key() -> None:
    [button] = re.findall(r"<button[^>]*>", with_lines_and_buttons(page(CODE)))
    assert 'aria-label="Copy code that defines f"' in button
    assert 'tabindex="-1"' in button
    assert " hidden" in button
    shell = page("make book\nmake lab", "highlight-bash notranslate")
    assert "Copy code beginning with make book" in with_lines_and_buttons(shell)


def test_outputs_get_no_button_and_a_second_run_changes_nothing() -> None:
    output = page(CODE, "output stream highlight-myst-ansi notranslate")
    assert with_lines_and_buttons(output) == output
    once = with_lines_and_buttons(page(CODE))
    assert with_lines_and_buttons(once) == once


def test_table_drawn_with_characters_is_marked_and_other_outputs_are_not() -> None:
    for kind in ("text_plain", "stream"):
        output = page(TABLE, f"output {kind} highlight-myst-ansi notranslate")
        marked = with_lines_and_buttons(output)
        assert f'<div class="output {kind} highlight-myst-ansi notranslate {DRAWN}">' in marked
        assert marked.replace(f" {DRAWN}", "") == output
        assert with_lines_and_buttons(marked) == marked
    for said in ("a long line of prose, as it was printed - " * 4, "-" * 7, "1 - 2 - 3\n= 4", ""):
        output = page(said, "output text_plain highlight-myst-ansi notranslate")
        assert with_lines_and_buttons(output) == output
