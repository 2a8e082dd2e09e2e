"""The chart of switched probabilities: every part has a row for both arms."""

import pytest

from d2l_utils.dropout import explore_switch
from d2l_utils.dropout.switch_chart import ARMS, PARTS


def test_chart_is_the_same_every_time() -> None:
    assert explore_switch(1, 2, 3, 4).to_dict() == explore_switch(1, 2, 3, 4).to_dict()


def test_every_part_has_a_row_for_both_arms() -> None:
    rows = next(iter(explore_switch(1, 2, 3, 4).to_dict()["datasets"].values()))
    assert {(row["part"], row["arm"]) for row in rows} == {(p, a) for p in PARTS for a in ARMS}
    assert len(rows) == len(PARTS) * len(ARMS)
    assert all([row[k] for k in ("base", "A", "B", "X")] == [1, 2, 3, 4] for row in rows)


def test_negative_contributions_are_refused() -> None:
    with pytest.raises(ValueError, match="B: expected a finite number of at least 0"):
        explore_switch(1, 2, -3, 4)
