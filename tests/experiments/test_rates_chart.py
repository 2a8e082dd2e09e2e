import pytest

from d2l_utils.experiments import explore_rates


def rows() -> list[dict[str, object]]:
    return [
        {"activation": name, "run": 0, "rate": rate, "accuracy": 80.0}
        for name in ("relu", "tanh")
        for rate in (0.1, 1.0)
    ]


def test_chart_is_the_same_every_time() -> None:
    assert explore_rates(rows()).to_dict() == explore_rates(rows()).to_dict()


def test_rows_must_be_whole_and_of_two_activations() -> None:
    with pytest.raises(ValueError, match="rows: expected at least two activations, got 0"):
        explore_rates([])
    with pytest.raises(ValueError, match="rows: expected at least two activations, got 1"):
        explore_rates(rows()[:2])
    with pytest.raises(ValueError, match=r"rows\[1\]: expected activation, .*, got rate"):
        explore_rates([rows()[0], {"rate": 2}])
