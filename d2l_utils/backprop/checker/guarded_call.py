"""Call a reader's function that may do anything, and bring back gradients or a sentence.

The function gets copies, so it cannot change the problem, and what it sets for the whole program
(seeds, defaults) is put back. Whatever it raises or returns is turned into words for the report of
`d2l_utils.check_backward`.
"""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from d2l_utils.backprop.by_hand import Problem
from d2l_utils.backprop.checker.global_state import global_state_kept
from d2l_utils.backprop.checker.mistakes import PARAMETERS
from d2l_utils.backprop.checker.readable import NotNumbersError, is_unfilled, numbers, shortened

TOL = 5e-6
"""Largest relative error of a right gradient: above the error of a careful difference quotient and
of a computation in float32 on these problems, below one part in 100,000."""

MAX_MESSAGE = 300
"""Characters of an exception's message that are quoted; the library has some of a page's length."""


@dataclass(frozen=True)
class Gradient:
    """What the function gave for one parameter on one problem.

    Attributes:
        value: A copy in float64, of any shape; ``None`` if it was no tensor.
        trouble: Why it cannot be compared; empty if it can.
        unfilled: Whether the trouble is that nothing has been written in its place yet.
    """

    value: Tensor | None
    trouble: str
    unfilled: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back from one call.

    Attributes:
        gradients: Parameter -> gradient; empty if there is a failure.
        failure: Why there are none; empty if there are.
        unfilled: Whether that is because the function is not written yet.
        remark: What else is wrong with the function; empty if nothing is.
    """

    gradients: Mapping[str, Gradient] = field(default_factory=dict)
    failure: str = ""
    unfilled: bool = False
    remark: str = ""


def call_guarded(fn: Callable[..., Any], problem: Problem) -> Answer:
    """Call a function on copies of a problem's tensors.

    Args:
        fn: Called as ``fn(X, y, W1, b1, W2, lambd)``.
        problem: Where to get them from.

    Returns:
        The gradients, or a sentence on what went wrong.

    Raises:
        KeyboardInterrupt: If the function does, or its user.
    """
    given, copies = _tensors(problem), _tensors(problem)
    try:
        with _settings_kept():
            result = fn(*copies.values(), problem.lambd)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever the reader's code raises is reported
        return _raised(fn, error, problem)
    try:
        answer = _read(result)
    except Exception as error:  # raised by the result or by us, not by the reader's function
        words = f"The result could not be read: {type(error).__name__}{_message(error)}."
        return Answer(failure=words)
    changed = [name for name in given if not _same(given[name], copies[name])]
    if changed:
        words = f"The function changed its argument {', '.join(changed)} in place; work on a copy."
        return replace(answer, remark=words)
    return answer


def _tensors(p: Problem) -> dict[str, Tensor]:
    given = {"X": p.X, "y": p.y, "W1": p.W1, "b1": p.b1, "W2": p.W2}
    return {name: value.clone() for name, value in given.items()}


@contextmanager
def _settings_kept() -> Iterator[None]:
    """Show warnings instead of raising them, and undo what is changed for the whole program.

    The default dtype is that of the arguments, so that `torch.ones(n)` fits them.
    """
    with global_state_kept(), warnings.catch_warnings():
        warnings.simplefilter("default")  # a warning in right code does not make it wrong
        torch.set_default_dtype(torch.float64)
        yield


def _read(result: object) -> Answer:
    if is_unfilled(result):
        words = "Nothing is returned yet" if result is None else "The result is still to be written"
        return Answer(
            failure=f'{words}: return a dict with the gradients "W1", "b1" and "W2".', unfilled=True
        )
    if not isinstance(result, Mapping):
        got = type(result).__name__
        return Answer(failure=f'Expected a dict with the keys "W1", "b1" and "W2", got {got}.')
    missing = [f'"{name}"' for name in PARAMETERS if name not in result]
    if missing:
        keys = shortened([str(key) for key in result])
        return Answer(failure=f"The result has no key {', '.join(missing)}; its keys are {keys}.")
    if all(is_unfilled(result[name]) for name in PARAMETERS):
        words = "Put your three gradients in the places that are still open, and run this again."
        return Answer(failure=words, unfilled=True)
    return Answer({name: _gradient(result[name]) for name in PARAMETERS})


def _gradient(value: object) -> Gradient:
    """Copy a gradient's numbers, or say why it is none."""
    if is_unfilled(value):
        return Gradient(None, "still to be written.", unfilled=True)
    try:
        tensor = numbers(value)
    except NotNumbersError as error:
        return Gradient(None, f"{error}.")
    bad = int((~tensor.isfinite()).sum())
    trouble = f"{bad} of {tensor.numel()} entries are NaN or infinite." if bad else ""
    return Gradient(tensor, trouble)


def _same(a: Tensor, b: Tensor) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and bool((a == b).all())


def _message(error: BaseException) -> str:
    """The exception's own words on one line, cut where they become a page."""
    try:
        message = " ".join(str(error).split())
    except Exception:
        return ", whose message cannot be shown"
    if len(message) > MAX_MESSAGE:
        message = f"{message[:MAX_MESSAGE]} …"
    return f": {message}" if message else ""


def _raised(fn: Callable[..., Any], error: BaseException, problem: Problem) -> Answer:
    """Name the exception, the reader's line it came through and the problem's sizes."""
    if isinstance(error, NotImplementedError) and _raised_by_reader(error):
        words = "The function is still to be written: it raises NotImplementedError."
        return Answer(failure=words, unfilled=True)
    message = _message(error)
    if isinstance(error, TypeError | AttributeError) and "ellipsis" in message.lower():
        line = _place(error) or " in one of your lines"
        return Answer(failure=f"A `...` is still to be filled in: it is used{line}.", unfilled=True)
    p = problem
    y = f"y {tuple(p.y.shape)}" if p.loss == "squared" else f"labels up to {int(p.y.max())}"
    sizes = f"X {tuple(p.X.shape)}, {y}, W1 {tuple(p.W1.shape)}, W2 {tuple(p.W2.shape)}"
    what = f"{type(error).__name__}{_place(error)}{message}"
    return Answer(failure=f"The function raised {what} (given {sizes}).{_classes(fn, problem)}")


def _classes(fn: Callable[..., Any], problem: Problem) -> str:
    """Whether the function runs once the last class occurs: it counts classes from the labels."""
    last = len(problem.W2) - 1
    if problem.loss != "cross_entropy" or int(problem.y.max()) == last:
        return ""
    y = problem.y.clone()
    y[0] = last
    try:
        with _settings_kept():
            fn(*(_tensors(replace(problem, y=y)).values()), problem.lambd)
    except KeyboardInterrupt:
        raise
    except BaseException:  # whatever it is, the labels alone were not the cause
        return ""
    return (
        f" It runs when label {last} occurs in y: there are as many classes as rows of W2, "
        f"{last + 1} here; count them with `len(W2)`, not from the labels."
    )


def _raised_by_reader(error: BaseException) -> bool:
    """Whether the function itself says `raise`, not something that it calls."""
    frames = traceback.extract_tb(error.__traceback__)[1:]  # the first is the call above
    return len(frames) == 1 and (frames[0].line or "").startswith("raise")


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[1:]  # the first is the call above
    if not frames:
        return " when called as fn(X, y, W1, b1, W2, lambd)"
    lines = [frame.line for frame in frames if frame.filename == frames[0].filename and frame.line]
    return f" in the line `{lines[-1]}`" if lines else ""
