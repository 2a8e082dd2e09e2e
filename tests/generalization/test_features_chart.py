"""The chart of double descent: line, dots and words are what they are said to be."""

from __future__ import annotations

import math

import pytest

from d2l_utils.generalization import explore_features, feature_errors
from d2l_utils.generalization.features_chart import (
    ALL,
    COUNTS,
    EXAMPLES,
    SIMULATED,
    _least,
    bound_at,
    simulated,
)


@pytest.mark.parametrize("noise", [0.0, 0.3, 1.0])
def test_dots_lie_near_the_line(noise: float) -> None:
    errors = feature_errors(noise)
    for row in simulated():
        p = row["p"]
        dot = row["missed"] + (noise + 1 - p / ALL) * (1 + row["spread"])
        assert dot == pytest.approx(errors[p], rel=0.15), p
    assert {row["p"] for row in simulated()} == set(SIMULATED) <= set(COUNTS)


def test_the_error_falls_rises_and_falls() -> None:
    errors = feature_errors(0.0)
    assert max(errors, key=errors.__getitem__) in (EXAMPLES - 2, EXAMPLES + 2)
    after = [errors[p] for p in range(EXAMPLES + 2, ALL + 1)]
    assert after == sorted(after, reverse=True)
    assert all(math.isfinite(error) for error in errors.values())


def test_more_features_than_examples_are_best_without_noise_only() -> None:
    said = [row["says"] for row in _least()]
    assert said[0] == "least error 0.60 at p = 50"
    assert said[-1].endswith("at p = 2")


def test_the_bound_says_nothing_anywhere() -> None:
    assert min(bound_at(p) for p in range(2, ALL + 1)) > 1


def test_the_chart_repeats_and_holds_the_rows() -> None:
    chart = explore_features().to_dict()
    assert chart == explore_features().to_dict()
    assert repr(simulated()[3]) in repr(chart)
    with pytest.raises(ValueError, match=r"noise: expected .*, got -1"):
        feature_errors(-1.0)
