"""A reader's engine for arrays in whatever form it is written, as the checks use it."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np

Part = str | tuple[tuple[int, ...], tuple[float, ...]]
"""A shape and its entries in order, or a word; errors begin with an exclamation mark."""


class Form:
    """What the checks ask of an engine.

    Attributes:
        kind: The class; ``kind(array)`` or ``kind(array, requires_grad=True)`` makes a leaf.
        grad: Its function like `torch.autograd.grad`, or None.
        no_grad: Its context that records nothing, or None.
    """

    def __init__(self, kind: Any, grad: Any = None, no_grad: Any = None) -> None:
        self.kind, self.grad, self.no_grad = kind, grad, no_grad

    def leaf(self, numbers: Any, dtype: Any = float) -> Any:
        """Make a leaf.

        Args:
            numbers: Its entries.
            dtype: Of the array that the engine is given.
        """
        array = np.array(numbers, dtype=dtype)
        if _takes(self.kind, "requires_grad"):
            return self.kind(array, requires_grad=True)
        return self.kind(array)

    def constant(self, numbers: Any) -> Any:
        """Make a tensor of which nobody wants the gradient.

        Args:
            numbers: Its entries.
        """
        return self.kind(np.array(numbers, dtype=float))

    def offers(self, need: str) -> bool:
        """Whether the engine has a method, or a method that takes an axis, or a function.

        Args:
            need: ``tanh``, ``sum axis``, ``grad()`` or ``no_grad()``.
        """
        if need.endswith("()"):
            return getattr(self, need[:-2]) is not None
        name, *axis = need.split()
        method = getattr(self.kind, name, None)
        return method is not None and (not axis or _takes_more(method))


def part(thing: Any) -> Part:
    """Return what can be compared of a result: its shape and entries.

    Args:
        thing: A tensor of any engine, an array, numbers or a word.
    """
    if thing is None or isinstance(thing, str):
        return str(thing)
    plain = isinstance(thing, np.ndarray | np.generic | float | int | list | tuple)
    array = np.asarray(thing if plain else getattr(thing, "data", thing))
    if array.dtype.kind not in "fiub":
        return f"an array of {array.dtype}"
    return tuple(array.shape), tuple(float(each) for each in array.ravel())


def same_part(a: Part, b: Part, tol: float) -> bool:
    """Whether two results are the same, but for rounding; any two errors are.

    Args:
        a: One result.
        b: The other.
        tol: How far two numbers may be apart, absolutely and relatively.
    """
    if isinstance(a, str) or isinstance(b, str):
        return a == b or (str(a)[0] == str(b)[0] == "!")
    (shape, numbers), (shape_b, numbers_b) = a, b
    return shape == shape_b and all(
        (math.isnan(x) and math.isnan(y)) or math.isclose(x, y, rel_tol=tol, abs_tol=tol)
        for x, y in zip(numbers, numbers_b, strict=True)
    )


def said(each: Part) -> str:
    """Say a result in words.

    Args:
        each: The result.
    """
    if isinstance(each, str):
        return each.removeprefix("!")
    shape, numbers = each
    return str(np.array([float(f"{n:g}") for n in numbers]).reshape(shape).tolist())


def _takes(function: Any, name: str) -> bool:
    try:
        return name in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False


def _takes_more(method: Any) -> bool:
    """Whether a method takes anything beside its tensor; of what is not Python, it is tried."""
    try:
        return len(inspect.signature(method).parameters) > 1
    except (TypeError, ValueError):
        return True
