from collections.abc import Callable
from itertools import combinations

import pytest

from d2l_utils.stages import layer_bytes, split_balanced, split_evenly, stage_totals

pytestmark = pytest.mark.exercise(5)


def test_layer_bytes_are_weight_gradient_and_saved_input() -> None:
    assert layer_bytes((5, 7, 3), batch=11, itemsize=4) == (
        4 * (2 * 5 * 7 + 11 * 5),
        4 * (2 * 7 * 3 + 11 * 7),
    )


def test_even_split_gives_the_rest_to_the_first_stages() -> None:
    assert split_evenly(7, 3) == ((0, 1, 2), (3, 4), (5, 6))
    assert split_evenly(2, 2) == ((0,), (1,))


def test_balanced_split_is_the_best_of_all_splits() -> None:
    costs = (9, 1, 4, 7, 2, 2, 8, 3)
    for num_stages in range(1, len(costs) + 1):
        best = min(
            max(sum(costs[a:b]) for a, b in zip((0, *cut), (*cut, len(costs)), strict=True))
            for cut in combinations(range(1, len(costs)), num_stages - 1)
        )
        stages = split_balanced(costs, num_stages)
        assert max(stage_totals(costs, stages)) == best
        assert [layer for stage in stages for layer in stage] == list(range(len(costs)))
        assert len(stages) == num_stages
        assert all(stages)


def test_balancing_cannot_cut_a_layer() -> None:
    assert split_balanced((100, 1, 1), 2) == ((0,), (1, 2))


@pytest.mark.parametrize("num_stages", [0, 4, -1])
def test_wrong_numbers_of_stages_are_refused(num_stages: int) -> None:
    with pytest.raises(
        ValueError, match=rf"num_stages: expected 1 to 3 \(the layers\), got {num_stages}"
    ):
        split_evenly(3, num_stages)
    with pytest.raises(
        ValueError, match=rf"num_stages: expected 1 to 3 \(the layers\), got {num_stages}"
    ):
        split_balanced((1, 2, 3), num_stages)


def test_negative_costs_are_refused() -> None:
    with pytest.raises(ValueError, match=r"costs\[1\]: expected at least 0, got -2"):
        split_balanced((1, -2), 1)


def test_of_equally_good_splits_the_most_even_one_is_taken() -> None:
    assert stage_totals([1] * 10, split_balanced([1] * 10, 4)) in {
        (2, 2, 3, 3),
        (2, 3, 2, 3),
        (3, 3, 2, 2),
    }


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: layer_bytes((5, 7), -1, 4), ValueError, "batch: expected at least 1, got -1"),
        (
            lambda: layer_bytes((5, 7), 3, 4.0),
            TypeError,
            r"itemsize: expected an integer, got 4\.0",
        ),
        (lambda: layer_bytes((5, 0), 3, 4), ValueError, r"sizes\[1\]: expected at least 1, got 0"),
        (lambda: layer_bytes(5, 3, 4), TypeError, "sizes: expected a list of integers .* got 5"),
        (lambda: split_evenly(3, 1.5), TypeError, r"num_stages: expected an integer, got 1\.5"),
        (lambda: split_evenly("3", 1), TypeError, "num_layers: expected an integer, got '3'"),
        (lambda: split_balanced((1, float("nan")), 1), TypeError, r"costs\[1\]: .* got nan"),
        (lambda: split_balanced((1, True), 1), TypeError, r"costs\[1\]: .* got True"),
        (lambda: split_balanced(3, 1), TypeError, "costs: expected a list of integers, got 3"),
        (lambda: stage_totals((1, 2), ((0, 2),)), ValueError, "layer: expected 0 to 1, got 2"),
        (lambda: stage_totals((1, 2), ((-1,),)), ValueError, "layer: expected 0 to 1, got -1"),
    ],
)
def test_wrong_arguments_are_refused(
    call: Callable[[], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=f"^{message}"):
        call()
