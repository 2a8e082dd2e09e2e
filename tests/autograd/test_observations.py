"""Depth, work, memory and order, seen in the engines that waste them and in no other."""

from __future__ import annotations

import gc
import sys
from typing import Any

import pytest

from d2l_utils.autograd import (
    ARRAY_RESOURCES,
    MISTAKES,
    RESOURCES,
    Tensor,
    Value,
    engine_with,
    tensor_engine_with,
)
from d2l_utils.autograd.observations import OBSERVATIONS, observed, plain
from tests.autograd.reader_engines import MarksById, Shuffles


def leaf_of(engine: Any) -> Any:
    return lambda number: engine.Tensor(number, requires_grad=True)


def test_every_resource_has_its_observation() -> None:
    assert list(OBSERVATIONS) == list(RESOURCES)
    assert set(ARRAY_RESOURCES) < set(RESOURCES)


@pytest.mark.parametrize("name", OBSERVATIONS)
def test_each_is_seen_in_the_engine_with_that_mistake_and_in_no_right_one(name: str) -> None:
    seen = OBSERVATIONS[name]
    assert seen(engine_with(name))
    assert not seen(Value)
    assert not seen(lambda number: Tensor(number, requires_grad=True))
    assert not seen(object)  # fails otherwise, which other programs say


@pytest.mark.parametrize("name", ARRAY_RESOURCES)
def test_the_same_are_seen_in_engines_for_arrays(name: str) -> None:
    assert observed(leaf_of(tensor_engine_with(name))) == [name]


@pytest.mark.parametrize("name", MISTAKES)
def test_wrong_gradients_cost_nothing(name: str) -> None:
    others = ["every path"] if name.startswith("passes totals on") else []
    assert observed(engine_with(name)) == others


def test_what_the_collector_finds_is_told_from_what_it_does_not() -> None:
    waits, stays = (OBSERVATIONS[f"keeps graphs {how}"] for how in ("alive", "for good"))
    cycle, cached = (engine_with(f"keeps graphs {how}") for how in ("alive", "for good"))
    assert (waits(cycle), stays(cycle)) == (True, False)
    assert (waits(cached), stays(cached)) == (False, True)


def test_an_order_of_chance_is_seen_and_mixed_up_addresses_are_not_taken_for_it() -> None:
    varies = OBSERVATIONS["inputs in a set"]
    assert varies(Shuffles)
    assert not varies(MarksById)


def test_observing_leaves_the_interpreter_as_it_was() -> None:
    before = (gc.isenabled(), sys.getprofile(), sys.getrecursionlimit())
    observed(Value)
    observed(object)
    assert (gc.isenabled(), sys.getprofile(), sys.getrecursionlimit()) == before


def test_a_number_is_read_from_numbers_and_nodes() -> None:
    assert plain(2) == plain(Value(2.0)) == 2.0


def test_what_cannot_be_called_is_refused_in_words() -> None:
    with pytest.raises(TypeError, match="engine: expected a class such as Value, got 3"):
        observed(3)
