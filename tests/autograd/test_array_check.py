"""Verdicts on engines for arrays: the right name, or none."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
import torch

from d2l_utils.autograd import (
    ARRAY_CHECKS,
    ARRAY_MISTAKES,
    ARRAY_RESOURCES,
    Tensor,
    check_array_engine,
    failing_checks,
    grad,
    no_grad,
    tensor,
    tensor_engine_with,
)
from tests.autograd.reader_engines import RIGHT_ARRAY, WRONG_ARRAY, LeakyRelu, Plain, Small
from tests.autograd.test_array_forms import Torch


def report_of(*names: str) -> Any:
    engine = tensor_engine_with(*names)
    return check_array_engine(engine.Tensor, engine.grad, engine.no_grad)


def test_right_engine_passes() -> None:
    report = check_array_engine(Tensor, grad, no_grad)
    assert report.passed
    assert (report.programs, report.left_out) == (len(ARRAY_CHECKS), ())


@pytest.mark.parametrize("name", [*ARRAY_MISTAKES, *ARRAY_RESOURCES])
def test_each_mistake_is_named_and_no_other(name: str) -> None:
    report = report_of(name)
    assert report.mistakes == (name,)
    known = ARRAY_MISTAKES | ARRAY_RESOURCES
    assert [finding[1:-1] for finding in report.findings] == [known[name].text[1:]]


PAIRS = list(combinations(["pre-order", "index assigned", "relu slope at 0", "float32 grows"], 2))


@pytest.mark.parametrize("pair", PAIRS)
def test_two_mistakes_are_both_named(pair: tuple[str, str]) -> None:
    assert set(report_of(*pair).mistakes) == set(pair)


@pytest.mark.parametrize("engine", RIGHT_ARRAY)
def test_right_engines_in_other_forms_pass(engine: type[Any]) -> None:
    report = check_array_engine(engine)
    assert report.passed, report
    assert report.programs + len(report.left_out) == len(ARRAY_CHECKS)


@pytest.mark.parametrize("engine", [*WRONG_ARRAY, object, int])
def test_new_mistakes_are_found_and_get_no_name(engine: type[Any]) -> None:
    report = check_array_engine(engine)
    assert report.mistakes == ()
    assert len(report.findings) == 1
    assert "not by mistakes I know" in report.findings[0]


def test_a_known_mistake_in_an_engine_written_otherwise_is_named() -> None:
    class Assigns(Plain):
        def put(self, g: Any, key: Any) -> Any:
            zeros = super().put(g, key) * 0.0
            zeros[key] = g
            return zeros

    class NotUndone(Plain):
        def undone(self, g: Any, like: Any) -> Any:
            return g

    assert check_array_engine(Assigns).mistakes == ("index assigned",)
    assert check_array_engine(NotUndone).mistakes == ("broadcast not undone",)


def test_torch_is_right_but_for_what_it_lets_happen() -> None:
    report = check_array_engine(Torch, torch.autograd.grad, torch.no_grad)
    assert report.mistakes == ()
    assert "array on the left" in report.findings[0]  # NumPy refuses
    assert "write before the sweep: expected [3.0, 4.0], got [10.0, 4.0]" in report.findings[0]
    assert "more" not in report.findings[0]


def test_what_is_not_offered_is_left_out() -> None:
    report = check_array_engine(Small)
    assert {"slice", "one product", "error in no_grad"} < set(report.left_out)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((Tensor(1.0),), "engine: expected a class, such as MyTensor"),
        ((Tensor, 3), "grad: expected a function or None, got 3"),
        ((Tensor, None, "no"), "no_grad: expected a function or None, got 'no'"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_words(arguments: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        check_array_engine(*arguments)


def test_a_right_engine_fails_none() -> None:
    assert failing_checks(tensor) == []


def test_a_wrong_engine_fails_some_of_the_checks_by_name() -> None:
    found = failing_checks(tensor_engine_with("mean by the whole size"))
    assert found
    assert set(found) < set(ARRAY_CHECKS)


def test_what_is_no_engine_is_refused_in_words() -> None:
    with pytest.raises(TypeError, match="expected Tensor, grad and no_grad"):
        failing_checks(object())


def test_a_known_mistake_beside_an_unknown_one_gets_no_name() -> None:
    class Both(LeakyRelu):
        def undone(self, g: Any, like: Any) -> Any:
            return g

    assert check_array_engine(Both).mistakes == ()
