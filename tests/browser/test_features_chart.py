"""The chart of double descent in the built page: its slider moved, its words Python's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from d2l_utils.generalization import feature_errors
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/generalization-deep/complexity.html"


def said(page: Page) -> list[str]:
    """Where the chart says that the error is least."""
    return [mark["text"] for mark in marks(page, ".mark-text") if "least" in mark["text"]]


def least(noise: float) -> str:
    errors = feature_errors(noise)
    p = min(errors, key=errors.__getitem__)
    return f"least error {errors[p]:.2f} at p = {p}"


def test_the_least_error_is_pythons(chart: Visit) -> None:
    for noise in (0.2, 0, 0.7, 1):
        choose(chart.page, {"noise": noise})
        eventually(lambda: said(chart.page), [least(noise)])
    assert least(0) != least(1)
