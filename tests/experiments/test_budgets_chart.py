from itertools import product

import pytest

from d2l_utils.experiments import explore_budgets
from d2l_utils.experiments.budgets_chart import _datum


def rows() -> list[dict[str, object]]:
    return [
        {"schedule": schedule, "rate": rate, "epochs": epochs, "accuracies": [70.0, 71.0]}
        for schedule, rate, epochs in product(("falling", "constant"), (0.1, 0.2), (1, 2, 4))
    ]


def test_chart_is_the_same_every_time() -> None:
    assert explore_budgets(rows()).to_dict() == explore_budgets(rows()).to_dict()


def test_cell_knows_its_place_its_runs_and_their_mean() -> None:
    row = {"schedule": "falling", "rate": 0.2, "epochs": 4, "accuracies": [70.0, 71.004]}
    assert _datum(row, [0.1, 0.2], [1, 2, 4]) == {
        "schedule": "falling",
        "rate": 0.2,
        "epochs": 4,
        "i": 2,
        "k": 3,
        "runs": [70.0, 71.0],
        "mean": 70.5,
    }


def test_rows_must_be_whole_and_all_pairs_there() -> None:
    with pytest.raises(ValueError, match="rows: expected at least one, got none"):
        explore_budgets([])
    with pytest.raises(ValueError, match=r"rows\[1\]: expected schedule, .*, got rate"):
        explore_budgets([rows()[0], {"rate": 2}])
    with pytest.raises(ValueError, match="rows: expected 12, one per pair and schedule, got 11"):
        explore_budgets(rows()[:-1])
    with pytest.raises(ValueError, match="rows: expected 12, one per pair and schedule, got 13"):
        explore_budgets([*rows(), rows()[0]])
