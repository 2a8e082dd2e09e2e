"""The chart of a step limit in the built page: rate and column moved, its words Python's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from d2l_utils.houses import rate_outcome
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/kaggle-house-price/standardisation.html"


def said(page: Page) -> list[str]:
    """The two lines above the plot, in Python's spelling."""
    return [mark["text"].replace("\u2212", "-") for mark in marks(page, ".mark-text")]


def words(scale: int, share: float) -> list[str]:
    found = rate_outcome(scale, share)
    mantissa, exponent = f"{found.loss:.1e}".split("e")
    return [
        f"limit {found.limit:.4f}, rate {found.lr:.4f}",
        f"loss after 20 steps: {mantissa}e{int(exponent):+d} of the first",
    ]


def test_limit_rate_and_loss_are_pythons(chart: Visit) -> None:
    for scale, share in ((1, 0.55), (3, 0.9), (10, 0.45), (10, 1.05)):
        choose(chart.page, {"second column, deviation": scale, "rate, of its limit": share})
        eventually(lambda: said(chart.page), words(scale, share))
    assert words(10, 0.45) != words(10, 1.05)
