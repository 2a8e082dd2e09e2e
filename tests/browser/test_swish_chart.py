"""The chart of Swish in the built page: its slider moved, each number compared with Python's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mpmath

from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/mlp/swish.html"
W = float(mpmath.lambertw(mpmath.exp(-1)).real)
V = float(mpmath.findroot(lambda v: v - mpmath.coth(v), 1.2))


def in_words(beta: float) -> set[str]:
    """What the chart says of its marked points."""
    points = {
        "minimum of f": (-W / beta, "", (-1 - W) / beta),
        "largest slope": ((1 + V) / 2, "", 2 * V / beta),
        "largest ∂f/∂β": ((V**2 - 1) / beta**2, "±", 2 * V / beta),
    }
    texts = {f"{what}: {y:.3f} at x = {sign}{x:.3f}" for what, (y, sign, x) in points.items()}
    return {text.replace("-", "\u2212") for text in texts}


def said(page: Page) -> set[str]:
    """The texts inside the chart."""
    return {mark["text"] for mark in marks(page, ".mark-text")}


def test_marked_points_are_pythons(chart: Visit) -> None:
    for beta in (0.5, 1.0, 1.75, 4.0):
        choose(chart.page, {"beta": beta})
        eventually(lambda: said(chart.page), in_words(beta))
        assert in_words(beta) != in_words(beta + 0.25)
