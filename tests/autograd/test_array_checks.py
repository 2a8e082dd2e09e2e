"""The checks of engines for arrays: each names what it sees, and nothing else."""

from __future__ import annotations

import pytest

from d2l_utils.autograd import ARRAY_CHECKS, failing_checks, tensor, tensor_engine_with
from d2l_utils.autograd.array_checks import same
from d2l_utils.autograd.array_forms import Form
from tests.autograd.reader_engines import Small


def test_a_right_engine_fails_none() -> None:
    assert failing_checks(tensor) == []


def test_a_wrong_engine_fails_some_of_the_checks_by_name() -> None:
    found = failing_checks(tensor_engine_with("mean by the whole size"))
    assert found
    assert set(found) < set(ARRAY_CHECKS)


def test_what_is_no_engine_is_refused_in_words() -> None:
    with pytest.raises(TypeError, match="expected Tensor, grad and no_grad"):
        failing_checks(object())


FORM = Form(tensor.Tensor, tensor.grad, tensor.no_grad)


@pytest.mark.parametrize("name", ARRAY_CHECKS)
def test_each_check_passes_our_engine_and_refuses_another_number(name: str) -> None:
    check = ARRAY_CHECKS[name]
    outcome = check.outcome(FORM)
    assert outcome is not None
    assert check.is_right(outcome)
    *others, last = outcome
    if isinstance(last, str):
        assert not check.is_right((*others, "float16"))
    else:
        shape, numbers = last
        moved = (*numbers[:-1], numbers[-1] + 1e-6)
        assert not check.is_right((*others, (shape, moved)))
        assert not check.is_right((*others, ((*shape, 1), numbers)))
    assert not check.is_right((*others, "!TypeError"))


def test_a_second_sweep_may_be_refused_but_not_by_any_error() -> None:
    check = ARRAY_CHECKS["two sweeps"]
    (first, *_) = check.outcome(FORM) or ()
    assert check.is_right((first, "!RuntimeError"))
    assert not check.is_right((first, "!TypeError"))
    assert not check.is_right(("!RuntimeError",))


def test_what_an_engine_does_not_offer_is_left_out() -> None:
    form = Form(Small)
    assert ARRAY_CHECKS["slice"].outcome(form) is None
    assert ARRAY_CHECKS["weighted row sums"].outcome(form) is None  # sum() takes no axis
    assert ARRAY_CHECKS["slice"].outcome_anyway(form) == ("!TypeError",)
    assert ARRAY_CHECKS["used twice"].is_right(ARRAY_CHECKS["used twice"].outcome(form))


def test_outcomes_are_compared_with_their_shapes_and_any_two_errors_are_the_same() -> None:
    one = (((1,), (1.0,)),)
    assert same(one, (((1,), (1.0 + 1e-12,)),), 1e-9)
    assert not same(one, (((), (1.0,)),), 1e-9)
    assert not same(one, (*one, *one), 1e-9)
    assert same(("!TypeError",), ("!ValueError",), 1e-9)
    assert not same(("!TypeError",), one, 1e-9)
    assert same(None, None, 1e-9)
    assert not same(None, one, 1e-9)
