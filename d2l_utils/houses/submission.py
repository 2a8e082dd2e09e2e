"""The file that a competition takes: written so that it can be taken, and checked."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from d2l_utils.border import checked
from d2l_utils.houses.arguments import Numbers, prices, some, vector

HEADER = ["Id", "SalePrice"]
LEAST = 1000.0
"""Dollars that no house of the table sold for: a highest price below is a logarithm."""


@checked
def write_submission(file: Path, ids: Any, y_hat: Any) -> Path:
    """Write predicted prices as a submission: Id and SalePrice, and no other column.

    Args:
        file: Where; a file of that name is replaced.
        ids: Ids of the houses to predict, whole numbers.
        y_hat: Predicted prices in the same order, in dollars.

    Returns:
        The file, whose numbers read back as they were.

    Raises:
        TypeError: If something is no number.
        ValueError: If an id comes twice, a price is not a positive number, all are logarithms,
            the folder does not exist or the file cannot be written. Nothing is written then.
    """
    import pandas as pd

    wanted = _ids(ids)
    values = prices("y_hat", y_hat, len(wanted))
    _check_dollars("y_hat", values)
    if not file.parent.is_dir():
        raise ValueError(f"file: expected a folder that exists, got {file.parent}")
    if file.is_dir():
        raise ValueError(f"file: expected the name of a file, got the folder {file}")
    frame = pd.DataFrame({"Id": wanted, "SalePrice": values})
    text = frame.to_csv(index=False, lineterminator="\n")
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        got = f"{error.strerror} at {file}"
        raise ValueError(f"file: expected one that can be written, got {got}") from None
    return file


@checked
def check_submission(file: Path, ids: Any) -> int:
    """Check that a file can be submitted.

    Args:
        file: The file.
        ids: Ids of the houses to predict, in any order.

    Returns:
        How many prices it holds.

    Raises:
        TypeError: If ids are no numbers.
        ValueError: If the file is missing, its header is not ``Id,SalePrice`` (an index column is
            a third one), an id is missing, repeated or unknown, or a price is no positive number
            of dollars. The message says which.
    """
    import pandas as pd

    wanted = _ids(ids)
    if not file.is_file():
        raise ValueError(f"file: expected a file, got none at {file}")
    try:
        with warnings.catch_warnings():  # of rows that are longer than the header
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(file, dtype=str, keep_default_na=False, index_col=False)
    except pd.errors.ParserWarning:
        raise ValueError(f"{file.name}: expected two values in each row, got more") from None
    except ValueError as error:  # of what is no table, or no text
        raise ValueError(f"{file.name}: expected a table, got {str(error).strip()}") from None
    if list(frame.columns) != HEADER:
        raise ValueError(f"header: expected Id,SalePrice, got {','.join(frame.columns)}")
    numbers = {column: pd.to_numeric(frame[column], errors="coerce") for column in HEADER}
    for column, found in numbers.items():
        bad = ~np.isfinite(found.to_numpy(dtype=np.float64))
        if bad.any():
            raise ValueError(f"{column}: expected numbers, got {frame[column][bad].iloc[0]!r}")
    _check_ids(numbers["Id"].tolist(), wanted)
    _check_dollars("SalePrice", prices("SalePrice", numbers["SalePrice"].astype(float)))
    return len(frame)


def _ids(ids: Any) -> list[int]:
    import pandas as pd

    values = vector("ids", ids.to_series() if isinstance(ids, pd.Index) else ids)
    whole = [int(each) for each in values if each == int(each)]
    if len(whole) < len(values):
        raise ValueError(f"ids: expected whole numbers, got {values[values % 1 != 0][0]}")
    if len(set(whole)) < len(whole):
        raise ValueError("ids: expected each once, got one twice")
    return whole


def _check_ids(found: list[float], wanted: list[int]) -> None:
    if len(set(found)) < len(found):
        twice = next(each for each in found if found.count(each) > 1)
        raise ValueError(f"Id: expected each once, got {twice:g} twice")
    missing = [each for each in wanted if each not in set(found)]
    unknown = [f"{each:g}" for each in found if each not in set(wanted)]
    if missing or unknown:
        said = f"{len(missing)} missing ({some(missing)})" if missing else "none missing"
        also = f", unknown ones ({some(unknown)})" if unknown else ""
        raise ValueError(f"Id: expected the {len(wanted):,} houses of the test, got {said}{also}")


def _check_dollars(name: str, values: Numbers) -> None:
    if values.max() < LEAST:
        low, high = values.min(), values.max()
        raise ValueError(
            f"{name}: expected prices in dollars, got {low:.3g} to {high:.3g}; are they logarithms?"
        )
