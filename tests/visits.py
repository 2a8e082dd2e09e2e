"""A reader's visit to the built book, as the browser tests make it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

# Vega-Lite says so of every chart that fills its column and whose height is given per row, which is
# what we want of it; it has no switch for that.
EXPECTED = 'WARN Dropping "fit-y" because spec has discrete height.'


class Visit:
    """A reader's visit, recording what the pages ask for and what the browser complains about."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        theme: str = "light",
        width: int = 1280,
        scripts: bool = True,
    ) -> None:
        self.base = base
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.context = browser.new_context(
            color_scheme=theme,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            reduced_motion="reduce",
            viewport={"width": width, "height": 900},
        )
        self.context.add_init_script(path=Path(__file__).with_name("page_checks.js"))
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("requestfailed", self._miss)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("console", self._listen)

    def _miss(self, request: Request) -> None:
        # What a page was still loading when it was left is aborted, and nobody misses it.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.url} ({request.failure})")

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and message.text != EXPECTED:
            self.complaints.append(f"console {message.type}: {message.text}")

    def open(self, address: str) -> Page:
        """Open a page and wait until its scripts, mathematics and charts are done."""
        self.page.goto(self.base + address, wait_until="load")
        self.page.evaluate("() => window.MathJax?.startup?.promise")
        self.page.wait_for_function("() => checks.chartsAreDrawn()")
        return self.page

    def foreign(self) -> list[str]:
        """What was asked of anyone but the book."""
        return [url for url in self.asked if not url.startswith((self.base, "data:", "blob:"))]
