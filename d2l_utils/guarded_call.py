"""Call a reader's function that may do anything, and bring back gradients or a sentence.

The function gets copies, so it cannot change the problem; whatever it raises or returns is turned
into words for the report of `d2l_utils.check_backward`.
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

from d2l_utils.mistakes import PARAMETERS, Problem

TOL = 1e-6
"""Largest relative error of a right gradient: far above rounding in float64, and above the error of
a careful difference quotient."""

TOL_FLOAT32 = 1e-4
"""The same for a gradient returned in float32."""


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
        return f"The result could not be read: {_named(error)}."
    changed = [name for name in given if not _same(given[name], copies[name])]
    if changed:
        return f"The function changed its argument {', '.join(changed)} in place; work on a copy."
    return gradients


@contextmanager
def _settings_kept() -> Iterator[None]:
    """Show warnings instead of raising them, and undo changes of torch's defaults."""
    device, dtype, grad = (
        torch.get_default_device(),
        torch.get_default_dtype(),
        torch.is_grad_enabled(),
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("default")  # a warning in right code does not make it wrong
            yield
    finally:
        if torch.get_default_device() != device:
            # None is the CPU without a mode that would be asked at every call from then on.
            torch.set_default_device(None if device.type == "cpu" else device)
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(grad)


def _read(result: object) -> dict[str, Gradient] | str:
    if not isinstance(result, Mapping):
        return f'Expected a mapping with "W1", "b1" and "W2", got {type(result).__name__}.'
    keys = [str(key) for key in result]
    missing = [f'"{name}"' for name in PARAMETERS if name not in keys]
    if missing:
        return f"The result has no key {', '.join(missing)}; its keys are {keys}."
    return {name: _gradient(result[name]) for name in PARAMETERS}


def _gradient(value: object) -> Gradient:
    """Copy a tensor or an array, or say why it is no gradient."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        tensor = torch.tensor(value.astype(np.float64))
        size = value.dtype.itemsize
    elif isinstance(value, Tensor) and value.is_floating_point():
        tensor = value.detach().to("cpu", torch.float64).to_dense().clone()
        size = value.dtype.itemsize
    else:
        words = "expected a tensor or numpy array of floating-point numbers"
        return Gradient(None, f"{words}, got {getattr(value, 'dtype', type(value).__name__)}.")
    if size < 4:
        words = f"expected float32 or float64, got {value.dtype}"
        return Gradient(None, f"{words}: too coarse to judge.")
    bad = int((~tensor.isfinite()).sum())
    if bad:
        return Gradient(tensor, f"{bad} of {tensor.numel()} entries are NaN or infinite.")
    return Gradient(tensor, "", TOL_FLOAT32 if size == 4 else TOL)


def _same(a: Tensor, b: Tensor) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and bool((a == b).all())


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}{_message(error)}"


def _message(error: BaseException) -> str:
    try:
        message = str(error)
    except Exception:
        return ", whose message cannot be shown"
    return f": {message}" if message else ""


def _raised(error: BaseException, problem: Problem) -> str:
    """Name the exception, the reader's line it came through and the problem's sizes."""
    frames = traceback.extract_tb(error.__traceback__)[1:]  # the first is the call above
    lines = [frame.line for frame in frames if frame.filename == frames[0].filename and frame.line]
    where = f" in the line `{lines[-1]}`" if lines else ""
    shapes = {"X": problem.X, "W1": problem.W1, "W2": problem.W2}
    sizes = ", ".join(f"{name} {tuple(value.shape)}" for name, value in shapes.items())
    return f"The function raised {type(error).__name__}{where}{_message(error)} (given {sizes})."
