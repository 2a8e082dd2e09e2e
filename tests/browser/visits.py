"""A reader's visit to the built book, as the browser tests make it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import patience

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

# Vega-Lite says so of every chart that fills its column and whose height is given per row, which is
# what we want of it; it has no switch for that.
EXPECTED = 'WARN Dropping "fit-y" because spec has discrete height.'
HEIGHT = 900


class Tabs:
    """The browser's tabs, each used by one visit after another.

    A tab keeps the scripts that it has compiled, which more than halves the time that a page takes.
    It keeps nothing else: `Visit.end` clears what a site has stored, and after a failure the tab is
    closed.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.free: dict[tuple[str, bool], list[Page]] = {}
        self.place: dict[Page, list[Page]] = {}

    def take(self, base: str, scripts: bool = True) -> Page:
        """An empty tab for a visit to an address, where possible one that has seen its like."""
        free = self.free.setdefault((base.split(":")[0], scripts), [])
        if free:
            return free.pop()
        context = self.browser.new_context(java_script_enabled=scripts)
        context.add_init_script(path=Path(__file__).with_name("page_checks.js"))
        page = context.new_page()
        self.place[page] = free
        return page

    def give_back(self, visit: Visit) -> None:
        """End a visit and keep its tab for the next one, unless it was closed."""
        if not visit.page.is_closed():
            visit.end()
            self.place[visit.page].append(visit.page)


class Visit:
    """A reader's visit, recording what the pages ask for and what the browser complains about."""

    def __init__(self, page: Page, base: str, theme: str = "light", width: int = 1280) -> None:
        self.page, self.base = page, base
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.listeners: dict[str, Callable[[Any], None]] = {
            "request": lambda request: self.asked.append(request.url),
            "requestfailed": self._miss,
            "pageerror": lambda error: self.complaints.append(f"error: {error}"),
            "console": self._listen,
        }
        for event, listener in self.listeners.items():
            page.on(event, listener)  # type: ignore[call-overload]
        page.set_default_timeout(patience.MILLISECONDS)
        self.look(theme, width)

    def look(self, theme: str, width: int) -> None:
        """Ask for a theme, a width, less motion, and a screen rather than paper."""
        self.page.emulate_media(
            color_scheme=theme,  # type: ignore[arg-type]
            media="null",
            reduced_motion="reduce",
        )
        self.page.set_viewport_size({"width": width, "height": HEIGHT})

    def turn(self, theme: str, width: int) -> None:
        """Change the theme and the width of the page, and wait until its charts have followed."""
        self.look(theme, width)
        self.page.wait_for_function(
            "(theme) => document.documentElement.dataset.theme === theme", arg=theme
        )
        self.page.wait_for_function("(theme) => checks.chartsFollow(theme)", arg=theme)
        self.page.evaluate("checks.settled()")

    def end(self) -> None:
        """Leave the site, and leave nothing in the tab by which the next visit could differ."""
        if self.page.url.startswith(("http:", "file:")):
            self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        self.page.goto("about:blank")
        self.page.context.clear_cookies()
        for event, listener in self.listeners.items():
            self.page.remove_listener(event, listener)

    def _miss(self, request: Request) -> None:
        # What a page was still loading when it was left is aborted, and nobody misses it.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.url} ({request.failure})")

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and message.text != EXPECTED:
            self.complaints.append(f"console {message.type}: {message.text}")

    def open(self, address: str, charts: bool = True) -> Page:
        """Open a page, and wait until its scripts are done and all of its charts are drawn.

        Args:
            address: The page's, below the book's.
            charts: Whether to go to the charts, which are drawn when they come near; without, the
                page is as a reader first sees it.
        """
        self.page.goto(self.base + address, wait_until="load")
        if charts:
            self.draw()
        return self.page

    def draw(self) -> None:
        """Go to each chart that is not folded until it is drawn, and come back."""
        self.page.evaluate("checks.drawCharts()")

    def foreign(self) -> list[str]:
        """What was asked of anyone but the book."""
        return [url for url in self.asked if not url.startswith((self.base, "data:", "blob:"))]
