"""The chart of starts: its rows hold what the first layer's law says."""

import pytest

from d2l_utils.experiments import explore_signal
from d2l_utils.experiments.signal_chart import DOMAIN, LAYERS, STARTS, _rows


def test_chart_is_the_same_every_time() -> None:
    assert explore_signal(6, 0.5).to_dict() == explore_signal(6, 0.5).to_dict()


def test_every_layer_of_every_start_has_a_row() -> None:
    rows = _rows(6, 0.5)
    assert len({(row["start"], row["layer"]) for row in rows}) == len(STARTS) * LAYERS
    assert rows[0] == {
        "layer": 1,
        "start": "your sigma",
        "first": 3.0,
        "torch": pytest.approx(1 / 9),
        "he": 0.5,
    }


def test_all_sizes_that_the_sliders_reach_are_drawn_below_the_words() -> None:
    first = (196 * 0.2 / 2) ** 0.5
    smallest = 0.01 * first * (0.01 * (16 / 2) ** 0.5) ** (LAYERS - 1)
    largest = 0.4 * first * (0.4 * (512 / 2) ** 0.5) ** (LAYERS - 1)
    assert DOMAIN[0] < smallest < largest < DOMAIN[1] / 10
