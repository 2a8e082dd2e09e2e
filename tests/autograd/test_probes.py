import math
from typing import Any

import pytest

from d2l_utils.autograd import Value
from d2l_utils.autograd.probes import PROBES, Probe, is_right, outcome, same


def test_probes_have_names_of_their_own_and_run() -> None:
    assert len({probe.text for probe in PROBES}) == len(PROBES)
    assert all(isinstance(outcome(probe, Value), tuple) for probe in PROBES)


def test_outcome_of_an_error_is_its_name_and_of_a_missing_method_is_none() -> None:
    assert outcome(Probe("1 / 0", lambda engine: (1 / 0,)), Value) == "ZeroDivisionError"
    assert outcome(Probe("sin", lambda engine: (0.0,), ("sin",)), Value) is None


@pytest.mark.parametrize(
    ("a", "b", "exact", "equal"),
    [
        ((1.0,), (1.0,), True, True),
        ((1.0,), (1.0 + 1e-12,), False, True),
        ((1.0,), (1.0 + 1e-12,), True, False),
        ((math.nan,), (math.nan,), True, True),
        ((math.nan,), (0.0,), False, False),
        ((1.0,), (1.0, 2.0), False, False),
        ("TypeError", "TypeError", False, True),
        ("TypeError", (1.0,), False, False),
        (None, None, False, True),
        (None, (1.0,), False, False),
    ],
)
def test_outcomes_are_compared_but_for_rounding(a: Any, b: Any, exact: bool, equal: bool) -> None:
    assert same(a, b, exact) is equal


def test_another_right_outcome_is_right_and_a_wrong_one_is_not() -> None:
    probe = Probe("two meanings", lambda engine: (1.0,), also=((2.0,), "RuntimeError"))
    assert all(is_right(probe, each, (1.0,)) for each in ((1.0,), (2.0,), "RuntimeError"))
    assert not any(is_right(probe, each, (1.0,)) for each in ((3.0,), "TypeError", (1.0, 2.0)))


def test_a_gradient_that_cannot_be_set_is_left_out() -> None:
    class Fixed(Value):
        @property
        def grad(self) -> float:  # type: ignore[override]
            return 0.0

    assert not isinstance(outcome(PROBES[0], Fixed), tuple)  # ours sets it
    probe = next(each for each in PROBES if "set to 0" in each.text)

    class Read:
        def __init__(self, data: float) -> None:
            self.data = data

        grad = property(lambda self: 6.0)

        def __mul__(self, other: object) -> "Read":
            return self

        def backward(self) -> None:
            pass

    assert outcome(probe, Read) is None
