import math

import numpy as np
import pytest
import torch
from scipy import stats

from d2l_utils.experiments import mean_interval, paired_difference, share_interval


def test_mean_interval_is_the_textbooks() -> None:
    found = mean_interval([1.0, 2.0, 3.0])
    # Student's t has a closed form for two degrees of freedom: p = 1/2 + t / (2 sqrt(2 + t^2)).
    reach = 0.95 * math.sqrt(2 / (1 - 0.95**2)) / math.sqrt(3)
    assert (found.low, found.high) == pytest.approx((2 - reach, 2 + reach), rel=1e-12)
    assert found.mean == 2
    assert 2.4 in found
    assert 9 not in found


def test_mean_interval_holds_the_mean_as_often_as_it_says() -> None:
    runs = np.random.default_rng(0).normal(5, 2, (2000, 4))
    held = sum(5 in mean_interval(each.tolist(), 0.8) for each in runs)
    assert abs(held - 1600) < 4 * math.sqrt(2000 * 0.8 * 0.2)


def test_share_interval_inverts_the_score_test() -> None:
    found = share_interval(17, 50)
    z = stats.norm.ppf(0.975)
    for end in (found.low, found.high):
        assert abs(17 / 50 - end) == pytest.approx(z * math.sqrt(end * (1 - end) / 50), rel=1e-9)
    everything = share_interval(50, 50)
    assert (everything.high, everything.low < 0.95) == (pytest.approx(1), True)


def test_paired_difference_of_hits_is_mcnemars() -> None:
    # 30 right both, 12 the first only, 5 the second only, 3 neither.
    a = torch.tensor([1] * 42 + [0] * 8, dtype=torch.bool)
    b = torch.tensor([1] * 30 + [0] * 12 + [1] * 5 + [0] * 3, dtype=torch.bool)
    found = paired_difference(a, b)
    assert (found.wins, found.losses) == (12, 5)
    assert found.mean == pytest.approx(7 / 50, rel=1e-12)
    variance = (17 - 7**2 / 50) / 49
    assert found.standard_error == pytest.approx(math.sqrt(variance / 50), rel=1e-12)
    tail = sum(math.comb(17, i) for i in range(6)) / 2**17
    assert found.p_value == pytest.approx(2 * tail, rel=1e-9)
    assert not found.resolved
    assert paired_difference(b, a).mean == -found.mean


def test_interval_of_pairs_is_scipys() -> None:
    a, b = [0.81, 0.84, 0.79, 0.83], [0.80, 0.82, 0.79, 0.80]
    found = paired_difference(a, b, 0.9)
    by_scipy = stats.ttest_rel(a, b).confidence_interval(0.9)
    assert (found.low, found.high) == pytest.approx(tuple(by_scipy), rel=1e-9)
    assert (found.wins, found.losses, found.resolved) == (3, 0, False)
    assert paired_difference(a, b, 0.8).resolved


def test_pairs_resolve_what_separate_means_do_not() -> None:
    rng = np.random.default_rng(1)
    hard = rng.normal(0, 1, 40)
    a, b = hard + rng.normal(0.1, 0.05, 40), hard + rng.normal(0, 0.05, 40)
    assert paired_difference(a.tolist(), b.tolist()).resolved
    assert mean_interval(a.tolist()).low < mean_interval(b.tolist()).high


def test_models_that_agree_everywhere_are_not_told_apart() -> None:
    found = paired_difference([1.0, 0.0, 1.0], [1.0, 0.0, 1.0])
    assert (found.mean, found.p_value, found.resolved) == (0, 1, False)


@pytest.mark.parametrize(
    "call",
    [
        lambda: mean_interval([1.0]),
        lambda: mean_interval([1.0, math.nan]),
        lambda: mean_interval(torch.ones(2, 2)),
        lambda: mean_interval([1.0, 2.0], 1.0),
        lambda: share_interval(6, 5),
        lambda: share_interval(-1, 5),
        lambda: paired_difference([1.0, 2.0], [1.0, 2.0, 3.0]),
        lambda: paired_difference([1.0, math.inf], [1.0, 2.0]),
        lambda: paired_difference([1e308, -1e308], [-1e308, 1e308]),
        lambda: mean_interval([1e308, 1e308]),
    ],
)
def test_what_has_no_interval_is_refused(call: object) -> None:
    with pytest.raises(ValueError, match="expected"):
        call()  # type: ignore[operator]
