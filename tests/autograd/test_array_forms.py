"""Engines in other forms are used as they are meant."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from d2l_utils.autograd import Tensor, grad
from d2l_utils.autograd.array_forms import Form, part, said, same_part
from tests.autograd.reader_engines import Marked, Plain, Small


class Torch(torch.Tensor):
    def __new__(cls, array: Any, requires_grad: bool = False) -> Any:
        return torch.tensor(array, requires_grad=requires_grad)


@pytest.mark.parametrize("kind", [Tensor, Plain, Marked, Torch])
def test_leaves_are_made_in_each_form(kind: type[Any]) -> None:
    form = Form(kind)
    leaf, constant = form.leaf([1, 2]), form.constant([3, 4])
    (leaf * constant).sum().backward()
    assert part(leaf.grad) == ((2,), (3.0, 4.0))


def test_what_is_offered_is_told_from_what_is_not() -> None:
    form = Form(Small, grad=grad)
    assert form.offers("sum")
    assert not form.offers("sum axis")
    assert not form.offers("tanh")
    assert form.offers("grad()")
    assert not form.offers("no_grad()")
    assert Form(Torch).offers("sum axis")  # written in another language: tried


def test_results_of_all_kinds_are_shapes_and_entries() -> None:
    expected = ((1, 2), (1.0, 2.0))
    array = np.array([[1.0, 2.0]])
    for thing in (array, [[1, 2]], Tensor(array), torch.tensor([[1.0, 2.0]])):
        assert part(thing) == expected
    assert part(2) == part(np.float32(2)) == ((), (2.0,))
    assert part(None) == "None"
    assert part(np.array([Tensor(1.0)], dtype=object)) == "an array of object"


def test_results_are_the_same_but_for_rounding() -> None:
    one, nan = ((1,), (1.0,)), ((1,), (math.nan,))
    assert same_part(one, ((1,), (1.0 + 1e-10,)), 1e-9)
    assert not same_part(one, ((1,), (1.0 + 1e-8,)), 1e-9)
    assert not same_part(one, ((), (1.0,)), 1e-9)
    assert same_part(nan, nan, 1e-9)
    assert not same_part(nan, one, 1e-9)
    assert not same_part("refused", "!TypeError", 1e-9)


def test_results_are_said_in_words() -> None:
    assert said(((2,), (1.0, 0.123456789))) == "[1.0, 0.123457]"
    assert said("!TypeError") == "TypeError"
