import pytest

from d2l_utils.activations import explore_training


def rows(steps: list[int]) -> list[dict[str, float]]:
    return [
        {"steps": k, "x": x, "tanh": x, "plain": x + k, "mapped": x} for k in steps for x in (0, 1)
    ]


def test_chart_is_the_same_every_time() -> None:
    assert explore_training(rows([0, 5])).to_dict() == explore_training(rows([0, 5])).to_dict()


@pytest.mark.parametrize("steps", [[], [0], [5, 10], [0, 5, 15]])
def test_steps_that_a_slider_cannot_reach_are_refused(steps: list[int]) -> None:
    with pytest.raises(ValueError, match=r"rows: expected .*, evenly spaced from 0, got"):
        explore_training(rows(steps))


def test_rows_that_lack_a_curve_are_named() -> None:
    with pytest.raises(ValueError, match=r"rows\[1\]: expected steps, .*, got x, tanh"):
        explore_training([*rows([0, 5])[:1], {"x": 1, "tanh": 2}])
