from __future__ import annotations

import math

import numpy as np
import pytest

from d2l_utils.houses import constant_baseline, rmsle


def test_error_by_hand() -> None:
    assert rmsle([math.e, 1.0], [1.0, 1.0]) == pytest.approx(math.sqrt(1 / 2), abs=1e-15)


def test_error_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import root_mean_squared_error

    y_hat, y = [1e5, 2e5, 9e4], [1.2e5, 1.9e5, 1e5]
    expected = root_mean_squared_error(np.log(y), np.log(y_hat))
    assert rmsle(y_hat, y) == pytest.approx(expected, rel=1e-13)


def test_error_takes_the_ratio_both_ways_and_any_currency() -> None:
    y = [1e5, 3e5]
    assert rmsle([2e5, 6e5], y) == pytest.approx(rmsle([0.5e5, 1.5e5], y), rel=1e-13)
    assert rmsle([1e3, 2e3], [2e3, 3e3]) == pytest.approx(rmsle([1e5, 2e5], [2e5, 3e5]), rel=1e-13)


def test_best_constant_is_the_geometric_mean() -> None:
    y = [1e5, 2e5, 8e5]
    found = constant_baseline(y)
    assert found.price == pytest.approx((1e5 * 2e5 * 8e5) ** (1 / 3), rel=1e-13)
    assert found.score == pytest.approx(rmsle([found.price] * 3, y), rel=1e-13)
    for other in (0.99 * found.price, 1.01 * found.price, np.mean(y)):
        assert rmsle([other] * 3, y) > found.score


def test_what_is_no_price_is_refused() -> None:
    with pytest.raises(ValueError, match=r"y_hat\[0\]: expected a price above 0, got -1"):
        rmsle([-1.0], [1.0])
    with pytest.raises(ValueError, match="y_hat: expected 2 numbers, got 1"):
        rmsle([1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="y: expected at least one number, got none"):
        constant_baseline([])
