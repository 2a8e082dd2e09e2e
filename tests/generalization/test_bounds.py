"""The bound against the union bound that it is."""

from __future__ import annotations

import math

import pytest

from d2l_utils.generalization import uniform_bound


def test_the_union_of_all_classifiers_has_the_probability_that_is_asked() -> None:
    gap = uniform_bound(3, 1000, 0.05, bits=4)
    assert 2 ** (3 * 4) * math.exp(-2 * 1000 * gap**2) == pytest.approx(0.05)


def test_it_falls_with_examples_and_grows_with_parameters() -> None:
    assert uniform_bound(7850, 60_000, 0.05) == pytest.approx(1.2046, abs=1e-4)
    assert uniform_bound(7850, 120_000, 0.05) < 1
    assert uniform_bound(203_530, 60_000, 0.05) > 6
    assert uniform_bound(10**18, 1, 1e-300, bits=10**18) < math.inf


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(ValueError, match=r"delta: expected .*, got 0"):
        uniform_bound(3, 10, 0)
    with pytest.raises(ValueError, match=r"bits: expected .*, got 0"):
        uniform_bound(3, 10, 0.1, bits=0)
