"""The chart of products in the built page: its slider moved, its words compared with Python's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from d2l_utils.initialization import condition_numbers
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/numerical-stability-and-init/products.html"


def said(page: Page) -> list[str]:
    """The condition numbers inside the chart, from the upper panel to the lower."""
    return [mark["text"] for mark in marks(page, ".mark-text") if "condition" in mark["text"]]


def test_condition_numbers_are_pythons(chart: Visit) -> None:
    pair = condition_numbers()
    for depth in (0, 1, 5, 8):
        choose(chart.page, {"depth": depth})
        expected = [f"condition number {numbers[depth]:.1f}" for numbers in pair]
        eventually(lambda: said(chart.page), expected)
    assert len({f"{number:.1f}" for number in pair[0]}) > 5
