"""Argument checks shared by the package: one line each, saying what was expected and what came."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import torch
from torch import Tensor

from d2l_utils.border.constraints import shown


def positive_int(name: str, value: int) -> int:
    """Return `value` if it is an integer of at least 1.

    Raises:
        TypeError: If it is not an integer.
        ValueError: If it is less than 1.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name}: expected an integer, got {shown(value)}")
    if value < 1:
        raise ValueError(f"{name}: expected at least 1, got {shown(value)}")
    return value


def non_negative(name: str, value: float) -> float:
    """Return `value` as a float if it is a finite number of at least 0.

    Raises:
        TypeError: If it is not a number.
        ValueError: If it is negative or not finite.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name}: expected a number, got {shown(value)}")
    if not 0 <= value <= sys.float_info.max:
        raise ValueError(f"{name}: expected a finite number of at least 0, got {shown(value)}")
    return float(value)


def positive(name: str, value: float) -> float:
    """Return `value` as a float if it is a finite number above 0.

    Raises:
        TypeError: If it is not a number.
        ValueError: If it is not positive or not finite.
    """
    if non_negative(name, value) == 0:
        raise ValueError(f"{name}: expected a number above 0, got {shown(value)}")
    return float(value)


def layer_sizes(name: str, value: Sequence[int]) -> tuple[int, ...]:
    """Return `value` as a tuple of positive integers; it may be empty.

    Raises:
        TypeError: If it is not a list or tuple of integers.
        ValueError: If a size is less than 1.
    """
    if not isinstance(value, list | tuple):
        raise TypeError(f"{name}: expected a list of integers such as [256], got {shown(value)}")
    return tuple(positive_int(f"{name}[{i}]", size) for i, size in enumerate(value))


def logits_and_labels(y_hat: Tensor, y: Tensor) -> None:
    """Check the two arguments of a classification loss.

    The range of the labels is checked on the CPU only: on an accelerator it would force the host
    to wait at every step, and the device checks it itself.

    Args:
        y_hat: Expected shape `(batch, num_outputs)`, floating point.
        y: Expected shape `(batch,)`, integer, from 0 to `num_outputs - 1`.

    Raises:
        TypeError: If either is not a tensor or has another kind of dtype.
        ValueError: If a shape or a label does not fit.
    """
    for name, value in (("y_hat", y_hat), ("y", y)):
        if not isinstance(value, Tensor):
            raise TypeError(f"{name}: expected a tensor, got {type(value).__name__}")
    if not y_hat.is_floating_point():
        raise TypeError(f"y_hat: expected a floating-point dtype, got {y_hat.dtype}")
    if y.dtype != torch.int64:
        raise TypeError(f"y: expected integer labels of dtype torch.int64, got {y.dtype}")
    if y_hat.ndim != 2 or y_hat.shape[0] == 0:
        raise ValueError(f"y_hat: expected shape (batch, num_outputs), got {tuple(y_hat.shape)}")
    if y.shape != y_hat.shape[:1]:
        raise ValueError(f"y: expected shape {tuple(y_hat.shape[:1])}, got {tuple(y.shape)}")
    if y.device.type == "cpu":
        low, high = (int(bound) for bound in y.aminmax())
        if low < 0 or high >= y_hat.shape[1]:
            wrong = low if low < 0 else high
            raise ValueError(f"y: expected labels from 0 to {y_hat.shape[1] - 1}, got {wrong}")
