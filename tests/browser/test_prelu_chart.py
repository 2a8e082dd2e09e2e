"""The chart of pReLU in the built page: its slider moved, each slope compared with Python's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/mlp/prelu.html"


def in_words(alpha: float) -> set[str]:
    """What the chart says of each slope at 0."""
    slopes = {"0": 0.0, "alpha": alpha, "(1 + alpha)/2": (1 + alpha) / 2}
    slopes |= {"1": 1.0, "1 + alpha": 1 + alpha}
    low, high = sorted((alpha, 1.0))
    return {
        (rule if rule in ("0", "1") else f"{rule} = {slope:g}".replace("-", "\u2212"))
        + (": between" if low <= slope <= high else ": outside")
        for rule, slope in slopes.items()
    }


def said(page: Page) -> set[str]:
    """The texts inside the chart."""
    return {mark["text"] for mark in marks(page, ".mark-text")}


def test_slopes_are_pythons(chart: Visit) -> None:
    for alpha in (-1.0, -0.5, 0.25, 1.0, 2.0):
        choose(chart.page, {"alpha": alpha})
        eventually(lambda: said(chart.page), in_words(alpha))
        assert in_words(alpha) != in_words(alpha + 0.25)
