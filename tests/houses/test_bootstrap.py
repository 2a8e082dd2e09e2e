from __future__ import annotations

import numpy as np
import pytest

from d2l_utils.houses import paired_bootstrap

GENERATOR = np.random.default_rng(3)
A = GENERATOR.normal(size=400)


def test_values_are_the_scores_themselves() -> None:
    found = paired_bootstrap(A, 2 * A)
    assert found.a.value == pytest.approx(np.sqrt(np.mean(A**2)))
    assert found.difference.value == pytest.approx(found.a.value - found.b.value)
    assert found.b.error == pytest.approx(2 * found.a.error)
    assert found.difference.resolved


def test_error_is_that_of_the_delta_method() -> None:
    score = np.sqrt(np.mean(A**2))
    expected = np.std(A**2) / np.sqrt(400) / (2 * score)
    assert paired_bootstrap(A, A, draws=4000).a.error == pytest.approx(expected, rel=0.05)


def test_models_that_err_alike_differ_less_than_either_moves() -> None:
    found = paired_bootstrap(A, A + 0.01 * GENERATOR.normal(size=400))
    assert found.difference.error < found.a.error / 20


def test_a_model_does_not_differ_from_itself() -> None:
    found = paired_bootstrap(A, A)
    assert found.difference.low == found.difference.high == 0
    assert not found.difference.resolved


def test_equal_seeds_draw_alike() -> None:
    first, again = (paired_bootstrap(A, A / 2, seed=7) for _ in range(2))
    assert first == again != paired_bootstrap(A, A / 2, seed=8)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="b: expected 2 numbers, got 3"):
        paired_bootstrap([0.1, 0.2], [0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="a: expected errors of at least 2 houses, got 1"):
        paired_bootstrap([0.1], [0.2])
    with pytest.raises(ValueError, match=r"b: expected errors up to 1e\+150, got one of 1e\+200"):
        paired_bootstrap([0.1, 0.2], [0.1, -1e200])
