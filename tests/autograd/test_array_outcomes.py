"""Outcomes of checks: compared with their shapes, with other right ones, and with errors."""

from __future__ import annotations

from d2l_utils.autograd import ARRAY_CHECKS, tensor
from d2l_utils.autograd.array_forms import Form
from d2l_utils.autograd.array_outcomes import same
from tests.autograd.reader_engines import Small

FORM = Form(tensor.Tensor, tensor.grad, tensor.no_grad)


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
