from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

import pytest
import torch
from torch import Tensor

from d2l_utils.border import (
    AtLeastZero,
    Count,
    Dense,
    Device,
    Float,
    Held,
    Number,
    Params,
    Positive,
    Unlimited,
    Words,
    checked,
)
from d2l_utils.border.constraints import shown
from d2l_utils.border.kinds import kind_of


@checked
def function(
    n: Count = 1,
    step: Positive | None = None,
    lambd: AtLeastZero = 0.0,
    level: Annotated[int, Number(at_least=0, at_most=10)] = 0,
    any_number: Unlimited = 0.0,
    mode: Literal["a", "b"] = "a",
    sizes: Sequence[Count] = (),
    words: Words = "x",
    f: Callable[[Tensor], Tensor] = torch.relu,
    bias: bool = True,
    X: Held | None = None,
    params: Params | None = None,
    names: Mapping[str, int] | None = None,
    tensors: Iterable[Tensor] = (),
    dtype: Float = torch.float32,
    device: Device = "cpu",
    anything: object = None,
) -> tuple[Any, ...]:
    """Return some of what came in."""
    return n, tensors


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ({"n": 0}, "n: expected at least 1, got 0"),
        ({"n": True}, "n: expected an integer, got True"),
        (
            {"n": 2**70},
            "n: expected at least 1, got 1180591620717411303424, beyond the integers of 64 bits",
        ),
        ({"n": "no"}, "n: expected an integer, got 'no'"),
        ({"step": 0}, "step: expected a positive number, got 0"),
        ({"step": math.nan}, "step: expected a positive number, got nan"),
        ({"step": "1"}, "step: expected a number or None, got '1'"),
        ({"lambd": -0.5}, "lambd: expected a finite number of at least 0, got -0.5"),
        ({"lambd": math.inf}, "lambd: expected a finite number of at least 0, got inf"),
        ({"level": 11}, "level: expected at least 0 and at most 10, got 11"),
        ({"any_number": 1j}, "any_number: expected a number, got 1j"),
        ({"mode": "c"}, "mode: expected one of a, b, got 'c'"),
        ({"mode": 1}, "mode: expected one of a, b, got 1"),
        ({"sizes": "no"}, "sizes: expected a list or tuple of integers, got 'no'"),
        ({"sizes": [3, 0]}, r"sizes\[1\]: expected at least 1, got 0"),
        ({"sizes": [3, "a"]}, r"sizes\[1\]: expected an integer, got 'a'"),
        ({"sizes": range(3)}, r"sizes\[0\]: expected at least 1, got 0"),
        ({"words": " "}, "words: expected a description, got a blank string"),
        ({"f": 3}, "f: expected a function, got 3"),
        ({"f": lambda: 1}, "f: expected a function that can be called with 1 argument, got one"),
        ({"bias": "no"}, "bias: expected True or False, got 'no'"),
        ({"X": [1]}, r"X: expected a tensor or None, got \[1\]"),
        ({"X": torch.eye(2).to_sparse()}, "X: expected a dense tensor .* got a tensor of layout"),
        ({"X": torch.ones(2, device="meta")}, "X: expected .* in memory, got .* on the device"),
        ({"X": torch.ones(2) * 1j}, "X: expected a dense tensor .* got dtype torch.complex64"),
        ({"params": {}}, "params: expected at least one tensor, got none"),
        ({"params": {1: torch.ones(2)}}, "params: expected keys that are each a string, got 1"),
        ({"params": {"W1": 1}}, r"params\['W1'\]: expected a tensor, got 1"),
        ({"names": {"a": 1.5}}, r"names\['a'\]: expected an integer, got 1.5"),
        ({"tensors": (1 for _ in "a")}, r"tensors\[0\]: expected a tensor, got 1"),
        ({"tensors": "ab"}, "tensors: expected a collection of tensors, got 'ab'"),
        ({"dtype": torch.int64}, "dtype: expected a floating-point dtype, got torch.int64"),
        ({"device": "1.0"}, "device: expected the name of a device .* got '1.0'"),
    ],
)
def test_what_is_wrong_is_said_with_what_was_expected(
    argument: dict[str, Any], message: str
) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        function(**argument)


@pytest.mark.parametrize(
    "arguments",
    [
        {"n": 3, "step": 0.5, "lambd": 0, "level": 10},
        {"any_number": math.nan},
        {"any_number": -math.inf},
        {"mode": "b", "sizes": [3, 4], "f": lambda z: z},
        {"sizes": range(1, 4)},
        {"X": torch.ones(2), "params": {"W1": torch.ones(2, device="meta")}},
        {"dtype": torch.bfloat16, "device": torch.device("meta"), "anything": ...},
    ],
)
def test_what_is_right_passes(arguments: dict[str, Any]) -> None:
    assert function(**arguments)[0] == arguments.get("n", 1)


def test_positional_arguments_are_checked_too() -> None:
    assert function(2, None)[0] == 2
    with pytest.raises(ValueError, match="step: expected a positive number, got -1"):
        function(2, -1)


def test_an_iterator_is_read_once_and_passed_on() -> None:
    tensors = [torch.ones(1), torch.ones(2)]
    assert function(tensors=iter(tensors))[1] == tensors


def test_missing_arguments_are_pythons_to_refuse() -> None:
    @checked
    def two(a: int, b: int) -> int:
        return a + b

    assert two(1, b=2) == 3
    with pytest.raises(TypeError, match="missing 1 required"):
        two(1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword"):
        two(1, 2, c=3)  # type: ignore[call-arg]


def test_a_method_and_keywords_of_any_name_are_checked() -> None:
    class Thing:
        @checked
        def __init__(self, lr: Positive) -> None:
            self.lr = lr

    @checked
    def named(**values: Count) -> int:
        return sum(values.values())

    assert Thing(0.5).lr == 0.5
    with pytest.raises(TypeError, match="lr: expected a number"):
        Thing("no")  # type: ignore[arg-type]
    assert named(a=1, b=2) == 3
    with pytest.raises(ValueError, match="b: expected at least 1, got 0"):
        named(a=1, b=0)


def test_the_function_keeps_its_name_words_and_signature() -> None:
    assert function.__name__ == "function"
    assert function.__doc__ == "Return some of what came in."


def test_an_annotation_that_cannot_be_checked_is_refused() -> None:
    with pytest.raises(TypeError, match="annotation: expected one that can be checked"):
        kind_of("a string")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("x" * 100, "'" + "x" * 59 + " … (str)"),
        (torch.ones(2, 3), "a tensor of shape (2, 3), torch.float32"),
        ("two\nlines", r"'two\nlines'"),
    ],
)
def test_a_value_is_shown_on_one_line(value: object, words: str) -> None:
    assert shown(value) == words


def test_dense_tensors_may_lack_memory_and_held_ones_not() -> None:
    meta = torch.ones(2, device="meta")
    assert kind_of(Dense).fault(meta) is None
    assert kind_of(Held).fault(meta) is not None
