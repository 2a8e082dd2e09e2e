"""Pairs that are needed: compared with the exact power of the paired t test."""

import math

import pytest

from d2l_utils.experiments import runs_needed


def exact_power(n: int, ratio: float, level: float = 0.95) -> float:
    """Probability that the interval of n pairs leaves out 0, by the noncentral t distribution."""
    from scipy import stats

    reach = stats.t.ppf((1 + level) / 2, n - 1)
    shift = math.sqrt(n) / ratio
    return float(stats.nct.sf(reach, n - 1, shift) + stats.nct.cdf(-reach, n - 1, shift))


@pytest.mark.parametrize("ratio", [0.7, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("power", [0.8, 0.9])
def test_power_is_reached_and_not_with_fewer(ratio: float, power: float) -> None:
    n = runs_needed(3 * ratio, 3.0, power=power)
    assert exact_power(n, ratio) > power - 0.01
    assert exact_power(n - 2, ratio) < power


def test_many_pairs_are_785_times_the_squared_ratio() -> None:
    assert runs_needed(100, 1) == pytest.approx(7.85 * 100**2, rel=1e-3)
    assert runs_needed(0, 1) == 2


def test_a_wider_level_needs_more() -> None:
    assert runs_needed(2, 1, level=0.99) > runs_needed(2, 1) > runs_needed(2, 1, power=0.6)


@pytest.mark.parametrize(
    ("sd", "difference", "words"),
    [(1, 0, "difference"), (-1, 1, "sd"), (1, 1e-9, "difference: expected one for which")],
)
def test_what_is_out_of_range_is_refused(sd: float, difference: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        runs_needed(sd, difference)
