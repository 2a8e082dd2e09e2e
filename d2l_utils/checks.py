"""Checks that say what they proved.

A notebook of this book never just prints two numbers side by side: it calls one of the functions
below, which either raises `CheckError` naming the place and both values, or prints one line
starting with a tick. The line states a bound instead of the error itself, because the last digits
of an error depend on the processor and a stored output must not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import SupportsFloat

import torch
from torch import Tensor


class CheckError(AssertionError):
    """A claim of the book turned out to be false."""


def check_equal(what: str, got: object, expected: object) -> None:
    """Check that two exact values (integers, strings, shapes, sets) are equal.

    Args:
        what: The claim, in words or in the letters of the text.
        got: One route's value.
        expected: The other route's value.

    Raises:
        CheckError: If they differ.
        TypeError: If either is a tensor or a float, for which equality proves too little or too
            much (use `check_close`), or a Boolean is compared with something else. Inside lists
            and tuples floats are allowed, for numbers that are exact in binary; NaN is not.
    """
    for value in (got, expected):
        _check_exact(what, value, inside=False)
    if isinstance(got, bool) != isinstance(expected, bool):
        raise TypeError(f"{what}: expected two Booleans or none, got {got!r} and {expected!r}")
    if got != expected:
        raise CheckError(f"{what}: expected {_exact(expected)}, got {_exact(got)}")
    _report(what, _exact(got))


def check_close(
    what: str,
    got: Tensor | float,
    expected: Tensor | float,
    tol: float = 1e-12,
) -> None:
    """Check that two routes give the same numbers.

    The error is `relative_error`; shapes are compared first, so nothing broadcasts.

    Args:
        what: The claim.
        got: One route's numbers, any shape.
        expected: The other route's numbers, the same shape.
        tol: The largest relative error allowed, between 0 and 1.

    Raises:
        CheckError: If the shapes differ, an entry is not finite or the error exceeds `tol`; the
            message gives the worst entry's index and both values.
        TypeError: If the numbers are not real floating-point numbers; whole ones are exact, so use
            `check_equal`.
        ValueError: If there is nothing to compare or `tol` is not between 0 and 1.
    """
    if isinstance(tol, bool) or not 0 < tol < 1:
        raise ValueError(f"{what}: expected tol between 0 and 1, got {tol}")
    a, b = _floats(what, got), _floats(what, expected)
    if a.numel() == 0:
        raise ValueError(f"{what}: expected at least one number to compare, got none")
    if a.shape != b.shape:
        raise CheckError(f"{what}: expected shape {tuple(b.shape)}, got {tuple(a.shape)}")
    error = relative_error(a, b)
    if not error <= tol:
        index, x, y = _worst(a, b)
        raise CheckError(
            f"{what}: relative error {error:.3g} exceeds {tol:g}; "
            f"worst at {index}: expected {y!r}, got {x!r}"
        )
    count = "1 number" if a.numel() == 1 else f"{a.numel():,} numbers"
    _report(what, f"{count}, relative error at most {tol:g}")


def check_at_most(what: str, value: float | Tensor, bound: float) -> None:
    """Check that a measured error, ratio or count does not exceed a bound.

    Args:
        what: The claim.
        value: The measured value, one number.
        bound: The largest value allowed.

    Raises:
        CheckError: If `value` exceeds `bound` or is not finite.
        TypeError: If `value` is not a number.
    """
    if isinstance(value, bool | str) or not isinstance(value, Tensor | SupportsFloat):
        raise TypeError(f"{what}: expected a number, got {value!r}")
    number = float(value)
    if not (math.isfinite(number) and number <= bound):
        raise CheckError(f"{what}: expected at most {bound:g}, got {number:g}")
    _report(what, f"at most {bound:g}")


def check_true(what: str, condition: bool | Tensor) -> None:
    """Check a claim that is simply true or false.

    Args:
        what: The claim.
        condition: A Boolean (Python's, numpy's or a one-element tensor of dtype bool).

    Raises:
        CheckError: If it is false.
        TypeError: If it is not a Boolean, since a non-empty tuple or a tensor of numbers is
            "true" whatever it holds.
    """
    if isinstance(condition, Tensor):
        is_bool = condition.dtype == torch.bool and condition.numel() == 1
    else:
        is_bool = type(condition).__name__ in ("bool", "bool_")
    if not is_bool:
        raise TypeError(f"{what}: expected a Boolean, got {condition!r}")
    if not condition:
        raise CheckError(f"{what}: expected true, got false")
    _report(what, "true")


def relative_error(got: Tensor, expected: Tensor) -> float:
    """Largest absolute difference, divided by the largest absolute value expected.

    Where every expected entry is zero the difference is divided by one. Both tensors are compared
    in float64.

    Args:
        got: Any shape.
        expected: The same shape.

    Returns:
        The error, NaN if any entry is NaN.

    Raises:
        ValueError: If the shapes differ.
    """
    if got.shape != expected.shape:
        raise ValueError(f"expected shape {tuple(expected.shape)}, got {tuple(got.shape)}")
    a, b = got.detach().double(), expected.detach().double()
    scale = b.abs().max()
    return float((a - b).abs().max() / (scale if scale > 0 else torch.ones_like(scale)))


def _check_exact(what: str, value: object, inside: bool) -> None:
    if isinstance(value, Mapping):
        parts: list[object] = [*value.keys(), *value.values()]
    elif isinstance(value, list | tuple | set | frozenset):
        parts = list(value)
    else:
        parts = []
        is_float = isinstance(value, float) and (not inside or math.isnan(value))
        if isinstance(value, Tensor) or is_float or type(value).__module__ == "numpy":
            raise TypeError(f"{what}: expected exact values, got {type(value).__name__}")
    for part in parts:
        _check_exact(what, part, inside=True)


def _floats(what: str, value: Tensor | float) -> Tensor:
    """Return the numbers as a tensor; Python's own numbers keep their double precision."""
    tensor = value if isinstance(value, Tensor) else torch.tensor(float(value), dtype=torch.float64)
    if not tensor.is_floating_point():
        raise TypeError(f"{what}: expected real floating-point numbers, got {tensor.dtype}")
    return tensor.detach()


def _worst(a: Tensor, b: Tensor) -> tuple[tuple[int, ...], float, float]:
    difference = (a.double() - b.double()).abs()
    flat = int(torch.nan_to_num(difference, nan=float("inf")).argmax())
    index = tuple(int(i) for i in torch.unravel_index(torch.tensor(flat), a.shape))
    return index, a.reshape(-1)[flat].item(), b.reshape(-1)[flat].item()


def _exact(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        if isinstance(value, set | frozenset):
            return "{" + ", ".join(sorted(map(str, value))) + "}"
        if isinstance(value, tuple):
            return str(tuple(value))  # a torch.Size prints like any other shape
        return str(value)
    return f"{value:,}"


def _report(what: str, result: str) -> None:
    print(f"✓ {what}: {result}")
