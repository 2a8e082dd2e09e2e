"""The chart of linear collapse in the built page: slider moved, points compared with Python's."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import pytest

from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/mlp/linear-collapse.html"
SETTINGS = (0.0, 0.4, 0.8, 1.2, 1.4)


def in_words(second: float) -> list[str]:
    """What the chart says of this second singular value."""
    return [f"rank {1 + (second > 0)}, lost by one hidden unit: {second**2 / 2:.3f}"]


def images(second: float) -> list[tuple[float, float]]:
    """Where the grid's 25 points go."""
    u, v = math.radians(30), math.radians(15)
    found = []
    for a, b in itertools.product((-1, -0.5, 0, 0.5, 1), repeat=2):
        s = 1.5 * (a * math.cos(u) + b * math.sin(u))
        t = second * (b * math.cos(u) - a * math.sin(u))
        found.append((s * math.cos(v) - t * math.sin(v), s * math.sin(v) + t * math.cos(v)))
    return found


def number(text: str) -> float:
    return float(text.replace("\u2212", "-"))


def drawn(page: Page) -> list[tuple[float, float]]:
    """What the circles tell a screen reader."""
    return [
        (number(mark["first output"]), number(mark["second output"]))
        for mark in marks(page, ".mark-symbol")
        if "first output" in mark
    ]


def same(found: list[tuple[float, float]], second: float) -> bool:
    expected = images(second)
    return len(found) == 25 and all(
        pair == pytest.approx(other, abs=1e-4) for pair, other in zip(found, expected, strict=True)
    )


def test_points_and_words_are_pythons(chart: Visit) -> None:
    for second in SETTINGS:
        choose(chart.page, {"second singular value": second})
        eventually(
            lambda: [mark["text"] for mark in marks(chart.page, ".mark-text")], in_words(second)
        )
        assert same(drawn(chart.page), second)
        assert not same(drawn(chart.page), second + 0.1)
