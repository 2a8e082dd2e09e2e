"""Pages carry the rules of style that can apply to them, and few others."""

from __future__ import annotations

from pathlib import Path

import pytest

from d2l_book.render.styles import class_names, reduced, script_words, trim_sheets
from tests.render.test_build import page_text

USED = {"card", "open", "toast-", "btn"}


@pytest.mark.parametrize(
    "rule",
    [
        ".card{color:red}",
        "main>.card.open:hover::before{color:red}",
        ".card:not(.carousel){color:red}",
        ":is(.carousel,.card) p{color:red}",
        "html[data-theme=dark] a{color:red}",
        ":root{--blue:#00f}",
        ".toast-end{color:red}",
        ".ansi-red-fg{color:red}",
        "@font-face{font-family:Carousel}",
        "@keyframes carousel{0%{opacity:0}}",
        '@charset "UTF-8";',
        'a[class*=".x"]{content:"."}',
    ],
)
def test_rule_that_may_apply_stays(rule: str) -> None:
    assert reduced(rule, USED) == rule


@pytest.mark.parametrize(
    "rule",
    [
        ".carousel{color:red}",
        ".card .carousel{color:red}",
        "p.card.carousel:hover{color:red}",
        "@media print{.carousel{color:red}}",
        "@media print{@supports (gap:0){.carousel{color:red}}}",
    ],
)
def test_rule_that_cannot_apply_goes(rule: str) -> None:
    assert reduced(rule, USED) == ""


def test_of_several_selectors_those_that_may_apply_stay() -> None:
    css = "/* x */.carousel,.card,p{color:red}@media print{.card{top:0}.carousel{top:1px}}"
    assert reduced(css, USED) == ".card,p{color:red}@media print{.card{top:0}}"
    assert reduced(reduced(css, USED), USED) == reduced(css, USED)


def test_names_come_from_pages_and_scripts(tmp_path: Path) -> None:
    assert class_names('<p class="a b-c"><b data-class="x" class="d">') == {"a", "b-c", "d"}
    assert {"is-open", "toast-"} <= script_words(['e.classList.add("is-open", `toast-${side}`)'])
    (tmp_path / "basic.css").write_text(".a{top:0}.b{top:0}.c{top:0}", encoding="utf-8")
    script = tmp_path / "x.js"
    script.write_text("toggle('b')", encoding="utf-8")
    trim_sheets(tmp_path, [script], {"a"})
    assert (tmp_path / "basic.css").read_text(encoding="utf-8") == ".a{top:0}.b{top:0}"


def test_built_book_has_the_rules_of_its_pages_and_not_those_of_others(book_html: Path) -> None:
    theme = (book_html / "_static/styles/pydata-sphinx-theme.css").read_text(encoding="utf-8")
    assert 60_000 < len(theme) < 140_000
    assert ".bd-article" in theme
    assert "carousel-inner" not in theme
    assert "bd-article" in class_names(page_text(book_html, "intro"))
