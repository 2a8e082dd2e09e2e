"""Every chart of the book speaks: its controls by name and value, its numbers in a live text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from charts import CONTROLS, PLOT, QUIET_MS, control, eventually, listen, status
from playwright.sync_api import expect
from test_browser import CHARTED

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page
    from visits import Visit


def names(page: Page) -> list[str]:
    """The controls' names, as their labels show them."""
    labels = page.locator(CONTROLS).locator(".vega-bind-name").all_inner_texts()
    return [label.strip().rstrip(":") for label in labels]


def set_last(found: Locator) -> str:
    """Give a control its last value, or its first where it has the last, by keyboard."""
    was = found.input_value()
    for key in ("End", "Home"):
        found.press(key)
        if found.input_value() != was:
            break
    assert found.input_value() != was
    return found.input_value()


def words(page: Page) -> list[str]:
    """The texts that stand inside the chart and are more than a number."""
    texts = page.locator(f"{PLOT} .mark-text.role-mark text").all_text_contents()
    return [text for text in texts if re.search(r"[^\W\d_]", text)]


@pytest.mark.parametrize("page", CHARTED)
def test_a_chart_is_silent_until_a_control_moves_and_then_speaks(
    visit: Callable[..., Visit], page: str
) -> None:
    reader = visit()
    opened = reader.open(f"{page}.html")
    reader.turn("dark", 375)
    opened.wait_for_timeout(QUIET_MS)
    expect(status(opened)).to_be_empty()
    said = listen(opened)
    controls = {name: control(opened, name) for name in names(opened)}
    assert len(controls) == opened.locator(CONTROLS).locator("input, select").count() > 0
    settings = [f"{name}: {set_last(found)}." for name, found in controls.items()]
    eventually(lambda: [each for each in settings if each not in " ".join(said())], [])
    assert [text for text in words(opened) if f"{text}." not in said()[-1]] == []
    assert reader.complaints == []


def test_a_control_without_a_name_would_be_noticed(visit: Callable[..., Visit]) -> None:
    opened = visit().open(f"{CHARTED[0]}.html")
    [name, *_] = names(opened)
    expect(control(opened, name)).to_have_count(1)
    control(opened, name).evaluate("found => found.setAttribute('aria-label', 'input')")
    expect(control(opened, name)).to_have_count(0)
