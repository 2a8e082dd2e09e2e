import gc
import math
import sys
from typing import Any

import pytest

from d2l_utils.autograd import Value, engine_with
from d2l_utils.autograd.probes import (
    PROBES,
    Probe,
    is_recursive,
    keeps_graphs_alive,
    outcome,
    same,
    walks_every_path,
)


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


@pytest.mark.parametrize(
    ("seen", "mistake"),
    [
        (is_recursive, "recursive"),
        (walks_every_path, "every path"),
        (keeps_graphs_alive, "keeps graphs alive"),
    ],
)
def test_resources_are_observed_in_the_engine_that_wastes_them_only(
    seen: Any, mistake: str
) -> None:
    assert seen(engine_with(mistake))
    assert not seen(Value)
    assert not seen(object)  # fails otherwise, which other probes say


def test_observing_leaves_the_interpreter_as_it_was() -> None:
    before = (gc.isenabled(), sys.getprofile(), sys.getrecursionlimit())
    for seen in (is_recursive, walks_every_path, keeps_graphs_alive):
        seen(Value)
        seen(object)
    assert (gc.isenabled(), sys.getprofile(), sys.getrecursionlimit()) == before
