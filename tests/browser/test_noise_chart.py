"""The chart of noisy labels in the built page: the slider moved, words and ticks Python's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from d2l_utils.generalization import StoppingRule, read_noisy_runs, stop_epochs
from d2l_utils.generalization.noise_chart import words_at
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/generalization-deep/label-noise.html"
RULE = StoppingRule(20)


def ticks(page: Page) -> list[int]:
    """The epochs that the ticks tell a screen reader."""
    return sorted(int(mark["epochs (logarithmic scale)"]) for mark in marks(page, ".mark-rect"))


def lines(page: Page) -> set[str]:
    return {mark["what"] for mark in marks(page, ".mark-line")}


def test_words_ticks_and_lines_follow_the_slider(chart: Visit) -> None:
    runs = read_noisy_runs()
    said = words_at(runs, RULE)
    restored = stop_epochs(runs, RULE)[1]
    for noise in (40, 0, 10):
        choose(chart.page, {"wrong labels in %": noise})
        eventually(lambda: [m["text"] for m in marks(chart.page, ".mark-text")], [*said[noise]])
        assert ticks(chart.page) == sorted(restored[noise // 10].tolist())
        fitted = {"wrong labels fitted"} if noise else set()
        assert lines(chart.page) == {"right labels fitted", "test error"} | fitted
