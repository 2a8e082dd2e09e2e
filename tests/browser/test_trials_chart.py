"""The chart of searches in the built page: menus and slider moved, words and dots Python's."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from d2l_utils.searches import found_by, read_joint
from d2l_utils.searches.trials_chart import METHODS, _timed, lines_of
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/mlp-implementation/joint-search.html"
SETTINGS = (("one at a time", 1, 8), ("successive halving", 2, 5), ("TPE, 5 random first", 3, 12))


def in_words(method: str, number: int, units: int) -> list[str]:
    return lines_of(found_by(read_joint(), method, number, units))


def tried(method: str, number: int, units: int) -> Counter[tuple[str, str, str]]:
    """Rate, shape and epochs of each trial that is paid for."""
    table = read_joint()
    return Counter(
        (
            f"{table.rates[trial.place[0]]:g}",
            f"{table.depths[trial.place[2]]} × {table.widths[trial.place[1]]}",
            str(table.epochs[trial.stage]),
        )
        for unit, trial in _timed(table, method, number)
        if unit <= units
    )


def dots(page: Page) -> Counter[tuple[str, str, str]]:
    """What the circles tell a screen reader."""
    return Counter(
        (mark["learning rate"], mark["layers × width"], mark["epochs"])
        for mark in marks(page, ".mark-symbol")
        if "epochs" in mark
    )


def said(page: Page) -> list[str]:
    return [mark["text"] for mark in marks(page, ".mark-text")]


def test_words_and_dots_are_pythons(chart: Visit) -> None:
    for method, number, units in SETTINGS:
        assert method in METHODS
        choose(
            chart.page,
            {"method": method, "search": number, "full trainings spent": units},
        )
        eventually(lambda: said(chart.page), in_words(method, number, units))
        assert dots(chart.page) == tried(method, number, units)
        assert dots(chart.page) != tried(method, number, units - 1)
