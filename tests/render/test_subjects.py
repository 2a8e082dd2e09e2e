"""What code is about, in a few words."""

from __future__ import annotations

import pytest

from d2l_book.render.subjects import subject


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def f(): ...\nclass G: ...", "that defines f and G"),
        ("import torch\n\n\ndef f():\n    x = 1\n", "that defines f"),
        ("x = 1", "that computes x"),
        ("x, (y, z) = a\nx = 2", "that computes x, y and z"),
        ("a = b = c = d = e = 1", "that computes a, b, c and 2 more"),
        ("for n in (1, 2):\n    total += n", "that computes total"),
        ("w[0] = 1\nx: int = 2", "that computes x"),
        ("_ = f()\ny = 1", "that computes y"),
        ("_ = f()", "that computes _"),
        ("\nimport torch", "beginning with import torch"),
        ("x = ", "beginning with x ="),
        ("", "of this step"),
    ],
)
def test_definitions_come_before_values_and_values_before_the_first_line(
    code: str, words: str
) -> None:
    assert subject(code) == words


@pytest.mark.parametrize(
    ("output", "noun"),
    [
        ('<figure class="d2l-figure"><svg>', "figure"),
        ('<figure class="d2l-chart"><svg>', "chart"),
        ('<table class="d2l-table">', "table"),
        ("loss 0.5", "output"),
    ],
)
def test_what_is_shown_counts_more_than_names(output: str, noun: str) -> None:
    assert subject("x = 1", output) == f"of the {noun}"
    assert subject("x = 1", " \n") == "that computes x"
