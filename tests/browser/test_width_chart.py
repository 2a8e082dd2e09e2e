"""The chart of widths in the built page: menus moved, points and words compared with the grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from d2l_utils.experiments import Setting, read_sweep
from d2l_utils.experiments.width_chart import MEAN
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/mlp-implementation/width.html"
WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 1024)
RATES = (0.1, 0.3, 1.0, 3.0)
LINEAR_RATES = (10.0, 30.0)  # tried for the linear model besides
BUDGETS: dict[str, tuple[int, tuple[float, ...], bool]] = {
    "D2L's rate, 10 epochs": (10, (0.1,), False),
    "rate tuned, 10 epochs": (10, RATES, True),
    "rate tuned, 60 epochs": (60, RATES, True),
}


def hits(budget: str, width: int) -> tuple[int, ...]:
    """Hits of each run on the validation images, at the rate with the most of them."""
    epochs, rates, decay = BUDGETS[budget]
    hidden = (width,) if width else ()
    rates = (*rates, *LINEAR_RATES) if decay and not width else rates
    sweep = read_sweep("width")
    tried = [sweep[Setting(hidden, lr, epochs, decay)].validation for lr in rates]
    return max(tried, key=sum)


def accuracy(budget: str, run: str, width: int) -> float:
    found = hits(budget, width)
    chosen = found if run == MEAN else found[int(run) : int(run) + 1]
    return sum(chosen) / len(chosen) / 25


def in_words(budget: str, run: str) -> list[str]:
    """What the chart says; the first of equals is the best."""
    best = max(WIDTHS, key=lambda width: round(accuracy(budget, run, width), 6))
    linear = accuracy(budget, run, 0)
    value = accuracy(budget, run, best)
    return [f"best: {best} units {value:.2f} %, linear {linear:.2f} %"]


def drawn(page: Page) -> dict[int, float]:
    """What the circles tell a screen reader."""
    return {
        int(mark["hidden units (logarithmic scale)"].replace(",", "")): float(
            mark["validation accuracy in %"]
        )
        for mark in marks(page, ".mark-symbol")
    }


@pytest.mark.parametrize("budget", BUDGETS)
def test_points_and_words_are_the_grids(chart: Visit, budget: str) -> None:
    for run in ("0", "3", MEAN):
        choose(chart.page, {"budget": budget, "run": run})
        eventually(
            lambda: [mark["text"] for mark in marks(chart.page, ".mark-text")],
            in_words(budget, run),
        )
        expected = {width: accuracy(budget, run, width) for width in WIDTHS}
        assert drawn(chart.page) == pytest.approx(expected, abs=1e-6)
