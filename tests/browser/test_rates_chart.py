"""The chart of activations in the built page: menus moved, points and words compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from d2l_utils.experiments import Setting, read_sweep
from d2l_utils.experiments.rates_chart import _Y, MEAN
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from d2l_utils.experiments.sweeps import Function
    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/mlp-implementation/activations.html"
RATES = (0.1, 0.3, 1.0, 3.0, 10.0)
PAIRS: list[tuple[Function, Function]] = [("sigmoid", "tanh"), ("relu", "GELU")]


def accuracy(name: Function, run: str, lr: float) -> float:
    setting = Setting((64,), lr, 30, decay=True, scale="torch", activation=name)
    hits = read_sweep("activations")[setting].validation
    chosen = hits if run == MEAN else hits[int(run) : int(run) + 1]
    return sum(chosen) / len(chosen) / 25


def in_words(sign: str, name: Function, run: str) -> str:
    best = max(RATES, key=lambda lr: round(accuracy(name, run, lr), 6))
    return f"{sign} {name}: best at rate {best:g}, {accuracy(name, run, best):.2f} %"


def drawn(page: Page) -> list[tuple[float, float]]:
    """What circles and squares tell a screen reader."""
    return sorted(
        (float(mark["learning rate (logarithmic scale)"]), float(mark[_Y]))
        for mark in marks(page, ".mark-symbol")
    )


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_points_and_words_are_the_grids(chart: Visit, first: Function, second: Function) -> None:
    for run in ("3", MEAN):
        choose(chart.page, {"first": first, "second": second, "run": run})
        eventually(
            lambda: [mark["text"] for mark in marks(chart.page, ".mark-text")],
            [in_words("●", first, run), in_words("■", second, run)],
        )
        expected = sorted((lr, accuracy(name, run, lr)) for name in (first, second) for lr in RATES)
        for point, right in zip(drawn(chart.page), expected, strict=True):
            assert point == pytest.approx(right, abs=1e-6)
