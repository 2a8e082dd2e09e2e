"""What is missing from a chart's controls, or from what it says, would be noticed.

That nothing is missing, on any page, is in `test_every_page`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.charts import CONTROLS, speak, status
from tests.pages.test_every_page import CHARTED

if TYPE_CHECKING:
    from tests.browser.visits import Visit

CONTROL = f"document.querySelector('{CONTROLS} :is(input, select)')"


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (f"{CONTROL}.setAttribute('aria-label', 'input')", "no control is called"),
        (f"{CONTROL}.disabled = true", "no control is called"),
        (f"{CONTROL}.closest('.vega-bind').remove()", "controls have a label"),
        (f"{CONTROL}.replaceWith({CONTROL}.cloneNode(true))", "is not said"),
        ("document.querySelector('figure [role=status]').textContent = 'x'", "says unasked 'x'"),
    ],
)
def test_a_spoilt_chart_would_be_noticed(
    visit: Callable[..., Visit], monkeypatch: pytest.MonkeyPatch, spoil: str, complaint: str
) -> None:
    monkeypatch.setattr("tests.browser.charts.PATIENCE", 1)  # what is not said is waited for
    opened = visit().open(f"{CHARTED[0]}.html")
    opened.evaluate("checks.unfold()")
    opened.evaluate("checks.drawCharts()")
    opened.evaluate(f"() => {{ {spoil}; }}")
    opened.set_default_timeout(1000)
    assert complaint in " ".join(speak(opened))


def test_a_new_theme_or_width_keeps_what_was_set_and_says_nothing(
    visit: Callable[..., Visit],
) -> None:
    opened = visit().open(f"{CHARTED[0]}.html")
    opened.evaluate("checks.unfold()")
    opened.evaluate("checks.drawCharts()")
    assert speak(opened) == []
    values = f"[...document.querySelectorAll('{CONTROLS} :is(input, select)')].map(e => e.value)"
    was = opened.evaluate(values)
    assert was
    lines = status(opened)
    lines.evaluate_all(
        "lines => { window.said = []; for (const line of lines)"
        " new MutationObserver(() => said.push(line.textContent))"
        ".observe(line, {childList: true}); }"
    )
    opened.evaluate("document.documentElement.dataset.theme = 'dark'")
    opened.wait_for_function("() => checks.chartsFollow('dark')")
    plot = "document.querySelector('.d2l-chart-live svg').clientWidth"
    wide = opened.evaluate(plot)
    opened.set_viewport_size({"width": 375, "height": 900})
    opened.wait_for_function(f"(wide) => {plot} < wide", arg=wide)
    opened.wait_for_timeout(1000)  # a chart speaks half a second after a change
    assert opened.evaluate(values) == was
    assert opened.evaluate("said") == []
