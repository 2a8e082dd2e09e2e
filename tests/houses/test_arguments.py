from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from d2l_utils.houses.arguments import prices, some, table, vector


@pytest.mark.parametrize(
    "make",
    [list, tuple, np.array, pd.Series, torch.tensor, lambda x: torch.tensor(x, dtype=torch.int32)],
)
def test_columns_of_numbers_are_read(make: Callable[[list[int]], Any]) -> None:
    found = vector("y", make([3, 1, 2]))
    assert found.dtype == np.float64
    assert found.tolist() == [3.0, 1.0, 2.0]


def test_numbers_have_memory_of_their_own() -> None:
    given = np.ones(3)
    vector("y", given)[0] = 5
    assert given.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (["1.0"], r"y\[0\]: expected a number, got '1.0'"),
        ([True], r"y\[0\]: expected a number, got True"),
        (pd.Series(["a", "b"]), "expected numbers in a list, Series, array or tensor"),
        (np.array([True]), "got an array of bool"),
        (torch.ones(2, dtype=torch.complex64), "expected numbers"),
        (torch.eye(2).to_sparse(), "expected numbers"),
        ("12", "expected numbers"),
    ],
)
def test_what_is_no_number_is_refused(value: object, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        vector("y", value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "y: expected at least one number, got none"),
        ([1.0, float("nan")], r"y\[1\]: expected a finite number, got nan"),
        ([10**30], "expected a 64-bit number"),
        (np.ones((2, 3)), r"y: expected one axis, got shape \(2, 3\)"),
    ],
)
def test_numbers_out_of_range_are_refused(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        vector("y", value)


def test_a_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="y: expected 4 numbers, got 2"):
        vector("y", [1.0, 2.0], 4)


def test_prices_are_above_zero() -> None:
    with pytest.raises(ValueError, match=r"y\[1\]: expected a price above 0, got 0"):
        prices("y", [1.0, 0.0])


def test_tables_have_rows_and_columns() -> None:
    frame = pd.DataFrame({"a": [1], "b": [2]})
    assert table("train", frame, ["a"]) is frame
    with pytest.raises(TypeError, match="train: expected a DataFrame, got 3"):
        table("train", 3)
    with pytest.raises(ValueError, match="train: expected at least one row, got none"):
        table("train", frame[:0])
    with pytest.raises(ValueError, match="expected the columns a, c, got none named c"):
        table("train", frame, ["a", "c"])
    with pytest.raises(ValueError, match="expected each column once, got 'a' twice"):
        table("train", frame[["a", "a"]])


def test_many_names_are_cut() -> None:
    assert some(["a", "b"]) == "a, b"
    assert some(list("abcdef")) == "a, b, c, d and 2 more"
