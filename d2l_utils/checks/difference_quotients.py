"""Gradients by central differences: a route to a derivative that needs no derivative."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from d2l_utils.border import Float, Held, Positive, checked


@checked
def default_step(dtype: Float) -> float:
    """Return the step at which a central difference is about as accurate as it can be.

    Truncation costs about ``step**2`` and rounding about ``eps / step``, `eps` being the distance
    from 1 to the next number of the dtype; the sum is smallest near the cube root of `eps`.

    Args:
        dtype: A floating-point dtype.

    Returns:
        About 6.1e-6 for float64 and 4.9e-3 for float32, meant for entries and values of size one.

    Raises:
        TypeError: If `dtype` is not a floating-point dtype.
    """
    if not dtype.is_floating_point:
        raise TypeError(f"dtype: expected a floating-point dtype, got {dtype}")
    return float(torch.finfo(dtype).eps ** (1 / 3))


@checked
def central_difference(
    f: Callable[[Tensor], Tensor | float], X: Held, step: Positive | None = None
) -> Tensor:
    """Approximate the gradient of a scalar function, one entry of `X` at a time.

    Entry i is ``(f(X + step e_i) - f(X - step e_i)) / (2 step)``, where ``e_i`` is one at i and
    zero elsewhere. The error is about ``step**2`` times a third derivative plus rounding, so use
    float64: the best that float32 allows is about 1e-5 of the gradient. The quotient divides by
    the distance between the two points as stored, which is not exactly ``2 * step``.

    `X` is never changed: each of the ``2 * X.numel()`` calls of `f` gets a copy of its own, without
    gradient. Other tensors that `f` uses are its own business, and so is autograd inside `f`.

    Args:
        f: Maps a tensor shaped like `X` to one number: a tensor of shape ``()`` or a float. It must
            use its argument (not an outer variable) and give the same value when called again.
        X: Where to differentiate; a floating-point tensor of any shape.
        step: Half the distance between the two points; `default_step` of X's dtype if not given.

    Returns:
        The approximate gradient, of X's shape and dtype.

    Raises:
        TypeError: If `X` is not a floating-point tensor, or a value of `f` is neither a float nor a
            floating-point tensor at least as precise as `X`.
        ValueError: If `step` is not a positive number or too small to change an entry of `X`, or
            a value of `f` is not a scalar or not finite.
    """
    if not isinstance(X, Tensor):
        raise TypeError(f"X: expected a tensor, got {type(X).__name__}")
    step = default_step(X.dtype) if step is None else step
    if not (step > 0 and math.isfinite(step)):
        raise ValueError(f"step: expected a positive number, got {step}")
    point = X.detach().clone(memory_format=torch.contiguous_format)
    slopes = [_slope(f, point, entry, step) for entry in range(point.numel())]
    return torch.tensor(slopes, dtype=X.dtype, device=X.device).reshape(X.shape)


def _slope(f: Callable[[Tensor], Tensor | float], point: Tensor, entry: int, step: float) -> float:
    """Difference quotient along one entry, given by its position in reading order."""
    places, values = [], []
    for signed_step in (step, -step):
        moved = point.clone()
        flat = moved.view(-1)
        flat[entry] += signed_step
        places.append(flat[entry].item())
        values.append(_value(f(moved), point.dtype))
    distance = places[0] - places[1]
    if distance == 0:
        raise ValueError(
            f"step: expected a change of {places[0]:g} in {point.dtype}, got step {step:g}"
        )
    return (values[0] - values[1]) / distance


def _value(result: Tensor | float, dtype: torch.dtype) -> float:
    """Check a value of `f` and return it as a Python number."""
    if isinstance(result, Tensor):
        if result.shape != ():
            raise ValueError(f"f: expected a scalar, shape (), got shape {tuple(result.shape)}")
        if not result.is_floating_point() or _eps(result.dtype) > _eps(dtype):
            raise TypeError(f"f: expected a value of dtype {dtype} like X, got {result.dtype}")
        number = float(result.detach())
    elif isinstance(result, float):
        number = result
    else:
        raise TypeError(f"f: expected a tensor or a float, got {type(result).__name__}")
    if not math.isfinite(number):
        raise ValueError(f"f: expected a finite value, got {number}")
    return number


def _eps(dtype: torch.dtype) -> float:
    return float(torch.finfo(dtype).eps)
