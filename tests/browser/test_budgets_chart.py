"""The chart of rates and epochs in the built page: controls moved, numbers and words compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from d2l_utils.experiments import Setting, read_sweep
from d2l_utils.experiments.budgets_chart import MEAN
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/mlp-implementation/rate-and-epochs.html"
RATES = [0.0125 * 2**i for i in range(9)]
BUDGETS = [2**k for k in range(7)]
RATE, BUDGET = "rate, counted from the lowest", "budget, counted from the shortest"


def accuracy(schedule: str, run: str, lr: float, epochs: int) -> float:
    setting = Setting((64,), lr, epochs, decay=schedule == "falling")
    hits = read_sweep("rates")[setting].validation
    chosen = hits if run == MEAN else hits[int(run) : int(run) + 1]
    return sum(chosen) / len(chosen) / 25


def in_words(schedule: str, run: str, lr: float, epochs: int) -> list[str]:
    best = max(RATES, key=lambda each: accuracy(schedule, run, each, epochs))
    return [
        f"rate {lr:g}, {epochs} epochs: {accuracy(schedule, run, lr, epochs):.1f} %",
        f"best: rate {best:g}, {epochs} epochs: {accuracy(schedule, run, best, epochs):.1f} %",
        f"dots: rate × epochs = {lr * epochs:g}",
    ]


def words(page: Page) -> list[str]:
    return [mark["text"] for mark in marks(page, ".mark-text") if " " in mark["text"]]


@pytest.mark.parametrize(
    ("schedule", "run", "i", "k"), [("falling", MEAN, 5, 4), ("constant", "3", 6, 6)]
)
def test_words_numbers_and_dots_are_the_grids(
    chart: Visit, schedule: str, run: str, i: int, k: int
) -> None:
    choose(chart.page, {"schedule": schedule, "run": run, RATE: i + 1, BUDGET: k + 1})
    eventually(lambda: words(chart.page), in_words(schedule, run, RATES[i], BUDGETS[k]))
    drawn = {
        (float(mark["learning rate"]), int(mark["epochs"])): float(mark["text"])
        for mark in marks(chart.page, ".mark-text")
        if "epochs" in mark and " " not in mark["text"]
    }
    assert len(drawn) == len(RATES) * len(BUDGETS)
    for (lr, epochs), number in drawn.items():
        assert number == pytest.approx(accuracy(schedule, run, lr, epochs), abs=0.0501)
    dots = {
        (float(d["learning rate"]), int(d["epochs"])) for d in marks(chart.page, ".mark-symbol")
    }
    product = RATES[i] * BUDGETS[k]
    expected = {(lr, e) for lr in RATES for e in BUDGETS if abs(lr * e - product) < 1e-9}
    assert dots == expected
