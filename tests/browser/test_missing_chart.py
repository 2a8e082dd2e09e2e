"""The chart of filling in, in the built page: share and way moved, its words Python's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from d2l_utils.houses import filled_points
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/kaggle-house-price/missing-values.html"
PARTS = {"slope": "slope", "correlation": "correlation", "variance of x": "variance"}


def said(page: Page) -> list[str]:
    """The three lines above the plot, in Python's spelling."""
    return [mark["text"].replace("\u2212", "-") for mark in marks(page, ".mark-text")]


def words(share: float, way: str) -> list[str]:
    here, law = filled_points(share, way)
    return [
        f"{word} {getattr(here, part):.2f}, law {getattr(law, part):.2f}"
        for word, part in PARTS.items()
    ]


def in_the_middle(page: Page) -> int:
    """How many points were filled in."""
    points = marks(page, ".mark-symbol")
    return sum(point.get("kind") == "filled in" for point in points)


def test_slope_correlation_and_points_are_pythons(chart: Visit) -> None:
    for share, way in ((0.4, "the largest y"), (0.25, "by chance"), (0.6, "the largest x")):
        choose(chart.page, {"missing are": way, "share missing": share})
        eventually(lambda: said(chart.page), words(share, way))
        eventually(lambda: in_the_middle(chart.page), round(240 * share))
    assert words(0.6, "the largest x") != words(0.6, "the largest y")
