"""axe-core finds nothing to complain about: every page, both themes, narrow and wide.

No rule is switched off and no element of a page is excepted, the theme's own included: what it
leaves without a name `d2l_book.render.accessible` completes. Three things are done for speed. The
dark theme changes colours only, so the rules about colours are tried in it. Of the tokens of code
that look alike, one is examined. The drawing of a formula is taken out: its glyphs come from the
style sheet, so that it holds no text, and screen readers get the spoken form, which stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from test_book import PAGES

if TYPE_CHECKING:
    from visits import Visit

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
THEMES = ("light", "dark")
WIDTHS = (375, 1280)

THIN_OUT = """
() => {
  const seen = new Set();
  window.thinned = [];
  const replace = (node, text) => {
    const left = document.createTextNode(text);
    node.replaceWith(left);
    thinned.push([left, node]);
  };
  for (const token of document.querySelectorAll(".bd-article .highlight pre > span")) {
    const block = token.closest(".highlight").parentElement.className;
    const look = [block, token.className, token.getAttribute("style")].join("|");
    if (seen.has(look)) replace(token, token.textContent);
    seen.add(look);
  }
  for (const drawing of document.querySelectorAll("mjx-container > mjx-math")) replace(drawing, "");
}
"""
FILL_UP = "() => thinned.forEach(([left, node]) => left.replaceWith(node))"
EXAMINE = """
async (rules) => {
  const { violations } = await axe.run({ ...rules, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => [id, html.slice(0, 200)]));
}
"""


def examine(reader: Visit, theme: str, width: int) -> list[tuple[str, str]]:
    """The rules that a page breaks as it is shown now, each with the element that breaks it."""
    reader.turn(theme, width)
    rules = {} if theme == THEMES[0] else {"runOnly": ["color-contrast", "link-in-text-block"]}
    return [(rule, html) for rule, html in reader.page.evaluate(EXAMINE, rules)]


@contextmanager
def prepared(reader: Visit) -> Iterator[None]:
    """Unfold a page, load axe-core into it and thin it out; then bring back what was taken out."""
    reader.page.evaluate("checks.unfold()")
    reader.page.evaluate(AXE)
    reader.page.evaluate(THIN_OUT)
    yield
    reader.page.evaluate(FILL_UP)


@pytest.mark.parametrize("page", [*PAGES, "search", "genindex"])
def test_axe_finds_no_violation(read: Callable[..., Visit], page: str) -> None:
    reader = read(f"{page}.html" if page != "search" else "search.html?q=Hessian")
    with prepared(reader):
        for theme in THEMES:
            for width in WIDTHS:
                assert examine(reader, theme, width) == [], f"{theme}, {width} px"


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
    visit: Callable[..., Visit], spoilt: str, rule: str, theme: str
) -> None:
    reader = visit()
    reader.open(f"{PAGES[0]}.html").evaluate(
        "(html) => document.querySelector('.bd-article').insertAdjacentHTML('beforeend', html)",
        spoilt,
    )
    with prepared(reader):
        assert {found for found, _ in examine(reader, theme, WIDTHS[0])} == {rule}
        other = next(each for each in THEMES if each != theme)
        assert rule != "color-contrast" or examine(reader, other, WIDTHS[0]) == []


def test_button_that_leads_back_to_the_top_is_legible(visit: Callable[..., Visit]) -> None:
    reader = visit()
    opened = reader.open("intro.html")
    opened.evaluate("() => (document.getElementById('pst-back-to-top').style.display = 'block')")
    with prepared(reader):
        for theme in THEMES:
            reader.turn(theme, WIDTHS[0])
            assert opened.locator("#pst-back-to-top").is_visible()
            assert opened.evaluate(EXAMINE, {"runOnly": ["color-contrast"]}) == []
