"""The chart of one hidden unit in the built page: what it counts is what the network counted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/mlp-implementation/single-neuron.html"
CAPTION = "2,500 validation pictures, and what one unit makes of them"


def counted(page: Page) -> dict[float, tuple[int, int, int]]:
    """The page's table, which Python filled from the network itself: bias -> its three counts."""
    rows = page.locator("table", has_text=CAPTION).locator("tbody tr").all()
    cells = [[cell.text_content() or "" for cell in row.locator("th, td").all()] for row in rows]
    return {
        float(shift): (int(off.replace(",", "")), int(classes), int(right.replace(",", "")))
        for shift, off, classes, right in cells
    }


def said(page: Page) -> tuple[int, ...]:
    """The numbers in the chart's words: at 0, of how many, 0, classes, right."""
    texts = [mark["text"] for mark in marks(page, ".mark-text")]
    words = " ".join(text for text in texts if re.search(r"examples at 0|chosen", text))
    return tuple(int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*\d|\d", words))


def bars(page: Page) -> dict[float, int]:
    """Left end of each bar -> examples."""
    found = [mark for mark in marks(page, ".mark-rect") if "examples (bars)" in mark]
    return {
        float(mark["output h of the unit"].replace("\u2212", "-")): int(
            mark["examples (bars)"].replace(",", "")
        )
        for mark in found
    }


def test_words_and_bars_count_what_the_network_counted(chart: Visit) -> None:
    table = counted(chart.page)
    assert len(table) == 7
    for shift, (off, classes, right) in table.items():
        choose(chart.page, {"bias moved by": f"{shift:g}"})
        eventually(lambda: said(chart.page), (off, 2500, 0, classes, right))
        drawn = bars(chart.page)
        assert drawn.get(-0.5, 0) == off
        assert shift > 0 or sum(drawn.values()) == 2500  # to the right the axis ends


def test_every_stretch_bears_its_class(chart: Visit) -> None:
    texts = [mark["text"] for mark in marks(chart.page, ".mark-text")]
    classes = [text for text in texts if not re.search(r"\d", text)]
    assert len(classes) == len(set(classes))
    assert len(classes) > 5
