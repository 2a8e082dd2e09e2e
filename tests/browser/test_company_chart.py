"""The chart of one example's company in the built page, compared with the statistics module."""

from __future__ import annotations

from statistics import fmean, pstdev
from typing import TYPE_CHECKING

import pytest

from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/mlp/minibatch-nonlinearity.html"
SLIDER, MENU = "input of the fourth example", "statistics"
OWN, KEPT = "of this batch", "kept: mean 0, deviation 1"


def standard(fourth: float, choice: str) -> tuple[float, float]:
    """Mean and standard deviation that the choice takes."""
    batch = [-1.0, 0.0, 1.0, fourth]
    return (fmean(batch), pstdev(batch)) if choice == OWN else (0.0, 1.0)


def in_words(fourth: float, choice: str) -> list[str]:
    mean, deviation = standard(fourth, choice)
    lines = [f"mean {mean:.3f}, deviation {deviation:.3f}"]
    lines.append(f"input 1 gives {(1 - mean) / deviation:.3f}")
    return [line.replace("-", "\u2212") for line in lines]


def number(text: str) -> float:
    return float(text.replace("\u2212", "-"))


def drawn(page: Page) -> dict[float, float]:
    """Input -> output, as the marks tell a screen reader."""
    return {
        number(mark["input"]): number(mark["output"])
        for mark in marks(page, ".mark-symbol")
        if "input" in mark
    }


def test_points_and_words_are_pythons(chart: Visit) -> None:
    for fourth, choice in ((-6, OWN), (0.5, OWN), (4, OWN), (6, OWN), (4, KEPT), (-2, KEPT)):
        choose(chart.page, {SLIDER: fourth, MENU: choice})
        eventually(
            lambda: [mark["text"] for mark in marks(chart.page, ".mark-text")],
            in_words(fourth, choice),
        )
        mean, deviation = standard(fourth, choice)
        expected = {x: (x - mean) / deviation for x in (-1.0, 0.0, 1.0, float(fourth))}
        # a mark outside of the axes is clipped, but told
        assert drawn(chart.page) == pytest.approx(expected, abs=1e-4)


def test_company_changes_what_is_said() -> None:
    assert in_words(0.5, OWN) != in_words(4, OWN)
    assert in_words(0.5, KEPT) == in_words(4, KEPT)
