from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from d2l_utils.houses import check_submission, write_submission

IDS = [1461, 1463, 1462]
PRICES = [123456.789, 1e5 / 3, 250000.0]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_submission(tmp_path / "submission.csv", IDS, PRICES)


def test_file_reads_back_as_it_was(file: Path) -> None:
    frame = pd.read_csv(file)
    assert list(frame.columns) == ["Id", "SalePrice"]
    assert frame["Id"].tolist() == IDS
    assert frame["SalePrice"].tolist() == PRICES
    assert file.read_bytes().startswith(b"Id,SalePrice\n1461,123456.789\n")
    assert check_submission(file, sorted(IDS)) == 3


def test_an_index_of_a_table_names_the_houses(tmp_path: Path) -> None:
    index = pd.Index([4, 5], name="Id")
    file = write_submission(tmp_path / "s.csv", index, np.array([1e5, 2e5]))
    assert check_submission(file, index) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (",Id,SalePrice\n0,1461,1e5\n", "header: expected Id,SalePrice, got Unnamed: 0,Id"),
        ("id,saleprice\n1461,1e5\n", "header: expected Id,SalePrice, got id,saleprice"),
        ("SalePrice,Id\n1e5,1461\n", "header: expected Id,SalePrice, got SalePrice,Id"),
        ("1461,1e5\n1462,1e5\n", "header: expected Id,SalePrice, got 1461,1e5"),
        ("", "expected a table"),
        ("Id,SalePrice\n1461,1e5\n1462,1e5\n", r"got 1 missing \(1463\)"),
        ("Id,SalePrice\n1461,1e5\n1462,1e5\n1462,1e5\n", "Id: expected each once, got 1462 twice"),
        (
            "Id,SalePrice\n1461,1e5\n1462,1e5\n1463,1e5\n7,1e5\n",
            r"got none missing, unknown ones \(7\)",
        ),
        ("Id,SalePrice\n1461,1e5,7\n1462,1e5\n1463,1e5\n", "expected two values in each row, got"),
        ("Id,SalePrice\n1461,1e5\n1462,nan\n1463,1e5\n", "SalePrice: expected numbers, got 'nan'"),
        ("Id,SalePrice\n1461,1e5\n1462,\n1463,1e5\n", "SalePrice: expected numbers, got ''"),
        ("Id,SalePrice\n1461,1e5\n1462,inf\n1463,1e5\n", "SalePrice: expected numbers, got 'inf'"),
        ("Id,SalePrice\n1461,1e5\n1462,-3\n1463,1e5\n", r"SalePrice\[1\]: expected a price above"),
        ("Id,SalePrice\n1461,11.9\n1462,12.1\n1463,12\n", "got 11.9 to 12.1; are they logarithms"),
    ],
)
def test_a_file_that_would_not_be_taken_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        check_submission(file, IDS)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="file: expected a file, got none"):
        check_submission(tmp_path / "none.csv", IDS)


@pytest.mark.parametrize(
    ("ids", "y_hat", "error", "message"),
    [
        (IDS, [1e5, 2e5], ValueError, "y_hat: expected 3 numbers, got 2"),
        (IDS, [1e5, 2e5, float("nan")], ValueError, r"y_hat\[2\]: expected a finite number"),
        (IDS, [1e5, 2e5, -1.0], ValueError, r"y_hat\[2\]: expected a price above 0"),
        (IDS, [11.9, 12.1, 12.0], ValueError, "are they logarithms"),
        (IDS, ["1", "2", "3"], TypeError, r"y_hat\[0\]: expected a number, got '1'"),
        ([1, 1, 2], PRICES, ValueError, "ids: expected each once"),
        ([1.5, 1, 2], PRICES, ValueError, "ids: expected whole numbers, got 1.5"),
    ],
)
def test_nothing_is_written_of_what_would_not_be_taken(
    tmp_path: Path, ids: Any, y_hat: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        write_submission(tmp_path / "s.csv", ids, y_hat)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="file: expected a folder that exists"):
        write_submission(tmp_path / "no" / "s.csv", IDS, PRICES)
    with pytest.raises(ValueError, match="got the folder"):
        write_submission(tmp_path, IDS, PRICES)


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.csv").symlink_to(tmp_path / "no" / "s.csv")
    with pytest.raises(ValueError, match="expected one that can be written, got No such file"):
        write_submission(tmp_path / "s.csv", IDS, PRICES)
