"""Tables and columns of numbers as arguments: what is refused, and in which words.

Annotations cannot say this, since pandas is loaded only where it is needed.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from d2l_utils.border.constraints import shown

if TYPE_CHECKING:
    import pandas as pd

Numbers = NDArray[np.float64]


def table(name: str, value: object, columns: Collection[str] = ()) -> pd.DataFrame:
    """Check that an argument is a table with rows and with certain columns.

    Args:
        name: The argument's name.
        value: What was passed.
        columns: Names that must be among the columns.

    Returns:
        The table.

    Raises:
        TypeError: If it is no DataFrame.
        ValueError: If it has no rows, or a column is missing or there twice.
    """
    import pandas as pd

    if not isinstance(value, pd.DataFrame):
        raise TypeError(f"{name}: expected a DataFrame, got {shown(value)}")
    if not value.columns.is_unique:
        twice = value.columns[value.columns.duplicated()][0]
        raise ValueError(f"{name}: expected each column once, got {twice!r} twice")
    missing = [column for column in columns if column not in value.columns]
    if missing:
        raise ValueError(
            f"{name}: expected the columns {some(columns)}, got none named {some(missing)}"
        )
    if len(value) == 0:
        raise ValueError(f"{name}: expected at least one row, got none")
    return value


def some(names: Collection[Any], most: int = 4) -> str:
    """Write out some names, and how many more there are."""
    first = ", ".join(map(str, list(names)[:most]))
    return first if len(names) <= most else f"{first} and {len(names) - most} more"


def vector(name: str, value: object, length: int | None = None) -> Numbers:
    """Check that an argument is a column of finite numbers.

    Args:
        name: The argument's name.
        value: A list or tuple of numbers, or a Series, an array or a tensor of one axis.
        length: How many there must be; None for any number from one.

    Returns:
        The numbers in float64, in memory of their own.

    Raises:
        TypeError: If they are not numbers.
        ValueError: If there are none, too few or too many, or one is not finite.
    """
    with np.errstate(over="ignore"):  # of longer floats: infinite, and refused below
        numbers = np.array(_real(name, value), dtype=np.float64)
    if numbers.ndim != 1:
        raise ValueError(f"{name}: expected one axis, got shape {numbers.shape}")
    if length is not None and len(numbers) != length:
        raise ValueError(f"{name}: expected {length:,} numbers, got {len(numbers):,}")
    if len(numbers) == 0:
        raise ValueError(f"{name}: expected at least one number, got none")
    if not np.isfinite(numbers).all():
        place = int(np.flatnonzero(~np.isfinite(numbers))[0])
        raise ValueError(f"{name}[{place}]: expected a finite number, got {numbers[place]}")
    return numbers


def prices(name: str, value: object, length: int | None = None) -> Numbers:
    """Check that an argument is a column of prices: finite numbers above 0.

    Args:
        name: The argument's name.
        value: As for `vector`.
        length: As for `vector`.

    Returns:
        The prices in float64.

    Raises:
        TypeError: If they are not numbers.
        ValueError: If one is not a positive number, or their number is wrong.
    """
    numbers = vector(name, value, length)
    if not (numbers > 0).all():
        place = int(np.flatnonzero(numbers <= 0)[0])
        raise ValueError(f"{name}[{place}]: expected a price above 0, got {numbers[place]:g}")
    return numbers


def _real(name: str, value: object) -> Any:
    """What numpy reads as real numbers without guessing."""
    import pandas as pd

    words = f"{name}: expected numbers in a list, Series, array or tensor, got "
    if isinstance(value, torch.Tensor):
        dense = value.layout == torch.strided and not value.is_nested and not value.is_meta
        if not dense or value.is_complex() or value.dtype not in _DTYPES:
            raise TypeError(words + (shown(value) if dense else "a tensor of another kind"))
        return value.detach().cpu().numpy()
    if isinstance(value, list | tuple):
        for place, each in enumerate(value):
            real = isinstance(each, int | float | np.integer | np.floating)
            if isinstance(each, bool) or not real:
                raise TypeError(f"{name}[{place}]: expected a number, got {shown(each)}")
            if isinstance(each, int) and abs(each) > 2**63:
                raise ValueError(f"{name}[{place}]: expected a 64-bit number, got {shown(each)}")
        return value
    if isinstance(value, pd.Series):
        value = value.to_numpy()
    if isinstance(value, np.ndarray) and value.dtype.kind in "iuf":
        return value
    if isinstance(value, np.ndarray):
        raise TypeError(words + f"an array of {value.dtype}")
    raise TypeError(words + shown(value))


_DTYPES = {
    *(torch.float64, torch.float32, torch.float16),
    *(torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8),
}
