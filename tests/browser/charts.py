"""What the charts of a built page show and say, as the browser tests read it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from tests import patience

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

T = TypeVar("T")

PLOT = "figure.d2l-chart .d2l-chart-plot svg"  # not the still picture behind it
CONTROLS = "figure.d2l-chart .d2l-chart-controls"
NAMES = ".d2l-chart-controls .vega-bind-name"
PATIENCE = patience.SECONDS  # a chart follows a control at once and speaks half a second later


def control(page: Page, name: str) -> Locator:
    """The input that a screen reader presents by exactly this name."""
    return _named(page.locator(CONTROLS), name)


def _named(controls: Locator, name: str) -> Locator:
    menus = controls.get_by_role("combobox", name=name, exact=True)
    return menus.or_(controls.get_by_role("slider", name=name, exact=True))


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
    """Start to note what the page's only chart says; the function returned lists it."""
    return _hear(status(page))


def _hear(line: Locator) -> Callable[[], list[str]]:
    line.evaluate(
        "line => { line.said = []; new MutationObserver(() => line.said.push(line.textContent))"
        ".observe(line, {childList: true}); }"
    )
    return lambda: line.evaluate("line => line.said")


def speak(page: Page) -> list[str]:
    """Move every control of every chart, by keyboard; what its name or its status line lacks."""
    charts = [_Chart(chart) for chart in page.locator("figure.d2l-chart").all()]
    for chart in charts:
        chart.move()
    for chart in charts:
        chart.listen()
    return [f"{chart.name}: {each}" for chart in charts for each in chart.missing]


class _Chart:
    """A chart whose controls are moved, and what is missing from what it says."""

    def __init__(self, chart: Locator) -> None:
        self.chart, self.name = chart, chart.get_attribute("id")
        self.missing: list[str] = []
        self.settings: list[str] = []
        line = chart.get_by_role("status")
        if unasked := line.text_content():
            self.missing.append(f"says unasked {unasked!r}")
        self.said = _hear(line)

    def move(self) -> None:
        """Move each control to its end."""
        names = [text.strip().rstrip(":") for text in self.chart.locator(NAMES).all_inner_texts()]
        bound = self.chart.evaluate("chart => checks.boundInputs(chart)")
        if len(names) != bound:
            self.missing.append(f"{len(names)} of {bound} controls have a label")
        for name in names:
            control = _named(self.chart.locator(".d2l-chart-controls"), name)
            value = _set_last(control) if control.count() == 1 else None
            if value is None:
                self.missing.append(f"no control is called {name!r} and moves by keyboard")
            else:
                self.settings.append(f"{name}: {value}.")

    def listen(self) -> None:
        """Wait until each setting was said, and see whether what stands in the chart was."""
        end = time.monotonic() + PATIENCE
        while (quiet := self._unsaid(heard := self.said())) and time.monotonic() < end:
            time.sleep(0.02)
        words = self._words() if self.settings else []
        shown = [text for text in words if not heard or f"{text}." not in heard[-1]]
        self.missing += [f"{each!r} is not said" for each in (*quiet, *shown)]

    def _unsaid(self, heard: list[str]) -> list[str]:
        return [each for each in self.settings if each not in " ".join(heard)]

    def _words(self) -> list[str]:
        """The texts that stand inside the chart and are more than a number."""
        texts = self.chart.locator(".d2l-chart-plot svg .mark-text.role-mark text")
        return [text for text in texts.all_text_contents() if not _is_number(text)]


def _is_number(text: str) -> bool:
    """Whether a text has no letter but the e of a power of ten."""
    return re.search(r"[^\W\d_]", re.sub(r"(?<=\d)e(?=[-+\u2212]?\d)", "", text)) is None


def _set_last(control: Locator) -> str | None:
    """Give a control its last value, or its first where it has the last, by keyboard."""
    was = control.input_value()
    for key in ("End", "Home"):
        control.press(key)
        if control.input_value() != was:
            return control.input_value()
    return None


def eventually(read: Callable[[], T], expected: T, seconds: float = PATIENCE) -> None:
    """Fail if what is read does not become what is expected; a chart follows a control at once."""
    end = time.monotonic() + seconds
    while (found := read()) != expected and time.monotonic() < end:
        time.sleep(0.02)
    assert found == expected, f"expected {expected}, got {found}"
