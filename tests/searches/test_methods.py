"""Searches over a small table that is not trained: what they try, what it costs, what wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest

from d2l_utils.searches import (
    JointTable,
    Trial,
    grid_search,
    halving_search,
    one_at_a_time,
    random_search,
    tpe_search,
    train,
    winner,
)
from tests.searches.tables import small

TABLE = small()
EVERYTHING = 4 * 3 * 2

Search = Callable[[JointTable, int], list[Trial]]
SEARCHES: dict[str, Search] = {
    "random": lambda table, seed: random_search(table, 6, seed),
    "grid": lambda table, seed: grid_search(table, (3, 2, 1), seed),
    "one at a time": lambda table, seed: one_at_a_time(table, 6, seed),
    "halving": lambda table, seed: halving_search(table, 48, seed),
    "tpe": lambda table, seed: tpe_search(table, 6, seed, startup=3),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_same_seed_gives_the_same_search_and_another_another(name: str) -> None:
    search = SEARCHES[name]
    assert search(TABLE, 1) == search(TABLE, 1)
    assert any(search(TABLE, 1) != search(TABLE, seed) for seed in range(2, 12))


@pytest.mark.parametrize("name", SEARCHES)
def test_no_search_spends_more_than_six_full_trainings(name: str) -> None:
    for seed in range(10):
        found = winner(SEARCHES[name](TABLE, seed))
        assert 40 < found.spent <= 48


@pytest.mark.parametrize("name", SEARCHES)
def test_winner_is_the_best_that_its_runs_have_shown(name: str) -> None:
    for seed in range(10):
        trials = SEARCHES[name](TABLE, seed)
        found = winner(trials)
        shown = [
            TABLE.validation[(*trial.place, e, trial.run)].sum().item()
            for trial in trials
            for e in range(trial.stage + 1)
        ]
        assert found.score == max(shown)
        assert found.score == TABLE.validation[(*found.setting, found.run)].sum()


def test_a_trial_costs_only_the_epochs_that_are_new() -> None:
    assert train(TABLE, (0, 0, 0), 0, 3).cost == 8
    assert train(TABLE, (0, 0, 0), 0, 3, since=1).cost == 6
    assert train(TABLE, (0, 0, 0), 0, 0).cost == 1


def test_random_search_tries_nothing_twice_and_reaches_everything() -> None:
    trials = random_search(TABLE, EVERYTHING, 0)
    assert len({trial.place for trial in trials}) == EVERYTHING
    with pytest.raises(ValueError, match="runs: expected at most 24 settings, got 25"):
        random_search(TABLE, EVERYTHING + 1, 0)


def test_grid_is_a_product_of_spread_levels() -> None:
    for seed in range(20):
        places = {trial.place for trial in grid_search(TABLE, (2, 3, 1), seed)}
        rates, widths, depths = (sorted({place[axis] for place in places}) for axis in range(3))
        assert len(places) == 6
        assert rates in ([0, 2], [1, 3])
        assert (widths, len(depths)) == ([0, 1, 2], 1)


@pytest.mark.parametrize("levels", [(5, 1, 1), (1, 1), (0, 1, 1)])
def test_levels_that_the_table_lacks_are_refused(levels: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="levels"):
        grid_search(TABLE, levels, 0)  # type: ignore[arg-type]


def test_one_at_a_time_moves_along_one_axis_and_keeps_the_best() -> None:
    for seed in range(20):
        trials = one_at_a_time(TABLE, 7, seed)
        rates, widths, depths = trials[:4], trials[4:6], trials[6:]
        assert [trial.place[0] for trial in rates] == [0, 1, 2, 3]
        assert len({trial.place[1:] for trial in rates}) == 1
        best = max(rates, key=lambda trial: trial.score)
        assert {trial.place[0] for trial in (*widths, *depths)} == {best.place[0]}
        assert len({trial.place[2] for trial in (*rates, *widths)}) == 1


def test_one_at_a_time_starts_anew_until_nothing_is_left() -> None:
    trials = one_at_a_time(TABLE, EVERYTHING, 3)
    assert len({trial.place for trial in trials}) == len(trials) == EVERYTHING


def test_halving_trains_the_better_half_on() -> None:
    trials = halving_search(TABLE, 40, 5)
    rounds = [[t for t in trials if t.stage == stage] for stage in range(4)]
    assert [len(each) for each in rounds] == [16, 8, 4, 2]
    for earlier, later in pairwise(rounds):
        kept = {(t.place, t.run) for t in later}
        scores = Counter({(t.place, t.run): t.score for t in earlier})
        assert kept <= set(scores)
        worst_kept = min(scores[each] for each in kept)
        assert all(scores[each] <= worst_kept for each in set(scores) - kept)


def test_halving_starts_longer_if_all_settings_are_affordable() -> None:
    trials = halving_search(TABLE, 96, 0)
    assert min(trial.stage for trial in trials) == 1
    assert sum(trial.cost for trial in trials) <= 96


def test_halving_refuses_less_than_one_training() -> None:
    with pytest.raises(ValueError, match="budget: expected at least 8 epochs, got 7"):
        halving_search(TABLE, 7, 0)


def test_tpe_finds_a_hill_that_random_draws_miss() -> None:
    hill = small()
    for i in range(4):
        hill.validation[i] = 5 * i
    found = [winner(tpe_search(hill, 12, seed, startup=4)).setting[0] for seed in range(20)]
    assert sum(rate == 3 for rate in found) >= 18
    late = [trial.place[0] for seed in range(20) for trial in tpe_search(hill, 12, seed, 4)[6:]]
    assert late.count(3) > 0.4 * len(late)  # of four rates
