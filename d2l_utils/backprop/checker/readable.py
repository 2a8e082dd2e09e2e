"""Read what a function returned as numbers, in whatever form they come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

MAX_KEY, MAX_KEYS = 40, 10
"""Characters of a key, and number of keys, that are quoted."""


class NotNumbersError(TypeError):
    """A value that is no array of real numbers."""


def is_unfilled(value: object) -> bool:
    """Whether a value is what a template leaves open: `...`, None or NotImplemented."""
    return value is None or value is ... or value is NotImplemented


def numbers(value: object) -> Tensor:
    """Copy numbers into a float64 tensor on the CPU.

    Args:
        value: A tensor or numpy array of float32, float64 or a wider dtype, a number, or lists and
            tuples of these, all of one shape.

    Raises:
        NotNumbersError: If it is something else; the message says what.
    """
    if isinstance(value, list | tuple):
        return _stacked(value)
    if isinstance(value, Tensor) and value.is_floating_point():
        _check_precision(value.dtype, value.dtype.itemsize)
        return value.detach().to("cpu", torch.float64).to_dense().clone()
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise NotNumbersError(
            f"expected every entry, got an array of which {int(value.mask.sum())} are masked"
        )
    if isinstance(value, np.ndarray | np.floating) and value.dtype.kind == "f":
        _check_precision(value.dtype, value.dtype.itemsize)
        return torch.tensor(np.asarray(value, dtype=np.float64), device="cpu")
    if isinstance(value, float):
        return torch.tensor(value, dtype=torch.float64, device="cpu")
    kind = "None" if value is None else getattr(value, "dtype", type(value).__name__)
    raise NotNumbersError(f"expected a tensor or array of floating-point numbers, got {kind}")


def shortened(keys: Sequence[str]) -> list[str]:
    """Cut keys that are long, and leave out those that are many.

    Args:
        keys: The keys.
    """
    cut = [f"{key[:MAX_KEY]} …" if len(key) > MAX_KEY else key for key in keys[:MAX_KEYS]]
    return [*cut, "…"] if len(keys) > MAX_KEYS else cut


def _stacked(values: list[object] | tuple[object, ...]) -> Tensor:
    # Some of a list's numbers may be whole: the zeros of a unit that is off, say.
    parts = [numbers(_as_float(value)) for value in values]
    if not parts:
        return torch.zeros(0, dtype=torch.float64, device="cpu")
    shapes = sorted({tuple(part.shape) for part in parts})
    if len(shapes) > 1:
        raise NotNumbersError(
            f"expected a list whose parts have one shape, got shapes {shapes[0]} and {shapes[1]}"
        )
    return torch.stack(parts)


def _as_float(value: object) -> object:
    """A whole number as a float, anything else as it is."""
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def _check_precision(dtype: object, size: int) -> None:
    if size < 4:
        raise NotNumbersError(f"expected float32 or float64, got {dtype}: too coarse to judge")
