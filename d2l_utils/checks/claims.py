"""Checks that say what they proved.

A notebook of this book never just prints two numbers side by side: it calls one of the functions
below, which either raises `CheckError` naming the place and both values, or leaves one line
starting with a tick. The line states a bound instead of the error itself, because the last digits
of an error depend on the processor and a stored output must not.

A check that cannot fail proves nothing, so a value is not compared with itself, and a tolerance
that would hide a wrong factor is refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from numbers import Real
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from d2l_utils.border import Held, checked
from d2l_utils.border.constraints import shown
from d2l_utils.checks.record import Measure, check_record, publish

if TYPE_CHECKING:
    import numpy as np

MAX_TOL = 1e-3
"""The largest tolerance of `check_close`: beyond it two numbers do not agree, they are near."""


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
        ValueError: If both are the same list, dictionary or set.
    """
    for value in (got, expected):
        _check_exact(what, value, inside=False)
    if got is expected and isinstance(got, list | dict | set):
        raise _with_itself(what)
    if isinstance(got, bool) != isinstance(expected, bool):
        raise TypeError(
            f"{what}: expected two Booleans or none, got {shown(got)} and {shown(expected)}"
        )
    if got != expected:
        raise CheckError(f"{what}: expected {_exact(expected)}, got {_exact(got)}")
    publish(check_record(what, "equal", _exact(got)))


def check_close(
    what: str,
    got: Tensor | np.ndarray[Any, Any] | float,
    expected: Tensor | np.ndarray[Any, Any] | float,
    tol: float = 1e-12,
    entrywise: bool = False,
) -> None:
    """Check that two routes give the same numbers.

    The error is `relative_error`: the largest difference, divided by the largest number expected.
    Small entries beside large ones may therefore differ much in proportion; with `entrywise` each
    difference is divided by the number expected at its place. The line says which it was. Shapes
    are compared first, so nothing broadcasts.

    Args:
        what: The claim.
        got: One route's numbers, any shape.
        expected: The other route's numbers, the same shape.
        tol: The largest error allowed, at most `MAX_TOL`; a looser claim is a bound
            (`check_at_most`).
        entrywise: Whether each entry by itself must be right to within `tol`.

    Raises:
        CheckError: If the shapes differ, an entry is not finite or the error exceeds `tol`; the
            message gives the worst entry's index and both values.
        TypeError: If the numbers are not real floating-point numbers; whole ones are exact, so use
            `check_equal`.
        ValueError: If there is nothing to compare, both are the same numbers in memory, `tol` is
            too large or not above 0, or a zero is expected where each entry counts by itself.
    """
    if not (_is_real(tol) and 0 < tol <= MAX_TOL):
        raise ValueError(
            f"{what}: expected tol above 0 and at most {MAX_TOL:g} (a looser claim is a bound: use "
            f"check_at_most), got {shown(tol)}"
        )
    if not isinstance(entrywise, bool):
        raise TypeError(f"{what}: expected True or False for entrywise, got {shown(entrywise)}")
    if _same_memory(got, expected):
        raise _with_itself(what)
    a, b = _floats(what, got), _floats(what, expected)
    if a.numel() == 0:
        raise ValueError(f"{what}: expected at least one number to compare, got none")
    if a.shape != b.shape:
        raise CheckError(f"{what}: expected shape {tuple(b.shape)}, got {tuple(a.shape)}")
    measure = _measure(what, b, entrywise)
    errors = _errors(a, b, measure)
    error = float(errors.max())
    if not error <= tol:
        index, x, y = _worst(errors, a, b)
        raise CheckError(
            f"{what}: {'absolute' if measure == 'absolute' else 'relative'} error {error:.3g} "
            f"exceeds {tol:g}; worst at {index}: expected {y!r}, got {x!r}"
        )
    result = _closeness(a.numel(), _at_least(tol), measure)
    publish(check_record(what, "close", result, a.numel(), float(tol), measure))


def check_at_most(what: str, value: float | Tensor, bound: float | Tensor) -> None:
    """Check that a measured error, ratio or count does not exceed a bound.

    Args:
        what: The claim.
        value: The measured value, one number.
        bound: The largest value allowed.

    Raises:
        CheckError: If `value` exceeds `bound` or is not finite.
        TypeError: If either is not a real number.
        ValueError: If `bound` is not finite.
    """
    number, limit = _number(what, value), _number(what, bound)
    if not math.isfinite(limit):
        raise ValueError(f"{what}: expected a finite bound, got {limit}")
    if not (math.isfinite(number) and number <= limit):
        raise CheckError(f"{what}: expected at most {limit:g}, got {number:g}")
    publish(check_record(what, "bound", f"at most {_at_least(limit)}", bound=limit))


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
        raise TypeError(f"{what}: expected a Boolean, got {shown(condition)}")
    if not condition:
        raise CheckError(f"{what}: expected true, got false")
    publish(check_record(what, "true"))


@checked
def relative_error(got: Held, expected: Held) -> float:
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
    scale = expected.detach().double().abs().max()
    return float(_errors(got, expected, "largest" if scale > 0 else "absolute").max())


def _errors(got: Tensor, expected: Tensor, measure: Measure) -> Tensor:
    a, b = got.detach().double(), expected.detach().double()
    size = b.abs()
    scales = {"largest": size.max(), "each": size, "absolute": torch.ones_like(size)}
    return (a - b).abs() / scales[measure]


def _measure(what: str, expected: Tensor, entrywise: bool) -> Measure:
    if entrywise:
        if bool((expected == 0).any()):
            raise ValueError(f"{what}: expected no zero where each entry counts by itself")
        return "each"
    return "absolute" if bool((expected == 0).all()) else "largest"


def _closeness(count: int, tol: str, measure: Measure) -> str:
    numbers = "1 number" if count == 1 else f"{count:,} numbers"
    if measure == "absolute":
        return f"{numbers}, absolute error at most {tol}"
    if count == 1:
        return f"{numbers}, relative error at most {tol}"
    if measure == "each":
        return f"{numbers}, each to a relative {tol}"
    return f"{numbers}, error at most {tol} of the largest"


def _same_memory(got: object, expected: object) -> bool:
    """Whether two arrays are the same numbers in memory, in the same order."""
    if isinstance(got, Tensor) and isinstance(expected, Tensor):
        return got is expected or (got.numel() > 0 and _place(got) == _place(expected))
    if _is_array(got) and _is_array(expected):
        return got is expected or _interface(got) == _interface(expected)
    return False


def _interface(array: Any) -> dict[str, Any]:
    """Return what numpy says about where an array's numbers lie."""
    return dict(array.__array_interface__)


def _place(tensor: Tensor) -> tuple[object, ...]:
    """Return where a tensor's numbers lie: the stride of an axis of length 1 says nothing."""
    long = [(n, s) for n, s in zip(tensor.shape, tensor.stride(), strict=True) if n != 1]
    return tensor.device, tensor.data_ptr(), tensor.dtype, tuple(long)


def _with_itself(what: str) -> ValueError:
    return ValueError(f"{what}: a check of a value with itself proves nothing; use a second route")


def _check_exact(what: str, value: object, inside: bool) -> None:
    if isinstance(value, Mapping):
        parts: list[object] = [*value.keys(), *value.values()]
    elif isinstance(value, list | tuple | set | frozenset):
        parts = list(value)
    else:
        parts = []
        is_float = isinstance(value, float) and (not inside or math.isnan(value))
        if isinstance(value, Tensor | complex) or is_float or type(value).__module__ == "numpy":
            raise TypeError(f"{what}: expected exact values, got {type(value).__name__}")
    for part in parts:
        _check_exact(what, part, inside=True)


def _is_real(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_array(value: object) -> bool:
    return type(value).__module__ == "numpy" and type(value).__name__ == "ndarray"


def _number(what: str, value: object) -> float:
    if isinstance(value, Tensor):
        if value.numel() == 1 and not value.is_complex() and value.dtype != torch.bool:
            return float(value)
    elif isinstance(value, Real) and _is_real(value):
        with suppress(OverflowError):
            return float(value)
        raise ValueError(f"{what}: expected a number that a float can hold, got {shown(value)}")
    raise TypeError(f"{what}: expected a number, got {shown(value)}")


def _floats(what: str, value: object) -> Tensor:
    """Return the numbers as a tensor; Python's own numbers keep their double precision."""
    if isinstance(value, Tensor):
        tensor = value
    elif _is_array(value):
        if value.dtype.kind != "f":  # type: ignore[attr-defined]
            raise TypeError(f"{what}: expected real floating-point numbers, got {value.dtype}")  # type: ignore[attr-defined]
        tensor = torch.tensor(value)
    elif _is_real(value):
        tensor = torch.tensor(_number(what, value), dtype=torch.float64)
    else:
        raise TypeError(f"{what}: expected real floating-point numbers, got {shown(value)}")
    if not tensor.is_floating_point():
        raise TypeError(f"{what}: expected real floating-point numbers, got {tensor.dtype}")
    return tensor.detach()


def _worst(errors: Tensor, a: Tensor, b: Tensor) -> tuple[tuple[int, ...], float, float]:
    flat = int(torch.nan_to_num(errors, nan=float("inf")).argmax())
    index = tuple(int(i) for i in torch.unravel_index(torch.tensor(flat), a.shape))
    return index, a.reshape(-1)[flat].item(), b.reshape(-1)[flat].item()


def _at_least(value: float) -> str:
    """Write a bound in six digits, or in as many as it takes not to fall below it."""
    return f"{value:g}" if float(f"{value:g}") >= value else repr(value)


def _exact(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        if isinstance(value, set | frozenset):
            return "{" + ", ".join(sorted(map(str, value))) + "}"
        if isinstance(value, tuple):
            return str(tuple(value))  # a torch.Size prints like any other shape
        return _text(value)
    return f"{value:,}"


def _text(value: object) -> str:
    try:
        return str(value)
    except Exception:
        return shown(value)
