"""The chart of searches: its rows are the searches' own trials, its words their winners."""

from __future__ import annotations

import pytest

from d2l_utils.searches import explore_trials, found_by, read_joint, winner
from d2l_utils.searches.trials_chart import METHODS, SEARCHES, UNITS, _rows


@pytest.mark.parametrize("method", METHODS)
def test_words_say_the_winner_when_all_is_spent(method: str) -> None:
    table = read_joint()
    for seed in SEARCHES:
        found = winner(METHODS[method](table, seed))
        i, j, k, e = found.setting
        said = found_by(table, method, seed, UNITS)
        shape = f"{table.depths[k]} × {table.widths[j]}, {table.epochs[e]} epochs: "
        assert said.startswith(f"rate {table.rates[i]:g}, {shape}")
        assert f"validation {found.score / 25:.1f} %" in said


def test_rows_cost_what_searches_may_spend() -> None:
    rows = _rows(read_joint())
    assert {(row["m"], row["s"]) for row in rows} == {
        (m, seed) for m in range(len(METHODS)) for seed in SEARCHES
    }
    assert max(row["u"] for row in rows) == UNITS
    assert {row["u"] for row in rows if row["m"] == 0} == set(range(1, UNITS + 1))


def test_a_method_that_is_not_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="method: expected one of random"):
        found_by(read_joint(), "guessing", 1, 3)


def test_chart_is_the_same_every_time() -> None:
    assert explore_trials(read_joint()).to_dict() == explore_trials(read_joint()).to_dict()
