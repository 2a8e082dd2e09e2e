"""The chart of noisy labels: its words are the runs' means."""

from __future__ import annotations

import pytest
import torch

from d2l_utils.generalization import (
    StoppingRule,
    explore_noise,
    read_noisy_runs,
    stop_epochs,
    stopped,
    train_noisy_runs,
)
from d2l_utils.generalization.noise_chart import words_at

RULE = StoppingRule(20)


def test_epochs_and_curves_are_those_of_each_run() -> None:
    runs = read_noisy_runs()
    ends, best = stop_epochs(runs, RULE)
    errors = stopped(runs, runs.test_error, RULE)
    for i, j in ((0, 3), (2, 0), (4, 7)):
        stop = RULE.apply(runs.validation_loss[i, j])
        assert (ends[i, j], best[i, j]) == (stop.stop, stop.best)
        assert errors[i, j] == runs.test_error[i, j, stop.best - 1]
    with pytest.raises(ValueError, match=r"curve: expected shape \(5, 8, 150\), got \(5, 8\)"):
        stopped(runs, runs.test_error[..., 0], RULE)


def test_words_are_means_over_the_runs() -> None:
    runs = read_noisy_runs()
    one, two = words_at(runs, RULE)[40]
    bests = [RULE.apply(curve).best for curve in runs.validation_loss[4]]
    errors = [runs.test_error[4, j, best - 1] for j, best in enumerate(bests)]
    assert one == f"ticks: epochs restored, mean {sum(bests) / 8:.0f}"
    early, late = torch.stack(errors).mean(), runs.test_error[4, :, -1].mean()
    assert two == f"test error {100 * early:.1f} %, at the end {100 * late:.1f} %"
    assert max(len(line) for lines in words_at(runs, RULE).values() for line in lines) <= 42


def test_chart_is_the_same_every_time_and_wants_a_slider_of_rates() -> None:
    runs = read_noisy_runs()
    assert explore_noise(runs, RULE).to_dict() == explore_noise(runs, RULE).to_dict()
    few, _ = train_noisy_runs([0.3], [0], 1)
    with pytest.raises(ValueError, match=r"runs: expected rates 0, 0.1, .*, got \[0.3\]"):
        explore_noise(few, RULE)
