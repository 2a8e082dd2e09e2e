"""Tables as matrices: D2L's preparation, with statistics from rows of one's choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from d2l_utils.border import checked
from d2l_utils.houses.ames_table import PRICE
from d2l_utils.houses.arguments import Numbers, some, table

if TYPE_CHECKING:
    import pandas as pd


SKEWED = 1.0
"""Skewness from which a column has few values that are far larger than the others."""


LARGEST = 1e150
"""Of a number: the variance of such is finite."""


@dataclass(frozen=True)
class Design:
    """Features as matrices in float64.

    Attributes:
        X: Of the houses to learn from, shape `(number of train, d)`.
        X_test: Of the others, shape `(number of test, d)`.
        columns: Names of the d columns: first those of numbers, then ``column=level``.
        num_numeric: How many of them hold numbers, standardised.
    """

    X: Numbers
    X_test: Numbers
    columns: tuple[str, ...]
    num_numeric: int

    def __repr__(self) -> str:
        levels = len(self.columns) - self.num_numeric
        rows = f"{len(self.X):,} and {len(self.X_test):,} houses"
        return f"{rows}, {self.num_numeric} numbers and {levels} levels"


@checked
def design(
    train: pd.DataFrame,
    test: pd.DataFrame,
    fit_on: Literal["train", "both"] = "train",
    *,
    logs: bool = False,
) -> Design:
    """Prepare features as D2L does: standardise, fill with 0, and one column for each level.

    Numbers lose their mean and are divided by their standard deviation (of what is there, with
    n - 1); missing ones become 0 afterwards, which is the mean. A column that is constant stays 0.
    Text becomes one column of 0 and 1 for each level, and one for "missing" where it occurs.

    Args:
        train: Houses to learn from; a price among the columns is left out.
        test: Houses to predict, with the same features.
        fit_on: Which rows give means, deviations and levels: D2L takes both, which needs the
            houses to predict; ``"train"`` needs nothing but the past. A level that they lack has
            no column.
        logs: Whether log(1 + x) replaces a number x first, in the columns that are never negative
            and have a skewness above `SKEWED` in the rows that are fitted. D2L does not.

    Returns:
        The matrices.

    Raises:
        TypeError: If a table is no DataFrame, or a feature is numbers in one table and text in the
            other, or is made of complex numbers or of times.
        ValueError: If a table has no rows, the features differ, or a number is infinite or above
            `LARGEST`.
    """
    import pandas as pd

    known = table("train", train).drop(columns=PRICE, errors="ignore")
    if len(known.columns) == 0:
        raise ValueError("train: expected at least one feature, got none")
    new = table("test", test, list(known.columns)).drop(columns=PRICE, errors="ignore")
    extra = new.columns.difference(known.columns)
    if len(extra):
        raise ValueError(f"test: expected the features of train, got also {some(list(extra))}")
    new = new[known.columns]
    _check_kinds(known, new)
    fitted = pd.concat([known, new]) if fit_on == "both" else known
    numeric = known.select_dtypes("number").columns
    if logs:
        columns = [c for c in numeric if fitted[c].min() >= 0 and fitted[c].skew() > SKEWED]
        known, new, fitted = (_logged(rows, columns) for rows in (known, new, fitted))
    parts = [
        (_standardised(rows[numeric], fitted[numeric]), *_levels(rows, fitted, numeric))
        for rows in (known, new)
    ]
    X, X_test = (np.hstack([numbers, levels]) for numbers, levels, _ in parts)
    return Design(X, X_test, (*map(str, numeric), *parts[0][2]), len(numeric))


def _logged(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return rows.assign(**{c: np.log1p(rows[c].clip(lower=0)) for c in columns})


def _check_kinds(known: pd.DataFrame, new: pd.DataFrame) -> None:
    numeric = set(known.select_dtypes("number").columns)
    for column in numeric ^ set(new.select_dtypes("number").columns):
        here, there = ("numbers", "text") if column in numeric else ("text", "numbers")
        raise TypeError(f"test: expected {here} in {column}, as in train, got {there}")
    for name, rows in (("train", known), ("test", new)):
        for column in sorted(numeric, key=str):
            if rows[column].dtype.kind not in "iuf":
                got = rows[column].dtype
                raise TypeError(f"{name}: expected real numbers in {column}, got {got}")
        sizes = np.abs(rows[sorted(numeric, key=str)].to_numpy(dtype=np.float64, na_value=np.nan))
        if np.isinf(sizes).any():
            raise ValueError(f"{name}: expected finite numbers or missing ones, got an infinity")
        if (sizes > LARGEST).any():
            got = f"{np.nanmax(sizes):g}"
            raise ValueError(f"{name}: expected numbers up to {LARGEST:g} in size, got {got}")


def _standardised(rows: pd.DataFrame, fitted: pd.DataFrame) -> Numbers:
    # A column without a value, and one without a spread, say nothing.
    deviation = fitted.std().where(lambda s: s > 0, np.inf).fillna(np.inf)
    filled: Any = ((rows - fitted.mean().fillna(0)) / deviation).fillna(0)
    return filled.to_numpy(dtype=np.float64)  # type: ignore[no-any-return]


def _levels(
    rows: pd.DataFrame, fitted: pd.DataFrame, numeric: pd.Index
) -> tuple[Numbers, list[str]]:
    names, columns = [], []
    for column in fitted.columns.difference(numeric, sort=False):
        texts = rows[column].astype("str").to_numpy(dtype=object)
        missing = rows[column].isna().to_numpy()
        for level in sorted(fitted[column].dropna().astype("str").unique()):
            names.append(f"{column}={level}")
            columns.append((texts == level) & ~missing)
        if fitted[column].isna().any():
            names.append(f"{column} missing")
            columns.append(missing)
    made = np.array(columns, dtype=np.float64).reshape(len(columns), len(rows)).T
    return made, names
