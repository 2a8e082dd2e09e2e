"""Markdown at the gate: what the book's own directives and roles are, and what is refused."""

from __future__ import annotations

import pytest

from d2l_book.notebooks.markdown import markdown_problems


@pytest.mark.parametrize("text", ["A {number-of}`checks`.", "```{exercises} backprop\n```", "$x$"])
def test_what_pages_use_is_harmless(text: str) -> None:
    assert list(markdown_problems(text)) == []


@pytest.mark.parametrize("text", ["```{raw} html\n<b>x</b>\n```", "A {unheard-of}`thing`."])
def test_what_is_on_no_list_is_refused(text: str) -> None:
    assert list(markdown_problems(text)) != []
