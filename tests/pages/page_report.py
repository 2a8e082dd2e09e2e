"""One visit to a page that looks at everything which every page must keep, and what it finds.

To open a page, and to turn its theme and width, costs more than most checks. So a page is visited
once, and tests read the report.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from tests.browser import axe
from tests.browser.charts import speak

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

THEMES = ("light", "dark")
WIDTHS = (1280, 768, 375)
SHOTS = os.environ.get("D2L_SCREENSHOTS")  # a folder for pictures of every page


@dataclass
class Report:
    """What a visit found.

    Attributes:
        page: The page's name, without ending.
        wrong: What is wrong, by topic, each with where it was found.
        charts: How many charts the page has.
        files: The addresses of what the page loaded.
        shift: How far its contents moved while it was loaded, as the layout shift that browsers
            measure: the share of the window that moved times how far.
    """

    page: str
    wrong: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    charts: int = 0
    files: list[str] = field(default_factory=list)
    shift: float = 0.0

    def note(self, topic: str, where: str, found: Iterable[object]) -> None:
        """Add what was found, if anything."""
        self.wrong[topic] += [f"{where}: {each}" for each in found]

    def sizes(self, base: str, html: Path) -> dict[str, int]:
        """File of the book below `base` that a page loaded -> how many bytes it has, unpacked."""
        own = [unquote(urlsplit(file).path) for file in self.files if file.startswith(base)]
        return {path: (html / path.lstrip("/")).stat().st_size for path in own}


def examine(reader: Visit, address: str) -> Report:
    """Visit a page, and look at it in both themes, in a wide window, and in print."""
    report = Report(address.split(".html")[0])
    page = reader.open(address, charts=False)
    report.files = page.evaluate("checks.loaded()")
    report.shift = page.evaluate("checks.shift")
    report.note("formulas", "opened", page.evaluate("checks.rawMathematics()"))
    page.evaluate("checks.unfold()")
    reader.draw()
    report.note("folds", "opened", page.evaluate("checks.stuckFolds()"))
    report.note("width", f"{WIDTHS[0]} px", page.evaluate("checks.tooWide()"))
    report.charts = page.locator("figure.d2l-chart").count()
    with axe.prepared(page):  # without what looks like something else, or has no colour of its own
        _in_themes(report, reader)
        _in_print(report, page)
    _asked(report, reader, "http")
    _pictures(report, reader)
    return report


def examine_file(reader: Visit, address: str, report: Report) -> None:
    """Open a page as a file in narrower windows: it is as complete there, and fits."""
    page = reader.open(address, charts=False)
    report.note("formulas", "as a file", page.evaluate("checks.rawMathematics()"))
    page.evaluate("checks.unfold()")
    reader.draw()
    report.note("charts", "as a file", page.evaluate("checks.stillCharts()"))
    report.note("charts", "as a file, empty", page.evaluate("checks.emptyCharts()"))
    for width in WIDTHS[1:]:
        reader.turn("light", width)
        report.note("width", f"{width} px", page.evaluate("checks.tooWide()"))
    report.note("width", f"{width} px", page.evaluate("checks.wideFormulas()"))
    report.note("scrolling", f"{width} px", page.evaluate("checks.unreachable()"))
    _asked(report, reader, "file")


def _in_themes(report: Report, reader: Visit) -> None:
    """Look at a page in both themes; the dark one changes colours only."""
    page = reader.page
    reader.turn("light", WIDTHS[0])
    _in_theme(report, page, "light")
    report.note("axe", "light", axe.of_all_else(page))
    page.evaluate("checks.remember()")
    report.note("speech", "chart", speak(page))
    settings, colors = page.evaluate("[checks.settings(), checks.chartTextColors()]")
    reader.turn("dark", WIDTHS[0])
    kept, others = page.evaluate("[checks.settings(), checks.chartTextColors()]")
    report.note("speech", "lost with the theme", set(settings) - set(kept))
    report.note("charts", "their colours stay in", _unchanged(colors, others))
    page.evaluate("checks.reset()")
    page.evaluate("checks.settled()")
    _in_theme(report, page, "dark")


def _in_theme(report: Report, page: Page, theme: str) -> None:
    report.note("contrast", theme, page.evaluate("checks.faintText()"))
    report.note("charts", theme, page.evaluate("checks.stillCharts()"))
    report.note("charts", f"{theme}, empty", page.evaluate("checks.emptyCharts()"))
    report.note("axe", theme, axe.of_colors(page))


def _unchanged(light: list[str], dark: list[str]) -> list[str]:
    """Charts in which text has no colour, or the same in both themes."""
    pairs = enumerate(zip(light, dark, strict=True), start=1)
    return [f"chart {number}" for number, (one, other) in pairs if not one or one == other]


def _in_print(report: Report, page: Page) -> None:
    page.evaluate("() => document.querySelectorAll('details').forEach((box) => (box.open = false))")
    report.note("print", "folded", page.evaluate("checks.foldedInPrint()"))
    page.emulate_media(media="print")
    report.note("print", "besides the text", page.evaluate("checks.printedBesidesText()"))
    report.note("print", "live", page.evaluate("checks.liveCharts()"))
    report.note("contrast", "print", page.evaluate("checks.faintText()"))


def _asked(report: Report, reader: Visit, scheme: str) -> None:
    report.note("policy", scheme, reader.page.evaluate("checks.policy()"))
    report.note("hosts", scheme, reader.foreign())
    report.note("complaints", scheme, reader.complaints)


def _pictures(report: Report, reader: Visit) -> None:
    """Keep pictures of the page, if somebody asks for them."""
    if SHOTS is None:
        return
    start, page = Path(SHOTS) / report.page.replace("/", "-"), reader.page
    page.evaluate("checks.unfold()")
    for theme, width in (*(("light", width) for width in WIDTHS), ("dark", WIDTHS[0])):
        reader.turn(theme, width)
        page.screenshot(path=f"{start}-{theme}-{width}.png", full_page=True)
    reader.look("dark", WIDTHS[0])
    page.emulate_media(media="print")
    page.screenshot(path=f"{start}-print.png", full_page=True)
