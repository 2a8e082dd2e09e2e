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
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from d2l_utils.backprop.by_hand import Problem
from d2l_utils.backprop.checker.global_state import global_state_kept
from d2l_utils.backprop.checker.mistakes import PARAMETERS

TOL = 1e-6
"""Largest relative error of a right gradient: far above rounding in float64, and above the error of
a careful difference quotient."""

TOL_FLOAT32 = 1e-4
"""The same for a gradient returned in float32."""

MAX_MESSAGE = 300
"""Characters of an exception's message that are quoted; the library has some of a page's length."""


@dataclass(frozen=True)
class Gradient:
    """What the function gave for one parameter on one problem.

    Attributes:
        value: A copy in float64, of any shape; ``None`` if it was no tensor.
        trouble: Why it cannot be compared; empty if it can.
        tol: The largest relative error that counts as rounding.
    """

    value: Tensor | None
    trouble: str
    tol: float = TOL


def call_guarded(fn: Callable[..., Any], problem: Problem) -> dict[str, Gradient] | str:
    """Call a function on copies of a problem's tensors.

    Args:
        fn: Called as ``fn(X, y, W1, b1, W2, lambd)``.
        problem: Where to get them from.

    Returns:
        Parameter -> gradient, or a sentence on what went wrong.
    """
    p = problem
    given = {"X": p.X, "y": p.y, "W1": p.W1, "b1": p.b1, "W2": p.W2}
    copies = {name: value.clone() for name, value in given.items()}
    try:
        with _settings_kept():
            result = fn(*copies.values(), p.lambd)
    except (Exception, SystemExit) as error:  # whatever the reader's code raises is reported
        return _raised(error, problem)
    try:
        gradients = _read(result)
    except Exception as error:  # raised by the result or by us, not by the reader's function
        return f"The result could not be read: {type(error).__name__}{_message(error)}."
    changed = [name for name in given if not _same(given[name], copies[name])]
    if changed:
        return f"The function changed its argument {', '.join(changed)} in place; work on a copy."
    return gradients


@contextmanager
def _settings_kept() -> Iterator[None]:
    """Show warnings instead of raising them, and undo what is changed for the whole program."""
    with global_state_kept(), warnings.catch_warnings():
        warnings.simplefilter("default")  # a warning in right code does not make it wrong
        yield


def _read(result: object) -> dict[str, Gradient] | str:
    if not isinstance(result, Mapping):
        got = "None: nothing was returned" if result is None else type(result).__name__
        return f'Expected a dict with the keys "W1", "b1" and "W2", got {got}.'
    missing = [f'"{name}"' for name in PARAMETERS if name not in result]
    if missing:
        keys = [str(key) for key in result]
        return f"The result has no key {', '.join(missing)}; its keys are {keys}."
    return {name: _gradient(result[name]) for name in PARAMETERS}


def _gradient(value: object) -> Gradient:
    """Copy a tensor or an array, or say why it is no gradient."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        tensor = torch.tensor(value.astype(np.float64), device="cpu")
        size = value.dtype.itemsize
    elif isinstance(value, Tensor) and value.is_floating_point():
        tensor = value.detach().to("cpu", torch.float64).to_dense().clone()
        size = value.dtype.itemsize
    else:
        words = "expected a tensor or numpy array of floating-point numbers"
        kind = "None" if value is None else getattr(value, "dtype", type(value).__name__)
        return Gradient(None, f"{words}, got {kind}.")
    if size < 4:
        words = f"expected float32 or float64, got {value.dtype}"
        return Gradient(None, f"{words}: too coarse to judge.")
    bad = int((~tensor.isfinite()).sum())
    if bad:
        return Gradient(tensor, f"{bad} of {tensor.numel()} entries are NaN or infinite.")
    return Gradient(tensor, "", TOL_FLOAT32 if size == 4 else TOL)


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


def _raised(error: BaseException, problem: Problem) -> str:
    """Name the exception, the reader's line it came through and the problem's sizes."""
    what = f"{type(error).__name__}{_place(error)}{_message(error)}"
    p = problem
    y = f"y {tuple(p.y.shape)}" if p.loss == "squared" else f"labels up to {int(p.y.max())}"
    sizes = f"X {tuple(p.X.shape)}, {y}, W1 {tuple(p.W1.shape)}, W2 {tuple(p.W2.shape)}"
    return f"The function raised {what} (given {sizes})."


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[1:]  # the first is the call above
    if not frames:
        return " when called as fn(X, y, W1, b1, W2, lambd)"
    lines = [frame.line for frame in frames if frame.filename == frames[0].filename and frame.line]
    return f" in the line `{lines[-1]}`" if lines else ""
