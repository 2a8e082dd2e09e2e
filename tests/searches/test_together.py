"""Two processes over one study, and what a process that fails does."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from d2l_utils.searches import read_joint, search_together, train


def test_two_processes_share_one_study(tmp_path: Path) -> None:
    found = search_together(tmp_path / "study.log", [1, 2], 5)
    assert Counter(trial.seed for trial in found) == {1: 5, 2: 5}
    table = read_joint()
    for trial in found:
        assert trial.score == train(table, trial.place, 0, len(table.epochs) - 1).score
    mine = {seed: {trial.place for trial in found if trial.seed == seed} for seed in (1, 2)}
    assert mine[1] != mine[2]


def test_no_process_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="seeds: expected at least one, got none"):
        search_together(tmp_path / "study.log", [], 5)


def test_a_process_that_fails_is_reported(tmp_path: Path) -> None:
    (tmp_path / "study.log").mkdir()
    with pytest.raises((RuntimeError, OSError)):
        search_together(tmp_path / "study.log", [1], 1)
