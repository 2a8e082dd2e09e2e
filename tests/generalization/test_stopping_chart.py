"""The chart of stopping: its rows are the rules' own results."""

from __future__ import annotations

import pytest

from d2l_utils.generalization import StoppingRule, explore_stopping, read_noisy_runs, rule_in_words
from d2l_utils.generalization.stopping_chart import DELTAS, PATIENCES, RUNS, rule_rows


def test_words_are_what_the_rule_does() -> None:
    runs = read_noisy_runs()
    i, j = RUNS["20 % wrong labels"]
    stop, best = StoppingRule(7, 0.04).apply(runs.validation_loss[i, j])
    error = 100 * runs.test_error[i, j]
    one, two = rule_in_words(runs, "20 % wrong labels", 7, 4)
    assert one == f"stops after {stop}, restores epoch {best}"
    assert two == f"test error {error[best - 1]:.1f} %, of the last {error[stop - 1]:.1f} %"
    with pytest.raises(ValueError, match=r"run: expected one of all labels right, .*, got 'x'"):
        rule_in_words(runs, "x", 7, 4)


def test_rows_are_what_each_rule_does() -> None:
    runs = read_noisy_runs()
    rows = {(row["r"], row["d"], row["p"]): row for row in rule_rows(runs)}
    assert len(rows) == len(RUNS) * len(DELTAS) * len(PATIENCES)
    i, j = RUNS["40 % wrong labels"]
    stop, best = StoppingRule(12, 0.05).apply(runs.validation_loss[i, j])
    row = rows[2, 5, 12]
    assert (row["stop"], row["best"]) == (stop, best)
    assert row["low"] == round(float(runs.validation_loss[i, j, best - 1]), 3)
    assert row["e"] == round(float(100 * runs.test_error[i, j, best - 1]), 3)
    assert row["f"] == round(float(100 * runs.test_error[i, j, stop - 1]), 3)


def test_chart_is_the_same_every_time() -> None:
    runs = read_noisy_runs()
    assert explore_stopping(runs).to_dict() == explore_stopping(runs).to_dict()
