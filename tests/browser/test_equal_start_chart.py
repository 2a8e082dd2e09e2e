"""The weights of softmax regression in the built page: each tile compared with Python's table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/numerical-stability-and-init/equal-start.html"
SLIDER = "position, for 0, 1, 5, 20, 100, 500, 3000 steps"
STARTS = ("constant", "random")
ROWS = """() => [...document.querySelectorAll("table.d2l-table tbody tr")]
  .map((row) => [...row.children].map((cell) => cell.textContent.trim()))"""

Weights = dict[tuple[str, str], list[float]]


def shown(page: Page) -> Weights:
    """Start and class -> the numbers on the tiles, by feature."""
    tiles = [mark for mark in marks(page, ".mark-text") if "feature" in mark]
    found: Weights = {}
    for mark in sorted(tiles, key=lambda mark: mark["feature"]):
        place = (mark["start"], mark["class"])
        found.setdefault(place, []).append(float(mark["text"].replace("−", "-")))
    return found


def in_python(rows: list[list[str]], position: int) -> Weights:
    """The same from the table beside the chart."""
    return {
        (start, row[2]): [float(number) for number in numbers.split(", ")]
        for row in rows
        if len(row) == 5 and row[0] == str(position)
        for start, numbers in zip(STARTS, row[3:], strict=True)
    }


def test_each_position_shows_pythons_weights(visit: Callable[..., Visit]) -> None:
    page = visit().open(PAGE)
    rows = page.evaluate(ROWS)
    for position in range(7):
        expected = in_python(rows, position)
        assert len(expected) == 8
        choose(page, {SLIDER: position})
        eventually(lambda: shown(page), expected)
    assert in_python(rows, 0)["constant", "0"] == [0.7, 0.7, 0.7]
    assert in_python(rows, 0) != in_python(rows, 1)
