"""Formulas typeset at build: what a page gets, what it does not carry, what is refused."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from d2l_book.render.mathematics import (
    FONTS,
    STRUT,
    STYLES,
    MathError,
    Styles,
    Typesetter,
    aligned,
    fonts_folder,
    strut_script,
    typeset,
    typesetter,
    write_styles,
)
from tests.conftest import build, small_book


@pytest.fixture(scope="module")
def mathjax() -> Iterator[Typesetter]:
    """A running MathJax."""
    yield typesetter()
    typesetter().close()
    typesetter.cache_clear()
    typeset.cache_clear()


def test_formula_is_drawn_and_spoken(mathjax: Typesetter) -> None:
    html = mathjax.typeset(r"\frac{\partial J}{\partial \mathbf{W}^{(1)}}", True)
    assert "<mjx-frac" in html
    assert 'display="true"' in html
    spoken = re.search(r"<mjx-assistive-mml[^>]*><math[^>]*>(.*)</math>", html)
    assert spoken is not None
    assert "<mfrac>" in spoken[1]
    assert "<mi>J</mi>" in spoken[1]


@pytest.mark.parametrize("tex", [r"\frac{a", r"\nosuchcommand x", "a^b^c", r"\begin{align} x"])
def test_what_mathjax_cannot_read_is_refused(mathjax: Typesetter, tex: str) -> None:
    with pytest.raises(MathError, match="expected TeX that MathJax reads, got"):
        mathjax.typeset(tex, False)
    assert "mjx-math" in mathjax.typeset("x", False)  # and the next formula is none the worse


def test_page_gets_the_rules_of_its_own_characters(mathjax: Typesetter) -> None:
    rules = mathjax.styles.of_page(mathjax.typeset("x + 1", False))
    shown = re.findall(r'content: "(.)"', rules)
    assert sorted(shown) == ["+", "1", "x"]
    assert mathjax.styles.of_page("<p>no formula</p>") == ""


@pytest.mark.parametrize("tex", [r"\{x\}", r"\left\{\frac{a}{b}\right.", r"\mathbf{A}\mathcal{L}'"])
def test_every_character_of_a_formula_has_its_rule(mathjax: Typesetter, tex: str) -> None:
    html = mathjax.typeset(tex, True)
    for names in re.findall(r'<mjx-c class="([^"]+)"', html):
        assert f".{names.replace(' ', '.')}::before{{" in mathjax.styles.of_page(html)


def test_common_rules_are_those_without_characters() -> None:
    css = "@font-face {src: url(a)}\nmjx-mi { a: b; }\nmjx-c.mjx-c41::before { content: 'A'; }\n"
    styles = Styles(css)
    assert "mjx-mi {" in styles.common
    assert "mjx-c41" not in styles.common
    assert styles.of_page('<mjx-c class="mjx-c41">') == "mjx-c.mjx-c41::before{content: 'A';}"


def test_no_rule_is_lost(mathjax: Typesetter) -> None:
    assert 'mjx-container [size="s"] {' in mathjax.styles.common
    assert 'mjx-container[jax="CHTML"][display="true"] {' in mathjax.styles.common
    braces = mathjax.styles.common.count("{") - mathjax.styles.common.count("}")
    assert braces == 0


def test_fonts_lie_where_the_style_sheet_says(mathjax: Typesetter, tmp_path: Path) -> None:
    write_styles(tmp_path)
    css = (tmp_path / STYLES).read_text(encoding="utf-8")
    named = re.findall(r'url\("?([^")]+)', css)
    assert len(named) > 10
    assert all(name.startswith(f"{FONTS}/") for name in named)
    assert all((tmp_path / name).is_file() for name in named)


def test_lines_and_paragraphs_are_aligned_as_sphinx_does() -> None:
    assert aligned("a = b") == "a = b"
    assert aligned(r"a &= b \\ c &= d") == r"\begin{split}a &= b \\ c &= d\end{split}"
    assert aligned("a\n\nb") == r"\begin{align}\begin{aligned}a\\b\end{aligned}\end{align}"
    assert aligned(r"\begin{gather}a\\b\end{gather}", nowrap=True).startswith(r"\begin{gather}")


def test_broken_formula_fails_the_build_and_names_its_page(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "sound.md").write_text("# Sound\n\n$x^2$ and\n\n$$\ny = 1\n$$\n", encoding="utf-8")
    (source / "broken.md").write_text("# Broken\n\nAn $x^{2$ here.\n", encoding="utf-8")
    small_book(source, "sound", ["broken"], ["d2l_book.render.offline"])
    done = build(source, tmp_path / "out")
    assert done.status != 0
    assert re.search(r"broken\.md.*expected TeX that MathJax reads", done.log)
    page = (done.html / "sound.html").read_text(encoding="utf-8")
    assert page.count("<mjx-container") == 2
    assert STYLES in page
    assert "<script" not in page.partition("<mjx-container")[2].partition("</article>")[0]


def test_script_brings_the_font_that_gives_lines_their_height() -> None:
    [encoded] = re.findall(r'atob\("([^"]+)"\)', strut_script())
    font = base64.b64decode(encoded)
    assert font == (fonts_folder() / STRUT).read_bytes()
    assert font.startswith(b"wOFF")
    assert 'FontFace("MJXZERO"' in strut_script()
