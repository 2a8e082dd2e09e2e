import math
from itertools import combinations, product
from statistics import mean

import pytest

from d2l_utils.experiments import expected_best

SCORES = [0.3, -1.0, 0.3, 2.5, 0.9]


@pytest.mark.parametrize("k", range(1, 6))
def test_expected_best_is_the_mean_over_all_draws(k: int) -> None:
    subsets = mean(max(draw) for draw in combinations(SCORES, k))
    sequences = mean(max(draw) for draw in product(SCORES, repeat=k))
    assert expected_best(SCORES, k) == pytest.approx(subsets, rel=1e-14)
    assert expected_best(SCORES, k, replacement=True) == pytest.approx(sequences, rel=1e-14)
    if 1 < k < 5:
        assert abs(subsets - sequences) > 0.01  # the two are told apart


def test_uniform_scores_give_the_order_statistic() -> None:
    scores = [float(i) for i in range(1, 1001)]
    assert expected_best(scores, 60) == pytest.approx(60 * 1001 / 61, rel=1e-13)
    assert expected_best(scores, 2000, replacement=True) < 1000


@pytest.mark.parametrize(
    ("scores", "k", "replacement"),
    [
        ([], 1, False),
        ([1.0], 2, False),
        ([1.0], 0, True),
        ([math.nan], 1, True),
        ([1.0], 10**5, True),
    ],
)
def test_draws_that_do_not_exist_are_refused(
    scores: list[float], k: int, replacement: bool
) -> None:
    with pytest.raises(ValueError, match="expected"):
        expected_best(scores, k, replacement=replacement)
