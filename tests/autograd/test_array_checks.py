"""The checks of engines for arrays: each names what it sees, and nothing else."""

from __future__ import annotations

import pytest

from d2l_utils.autograd import ARRAY_CHECKS, failing_checks, tensor, tensor_engine_with


def test_a_right_engine_fails_none() -> None:
    assert failing_checks(tensor) == []


def test_a_wrong_engine_fails_some_of_the_checks_by_name() -> None:
    found = failing_checks(tensor_engine_with("mean by the whole size"))
    assert found
    assert set(found) < set(ARRAY_CHECKS)


def test_what_is_no_engine_is_refused_in_words() -> None:
    with pytest.raises(TypeError, match="expected Tensor, grad and no_grad"):
        failing_checks(object())


@pytest.mark.parametrize("check", ARRAY_CHECKS)
def test_each_check_passes_our_engine_by_itself(check: str) -> None:
    assert ARRAY_CHECKS[check](tensor) is True
