"""The roofline in the built page: its sliders moved, its words and marks compared with Python's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from d2l_utils import costs
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/mlp-implementation/alignment.html"


def said(page: Page) -> list[str]:
    """The words inside the chart."""
    return [mark["text"] for mark in marks(page, ".mark-text") if " of " in mark["text"]]


def test_what_bounds_the_products_is_pythons(chart: Visit) -> None:
    for peak, bandwidth in ((100, 20), (2000, 5), (20, 500)):
        choose(chart.page, {"peak in GFLOP/s": peak, "bandwidth in GB/s": bandwidth})
        rows = costs.roofline(peak, bandwidth)
        bound = sum(row.bound == "memory" for row in rows)
        least = f"{rows[0].speed / peak:.0%}"
        expected = [
            f"memory bounds {bound} of {len(rows)} batch sizes",
            f"one example reaches {least} of the peak",
        ]
        eventually(lambda: said(chart.page), expected)
