"""axe-core, run in a page as the reader sees it.

No rule is switched off and no element of a page is excepted, the theme's own included: what it
leaves without a name `d2l_book.render.accessible` completes. Three things are done for speed. Rules
about colours take nearly all the time, and look at one element of those that look alike. The dark
theme changes colours only, so that no other rule is tried in it. What the other rules would find
again and again is taken out: tokens of code that look alike, and the drawing of a formula: its
glyphs come from the style sheet, so that it holds no text, and screen readers get the spoken form,
which stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
_THIN_OUT = """
() => {
  const seen = new Set();
  window.thinned = [];
  const replace = (node, text) => {
    const left = document.createTextNode(text);
    node.replaceWith(left);
    thinned.push([left, node]);
  };
  for (const token of document.querySelectorAll(".bd-article .highlight pre span:not(.d2l-line)")) {
    const block = token.closest(".highlight").parentElement.className;
    const look = [block, token.className, token.getAttribute("style")].join("|");
    if (seen.has(look)) replace(token, token.textContent);
    seen.add(look);
  }
  for (const drawing of document.querySelectorAll("mjx-container > mjx-math")) replace(drawing, "");
}
"""
_FILL_UP = "() => thinned.forEach(([left, node]) => left.replaceWith(node))"
_EXAMINE = """
async (ofColors) => {
  const colors = ["color-contrast", "link-in-text-block"];
  const others = Object.fromEntries(colors.map((rule) => [rule, { enabled: false }]));
  // No rule that is on by default reads style sheets, which a page opened as a file cannot.
  const options = { preload: { assets: ["media"] }, resultTypes: ["violations"] };
  const { violations } = ofColors
    ? await axe.run({ include: checks.looks() }, { ...options, runOnly: colors })
    : await axe.run({ ...options, rules: others });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => [id, html.slice(0, 200)]));
}
"""

Violation = tuple[str, str]  # a rule, and the element that breaks it


@contextmanager
def prepared(page: Page) -> Iterator[None]:
    """Load axe-core into a page and thin it out; then bring back what was taken out."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    page.evaluate(_THIN_OUT)
    yield
    page.evaluate(_FILL_UP)


def of_colors(page: Page) -> list[Violation]:
    """What breaks a rule about colours, as the page is shown now."""
    return [(rule, html) for rule, html in page.evaluate(_EXAMINE, True)]


def of_all_else(page: Page) -> list[Violation]:
    """What breaks any other rule, as the page is shown now."""
    return [(rule, html) for rule, html in page.evaluate(_EXAMINE, False)]
