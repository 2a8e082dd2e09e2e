"""The check that text is legible, `checks.faintText`, sees what is painted behind a picture's text.

That no page has such text, in either theme, in print and at three widths, is in `test_browser`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from contents import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from visits import Visit


def text(paint: str) -> str:
    return f'<text x="40" y="25" text-anchor="middle" {paint}>legible</text>'


def box(paint: str) -> str:
    return f'<rect width="80" height="40" {paint}/>'


INK, PAPER = 'fill="#1a1a1a"', 'fill="#fffffe"'
FAINT = {
    "paper on paper": text(PAPER),
    "grey on paper": text('fill="#888"'),
    "ink nearly transparent": text(f'{INK} fill-opacity="0.4"'),
    "ink in a faded group": f'<g opacity="0.4">{text(INK)}</g>',
    "ink on a disc of ink": f'<circle cx="40" cy="20" r="38" {INK}/>{text(INK)}',
    "ink whose end runs over ink": f'<path d="M52,0H80V40H52Z" {INK}/>{text(INK)}',
    "paper on half transparent ink": box(f'{INK} opacity="0.4"') + text(PAPER),
    "ink on ink with a frame": box(INK) + box('fill="none" stroke="#fffffe"') + text(INK),
    "ink on ink that was moved": '<g transform="translate(0,-90)"><path d="M0,90h80v40h-80Z"/></g>'
    f"{text(INK)}",
}
LEGIBLE = {
    "ink on paper": text(INK),
    "paper on ink": box(INK) + text(PAPER),
    "ink on paper on ink": box(INK) + box(PAPER) + text(INK),
    "ink in the notch of a shape": f'<path d="M0,0H80V5H2V38H80V40H0Z" {INK}/>{text(INK)}',
    "ink on nearly transparent ink": box(f'{INK} opacity="0.05"') + text(INK),
    "ink on ink that is not drawn": f"<defs>{box(INK)}</defs>{text(INK)}",
    "ink below what comes later": text(INK) + f'<g opacity="0">{box(PAPER)}</g>',
    "a hidden label": text(f'{PAPER} opacity="0"'),
}


def faint(page: Page, picture: str) -> list[str]:
    """What the check finds once this is the page's first picture."""
    page.evaluate(
        "(picture) => { document.getElementById('drawn')?.remove();"
        " document.querySelector('.bd-article').insertAdjacentHTML('afterbegin', picture); }",
        f'<svg id="drawn" width="80" height="40" font-size="14">{picture}</svg>',
    )
    found: list[str] = page.evaluate("checks.faintText()")
    return found


def test_pictures_are_judged_by_what_is_painted_behind_their_text(
    visit: Callable[..., Visit],
) -> None:
    opened = visit().open(f"{PAGES[0]}.html")
    assert opened.evaluate("checks.faintText()") == []
    assert {what for what, picture in FAINT.items() if not faint(opened, picture)} == set()
    assert {what for what, picture in LEGIBLE.items() if faint(opened, picture)} == set()


def test_the_dark_theme_is_judged_by_its_own_background(visit: Callable[..., Visit]) -> None:
    opened = visit(theme="dark").open(f"{PAGES[0]}.html")
    assert faint(opened, LEGIBLE["ink on paper"]) != []
    assert faint(opened, FAINT["paper on paper"]) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_number_on_a_bar_of_its_own_lightness_would_be_noticed(
    visit: Callable[..., Visit], theme: str
) -> None:
    opened = visit(theme=theme).open("chapters/multilayer-perceptrons/backprop/partitioning.html")
    assert opened.evaluate("checks.faintText()") == []
    opened.locator(".d2l-chart-plot .forward_bars_marks path").first.evaluate(
        "bar => bar.setAttribute('fill', getComputedStyle(document.querySelector("
        "'.d2l-chart-plot .numbers_marks text')).fill)"
    )
    [found] = opened.evaluate("checks.faintText()")
    assert found.endswith(': 1.00 "0"')
