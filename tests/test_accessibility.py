"""axe-core finds nothing to complain about: every page, both themes, narrow and wide.

No rule is switched off and no element of a page is excepted, the theme's own included: what it
leaves without a name `book.accessible` completes. Three things are done for speed. The dark theme
changes colours only, so the rules about colours are tried in it. Of the tokens of code that look
alike, one is examined. The drawing of a formula is taken out: its glyphs come from the style sheet,
so that it holds no text, and screen readers get the spoken form, which stays.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from test_book import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from visits import Visit

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
THEMES = ("light", "dark")
WIDTHS = (375, 1280)

THIN_OUT = """
() => {
  const seen = new Set();
  for (const token of document.querySelectorAll(".bd-article .highlight pre > span")) {
    const block = token.closest(".highlight").parentElement.className;
    const look = [block, token.className, token.getAttribute("style")].join("|");
    if (seen.has(look)) token.replaceWith(token.textContent);
    seen.add(look);
  }
  document.querySelectorAll("mjx-container > mjx-math").forEach((drawing) => drawing.remove());
}
"""
EXAMINE = """
async (rules) => {
  const { violations } = await axe.run({ ...rules, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => [id, html.slice(0, 200)]));
}
"""


def examine(opened: Page, theme: str, width: int) -> list[tuple[str, str]]:
    """The rules that a page breaks as it is shown now, each with the element that breaks it."""
    opened.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    opened.set_viewport_size({"width": width, "height": 900})
    opened.wait_for_function("(t) => document.documentElement.dataset.theme === t", arg=theme)
    opened.wait_for_function("(theme) => checks.chartsAreDrawn(theme)", arg=theme)
    rules = {} if theme == THEMES[0] else {"runOnly": ["color-contrast", "link-in-text-block"]}
    return [(rule, html) for rule, html in opened.evaluate(EXAMINE, rules)]


@pytest.fixture
def opened_with_axe(visit: Callable[..., Visit]) -> Callable[[str], Page]:
    """A function that opens a page, unfolds it and loads axe-core into it."""

    def start(address: str) -> Page:
        opened = visit().open(address)
        opened.evaluate("checks.unfold()")
        opened.evaluate(THIN_OUT)
        opened.evaluate(AXE)
        return opened

    return start


@pytest.mark.parametrize(
    "address", [*(f"{page}.html" for page in PAGES), "search.html?q=Hessian", "genindex.html"]
)
def test_axe_finds_no_violation(opened_with_axe: Callable[[str], Page], address: str) -> None:
    opened = opened_with_axe(address)
    for theme in THEMES:
        for width in WIDTHS:
            assert examine(opened, theme, width) == [], f"{theme}, {width} px"


@pytest.mark.parametrize(
    ("spoilt", "rule", "theme"),
    [
        ("<img src='data:,'>", "image-alt", "light"),
        ("<button></button>", "button-name", "light"),
        ("<details><summary></summary>text</details>", "summary-name", "light"),
        ("<p style='color: #222'>Too dark for a dark page.</p>", "color-contrast", "dark"),
        (
            "<div class='highlight'><pre><span>sound</span>"
            " <span style='color: #bbb'>faint</span></pre></div>",
            "color-contrast",
            "light",
        ),
    ],
)
def test_a_spoilt_page_would_be_noticed(
    opened_with_axe: Callable[[str], Page], spoilt: str, rule: str, theme: str
) -> None:
    opened = opened_with_axe(f"{PAGES[0]}.html")
    opened.evaluate(
        "(html) => document.querySelector('.bd-article').insertAdjacentHTML('beforeend', html)",
        spoilt,
    )
    assert {found for found, _ in examine(opened, theme, WIDTHS[0])} == {rule}
    other = next(each for each in THEMES if each != theme)
    assert rule != "color-contrast" or examine(opened, other, WIDTHS[0]) == []
