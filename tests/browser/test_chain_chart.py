"""The chart of a chain of sigmoids in the built page, compared with products in Python."""

from __future__ import annotations

from fractions import Fraction
from math import exp, log10
from typing import TYPE_CHECKING

import pytest

from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/mlp/vanishing-gradients.html"
WEIGHT, INPUT = "weight of each layer", "input of each sigmoid"


def factor(weight: float, z: float) -> float:
    """By what a layer multiplies the gradient."""
    return weight * exp(-z) / (1 + exp(-z)) ** 2


def first_below(each: float) -> int:
    """The number of layers from which on the product is below 2^-149, by multiplying."""
    product, layers = Fraction(1), 0
    while product >= Fraction(1, 2**149):
        product, layers = product * Fraction(each), layers + 1
    return layers


def said(page: Page) -> list[str]:
    """The texts inside the chart."""
    return [mark["text"] for mark in marks(page, ".mark-text")]


def drawn(page: Page) -> dict[int, float]:
    """The powers of ten at which the marks stand, by the number of layers."""
    found = [mark for mark in marks(page, ".mark-symbol") if "layers" in mark]
    return {
        int(mark["layers"]): float(
            next(mark[key] for key in mark if "power" in key).replace("−", "-")
        )
        for mark in found
    }


def test_line_and_words_are_pythons(chart: Visit) -> None:
    for weight, z in ((1, 0), (2, 0), (0.5, -6), (4, 0), (8, 0), (8, 4), (3.5, 0), (7, -1.5)):
        choose(chart.page, {WEIGHT: weight, INPUT: z})
        each = factor(weight, z)
        if each < 1:
            end = f"below float32’s smallest number from layer {first_below(each):,}"
        else:
            end = "grows without bound" if each > 1 else "stays as it is"
        eventually(lambda: said(chart.page), [f"factor per layer: {each:.4f}", end])
        powers = {layers: layers * log10(each) for layers in range(5, 81, 5)}
        assert drawn(chart.page) == pytest.approx(powers, rel=1e-9, abs=1e-9)


def test_a_quarter_is_below_the_smallest_number_from_75_layers_on() -> None:
    assert first_below(0.25) == 75
    assert first_below(0.5) == 150
