"""The chart of layerwise rates in the built page: sliders moved, sizes compared with Python's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from d2l_utils.initialization import layer_steps
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/numerical-stability-and-init/lars.html"


def said(page: Page) -> list[str]:
    """The sizes in the chart, from the top down, in Python's spelling."""
    texts = [mark["text"].replace("\u2212", "-") for mark in marks(page, ".mark-text")]
    return [f"{float(text):.2e}" for text in texts if "e" in text]


def sizes(first: int, second: int) -> list[str]:
    """Of each layer: weights, gradient, relative steps of SGD and of LARS."""
    return [
        f"{size:.2e}"
        for layer in layer_steps(first, second)
        for size in (layer.weights, layer.gradient, layer.sgd, layer.lars)
    ]


def test_sizes_are_pythons(chart: Visit) -> None:
    for first, second in ((0, 0), (6, 0), (6, -6), (-3, -5)):
        choose(chart.page, {"layer 1": first, "layer 2": second})
        eventually(lambda: said(chart.page), sizes(first, second))
    assert sizes(6, 0) != sizes(0, 0)
    assert sizes(6, 0)[3::4] == sizes(0, 0)[3::4]
