"""The chart of two units in the built page: its slider moved, its words against Python's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from d2l_utils.dropout import unit_correlations
from d2l_utils.dropout.pairs_chart import said
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/dropout/dropconnect.html"


def words(page: Page) -> list[str]:
    """The correlations inside the chart, from the upper panel to the lower."""
    return [mark["text"] for mark in marks(page, ".mark-text") if "correlation" in mark["text"]]


def test_correlations_are_pythons(chart: Visit) -> None:
    for similarity in (-1, -0.25, 0.5, 1):
        choose(chart.page, {"similarity": similarity})
        expected = [said(each) for each in unit_correlations(similarity)]
        eventually(lambda: words(chart.page), expected)
