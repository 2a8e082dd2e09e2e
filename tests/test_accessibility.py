"""axe-core on what stands on every page, and on pages that are spoilt; see `axe`.

That it finds nothing on any page, in either theme, is in `test_every_page`, at the widest of the
widths. A narrow page differs by the theme's header and its dialogs, which are the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import axe
import pytest
from contents import PAGES
from page_report import THEMES, WIDTHS
from test_every_page import CHARTED

if TYPE_CHECKING:
    from visits import Visit


def examine(reader: Visit, theme: str) -> list[axe.Violation]:
    """What is wrong with a page on a phone."""
    reader.turn(theme, WIDTHS[-1])
    return [*axe.of_all_else(reader.page), *axe.of_colors(reader.page)]


@pytest.mark.parametrize("page", ["intro", CHARTED[0], "search"])
def test_narrow_page_has_no_violation(visit: Callable[..., Visit], page: str) -> None:
    reader = visit()
    reader.open(f"{page}.html").evaluate("checks.unfold()")
    with axe.prepared(reader.page):
        for theme in THEMES:
            assert examine(reader, theme) == [], theme


LINK = (
    "Words around <a href='#' style='color: #222; text-decoration: none'>a link</a> without line."
)


@pytest.mark.parametrize(
    ("spoilt", "rule", "theme"),
    [
        ("<img src='data:,'>", "image-alt", "light"),
        ("<button></button>", "button-name", "light"),
        ("<details><summary></summary>text</details>", "summary-name", "light"),
        ("<p style='color: #222'>Too dark for a dark page.</p>", "color-contrast", "dark"),
        (f"<p style='color: #111'>{LINK}</p>", "link-in-text-block", "light"),
        ("<p>" * 3 + "sound <span style='color: #bbb'>faint</span>", "color-contrast", "light"),
        (
            "<div class='highlight'><pre><span>sound</span>"
            " <span style='color: #bbb'>faint</span></pre></div>",
            "color-contrast",
            "light",
        ),
    ],
)
def test_a_spoilt_page_would_be_noticed(
    visit: Callable[..., Visit], spoilt: str, rule: str, theme: str
) -> None:
    reader = visit()
    reader.open(f"{PAGES[0]}.html").evaluate(
        "(html) => document.querySelector('.bd-article').insertAdjacentHTML('beforeend', html)",
        spoilt,
    )
    with axe.prepared(reader.page):
        assert rule in {found for found, _ in examine(reader, theme)}
        other = next(each for each in THEMES if each != theme)
        assert rule != "color-contrast" or examine(reader, other) == []


def test_button_that_leads_back_to_the_top_is_legible(visit: Callable[..., Visit]) -> None:
    reader = visit()
    opened = reader.open("intro.html")
    opened.evaluate("() => (document.getElementById('pst-back-to-top').style.display = 'block')")
    with axe.prepared(opened):
        for theme in THEMES:
            reader.turn(theme, WIDTHS[-1])
            assert opened.locator("#pst-back-to-top").is_visible()
            assert axe.of_colors(opened) == []
