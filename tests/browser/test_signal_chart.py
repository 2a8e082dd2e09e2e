"""The chart of starts in the built page: sliders moved, sizes compared with a recursion."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from d2l_utils.data import fashion_mnist
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/mlp-implementation/depth.html"
SIZE = "size of its outputs (logarithmic scale)"


def sizes(units: int, sigma: float) -> dict[tuple[str, str], float]:
    """Start and layer -> the root of the expected mean square, layer by layer."""
    square = fashion_mnist(2).train.X.square().mean().item()
    found = {}
    for start in ("your sigma", "torch", "He"):
        now, fan_in = square, 196
        for layer in range(1, 9):
            variance, bias = {
                "your sigma": (sigma**2, 0.0),
                "torch": (1 / (3 * fan_in), 1 / (3 * fan_in)),
                "He": (2 / fan_in, 0.0),
            }[start]
            now, fan_in = (fan_in * variance * now + bias) / 2, units
            found[start, str(layer)] = math.sqrt(now)
    return found


def drawn(page: Page) -> dict[tuple[str, str], float]:
    """What the points tell a screen reader."""
    return {
        (mark["start"], mark["hidden layer"]): float(mark[SIZE].replace("\u2212", "-"))
        for mark in marks(page, ".mark-symbol")
        if SIZE in mark
    }


def test_sizes_are_those_of_the_recursion(chart: Visit) -> None:
    for units, sigma in ((64, 0.01), (256, 0.4), (16, 0.35)):
        choose(chart.page, {"units per layer": units, "sigma": sigma})
        factor = math.sqrt(units / 2) * sigma
        says = f"factor {factor:.3f} per layer, 1 at sigma {math.sqrt(2 / units):.3f}"
        eventually(lambda: [mark["text"] for mark in marks(chart.page, ".mark-text")], [says])
        assert drawn(chart.page) == pytest.approx(sizes(units, sigma), rel=1e-4)
        assert drawn(chart.page) != pytest.approx(sizes(units, sigma + 0.01), rel=1e-4)
