import math
from itertools import product
from statistics import mean

import pytest
import torch

from d2l_utils.experiments import expected_best
from d2l_utils.searches import expected_normal_best, expected_of_winner

SCORES = [3.0, 1.0, 3.0, 2.0]
VALUES = [10.0, 20.0, 40.0, 80.0]


def winners_value(draw: tuple[int, ...]) -> float:
    best = max(SCORES[i] for i in draw)
    return mean(VALUES[i] for i in draw if SCORES[i] == best)


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_expected_of_winner_is_the_mean_over_all_draws(k: int) -> None:
    expected = mean(winners_value(draw) for draw in product(range(4), repeat=k))
    assert expected_of_winner(SCORES, VALUES, k) == pytest.approx(expected, rel=1e-12)
    assert expected_of_winner(SCORES, VALUES, k + 1) != pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("k", [1, 7, 300])
def test_scores_as_values_give_the_expected_best(k: int) -> None:
    assert expected_of_winner(SCORES, SCORES, k) == pytest.approx(
        expected_best(SCORES, k, replacement=True), rel=1e-12
    )


@pytest.mark.parametrize(
    ("scores", "values", "k"), [([], [], 1), ([1.0], [], 1), ([1.0], [1.0], 0)]
)
def test_draws_that_do_not_exist_are_refused(
    scores: list[float], values: list[float], k: int
) -> None:
    with pytest.raises(ValueError, match="expected"):
        expected_of_winner(scores, values, k)


def test_normal_constants_are_the_known_closed_forms() -> None:
    root = math.sqrt(math.pi)
    known = {
        1: 0.0,
        2: 1 / root,
        3: 3 / (2 * root),
        4: 3 / (2 * root) * (1 + 2 / math.pi * math.asin(1 / 3)),
        5: 5 / (4 * root) * (1 + 6 / math.pi * math.asin(1 / 3)),
    }
    for k, expected in known.items():
        assert expected_normal_best(k) == pytest.approx(expected, abs=1e-8)


def test_normal_constant_of_many_is_what_draws_show() -> None:
    draws = torch.randn(4000, 600, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    best = draws.amax(1)
    error = best.std().item() / math.sqrt(len(best))
    assert abs(best.mean().item() - expected_normal_best(600)) < 4 * error
    assert abs(best.mean().item() - expected_normal_best(700)) > 4 * error
