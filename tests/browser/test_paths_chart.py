"""The chart of early stopping in the built page: its slider moved, its factors Python's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from d2l_utils.generalization import path_factors
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/generalization-deep/early-stopping.html"


def said(page: Page) -> list[str]:
    """The factors at the bars, from the top down."""
    return [
        mark["text"] for mark in marks(page, ".mark-text") if mark["text"].startswith(("0", "1"))
    ]


def bars(t: int) -> list[str]:
    """Of the strong direction descent's and ridge's, then of the weak one."""
    return [f"{factor:.3f}" for pair in zip(*path_factors(t), strict=True) for factor in pair]


def test_factors_are_pythons(chart: Visit) -> None:
    for t in (8, 0, 1, 25, 60):
        choose(chart.page, {"steps t": t})
        eventually(lambda: said(chart.page), bars(t))
    assert bars(8) != bars(25)
