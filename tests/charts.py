"""What the charts of a built page show and say, as the browser tests read it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

T = TypeVar("T")

PLOT = "figure.d2l-chart .d2l-chart-plot svg"  # not the still picture behind it
CONTROLS = "figure.d2l-chart .d2l-chart-controls"
QUIET_MS = 700  # longer than a chart waits before it says what it shows


def control(page: Page, name: str) -> Locator:
    """The input that a screen reader presents by exactly this name."""
    menus = page.get_by_role("combobox", name=name, exact=True)
    sliders = page.get_by_role("slider", name=name, exact=True)
    return page.locator(CONTROLS).locator(menus.or_(sliders))


def options(page: Page, name: str) -> list[str]:
    """The choices of a menu."""
    found: list[str] = control(page, name).evaluate("menu => [...menu.options].map(o => o.text)")
    return found


def choose(page: Page, setting: Mapping[str, object]) -> None:
    """Set each named menu or slider."""
    for name, value in setting.items():
        found = control(page, name)
        if found.evaluate("found => found.tagName") == "SELECT":
            found.select_option(label=str(value))
        else:
            found.fill(str(value))


def marks(page: Page, kind: str) -> list[dict[str, str]]:
    """The fields that marks tell a screen reader, and as `path` and `text` what is drawn."""
    found = page.locator(f"{PLOT} {kind}.role-mark > *").evaluate_all(
        "marks => marks.map(mark => [mark.getAttribute('aria-label'), mark.textContent,"
        " `${mark.getAttribute('d')} ${mark.getAttribute('transform')}`])"
    )
    return [
        dict(field.split(": ", 1) for field in re.split(r"; (?=[^:;]*: )", label))
        | {"text": text, "path": path}
        for label, text, path in found
    ]


def status(page: Page) -> Locator:
    """The line in which a chart says what it shows."""
    return page.locator("figure.d2l-chart").get_by_role("status")


def listen(page: Page) -> Callable[[], list[str]]:
    """Start to note what a chart says; the function returned lists it."""
    status(page).evaluate(
        "status => { window.said = []; new MutationObserver(() => said.push(status.textContent))"
        ".observe(status, {childList: true}); }"
    )
    return lambda: page.evaluate("said")


def eventually(read: Callable[[], T], expected: T, seconds: float = 5) -> None:
    """Fail if what is read does not become what is expected; a chart follows a control at once."""
    end = time.monotonic() + seconds
    while (found := read()) != expected and time.monotonic() < end:
        time.sleep(0.02)
    assert found == expected, f"expected {expected}, got {found}"
