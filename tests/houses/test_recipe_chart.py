from __future__ import annotations

from typing import Any

import pytest

from d2l_utils.houses import explore_recipe

ROWS = [{"epochs": k, "zero": 12.0 / (k + 1), "mean": 0.4 / (k + 1)} for k in (0, 5, 10)]


def test_chart_is_the_same_every_time_and_holds_all_scores() -> None:
    chart: Any = explore_recipe(ROWS, 0.4).to_dict()
    assert chart == explore_recipe(ROWS, 0.4).to_dict()
    assert len(chart["data"]["values"]) == 9
    shown = {each["score"] for each in chart["data"]["values"] if each["epochs"] == 5}
    assert shown == {2.0, 0.0667, 0.4}


def test_all_scores_lie_on_the_axis() -> None:
    chart: Any = explore_recipe(ROWS, 0.4).to_dict()
    low, high = chart["layer"][1]["encoding"]["x"]["scale"]["domain"]
    assert all(low < each["score"] < high for each in chart["data"]["values"])


@pytest.mark.parametrize("epochs", [[], [0], [5, 10], [0, 0], [0, 5, 15]])
def test_epochs_that_a_slider_cannot_reach_are_refused(epochs: list[int]) -> None:
    with pytest.raises(ValueError, match=r"rows: expected .*, evenly spaced from 0, got"):
        explore_recipe([{"epochs": k, "zero": 1.0, "mean": 1.0} for k in epochs], 0.4)


def test_rows_that_lack_a_score_are_named() -> None:
    with pytest.raises(ValueError, match=r"rows\[1\]: expected epochs, zero, mean, got epochs"):
        explore_recipe([ROWS[0], {"epochs": 5}], 0.4)
    with pytest.raises(ValueError, match=r"rows\[0\]: expected zero above 0, got 0"):
        explore_recipe([{"epochs": 0, "zero": 0, "mean": 1}], 0.4)
