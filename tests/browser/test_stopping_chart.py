"""The chart of stopping in the built page: sliders and menu moved, words and marks Python's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from d2l_utils.generalization import StoppingRule, read_noisy_runs, rule_in_words
from d2l_utils.generalization.stopping_chart import RUNS
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/generalization-deep/stopping-criterion.html"
SETTINGS = (("20 % wrong labels", 1, 0), ("40 % wrong labels", 12, 5), ("all labels right", 40, 10))


def test_words_and_marks_follow_the_controls(chart: Visit) -> None:
    runs = read_noisy_runs()
    for run, patience, delta in SETTINGS:
        choose(chart.page, {"run": run, "patience": patience, "min_delta in 1/100": delta})
        said = list(rule_in_words(runs, run, patience, delta))
        eventually(lambda: [mark["text"] for mark in marks(chart.page, ".mark-text")], said)
        stop, best = StoppingRule(patience, delta / 100).apply(runs.validation_loss[RUNS[run]])
        (dot,) = marks(chart.page, ".mark-symbol")
        (rule,) = marks(chart.page, ".mark-rule")
        assert [int(mark["epoch"]) for mark in (rule, dot)] == [stop, best]
