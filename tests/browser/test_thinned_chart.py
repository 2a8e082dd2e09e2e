"""The chart of thinned networks in the built page: its slider moved, its words against Python's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from d2l_utils.dropout import thinned_means
from d2l_utils.dropout.thinned_chart import said
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/dropout/test-time.html"


def words(page: Page) -> list[str]:
    """The distances inside the chart, from the upper panel to the lower."""
    return [mark["text"] for mark in marks(page, ".mark-text") if "mean off" in mark["text"]]


def test_distances_of_the_means_are_pythons(chart: Visit) -> None:
    for tenths in (1, 5, 9):
        choose(chart.page, {"p": tenths / 10})
        expected = [
            said(gap, name)
            for means in thinned_means(tenths / 10)
            for gap, name in zip(means.gaps(), ("arithmetic", "geometric"), strict=True)
        ]
        eventually(lambda: words(chart.page), expected)
    assert len(set(expected)) == 4
