"""The chart of stopping: its rows are the rules' own results."""

from __future__ import annotations

import pytest

from d2l_utils.generalization import StoppingRule, explore_stopping, read_noisy_runs, rule_in_words
from d2l_utils.generalization.stopping_chart import DELTAS, PATIENCES, RUNS, _rows


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


def test_rows_cover_every_setting_once() -> None:
    rows = _rows(read_noisy_runs())
    for run in RUNS:
        for delta in DELTAS:
            mine = [row for row in rows if (row["run"], row["delta"]) == (run, delta)]
            covered = [p for row in mine for p in range(row["first"], row["last"] + 1)]
            assert covered == list(PATIENCES)
    assert max(len(row[line]) for row in rows for line in ("one", "two")) <= 40


def test_chart_is_the_same_every_time() -> None:
    runs = read_noisy_runs()
    assert explore_stopping(runs).to_dict() == explore_stopping(runs).to_dict()
