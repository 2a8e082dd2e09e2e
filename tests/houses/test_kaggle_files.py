from __future__ import annotations

from pathlib import Path

import pytest

from d2l_utils.houses import ABSENT, PRICE, ames
from d2l_utils.houses.kaggle_files import NUMBERS, TEXTS, read_kaggle
from tests.houses.competition import competition_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return competition_files(tmp_path)


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_names_are_the_79_features_of_the_competition() -> None:
    assert len({**NUMBERS, **TEXTS}) == 79
    assert len({*NUMBERS.values(), *TEXTS.values()}) == 79


def test_every_feature_of_the_shipped_table_but_the_place_has_a_name_there() -> None:
    ours = set(ames().columns) - {PRICE, "Longitude", "Latitude"}
    assert ours <= {*NUMBERS.values(), *TEXTS.values()}


def test_files_are_read_under_the_names_used_here(folder: Path) -> None:
    train, test = read_kaggle(folder, "train"), read_kaggle(folder, "test")
    assert train.shape == (40, 80)
    assert test.shape == (40, 79)
    assert train.index.tolist() == list(range(1, 41))
    assert PRICE in train
    assert PRICE not in test
    assert train["MS_SubClass"].str.isdigit().all()
    assert train["First_Flr_SF"].dtype.kind in "if"


def test_none_is_a_level_and_na_is_missing(folder: Path) -> None:
    train = read_kaggle(folder, "train")
    assert (train["Mas_Vnr_Type"] == ABSENT["Mas_Vnr_Type"]).any()
    assert train["Lot_Frontage"].isna().any()


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    (folder / "test.csv").unlink()
    with pytest.raises(ValueError, match=r"expected a file test.csv, got none"):
        read_kaggle(folder, "test")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "LotArea",
            "Lot.Area",
            r"81 columns, got 1 missing \(LotArea\), unknown ones \(Lot.Area\)",
        ),
        ("Id,", "Number,", r"got 1 missing \(Id\), unknown ones \(Number\)"),
        ("\n1,", "\nfirst,", "expected numbers in Id, got 'first' in line 2"),
        ("\n1,", "\n2,", "expected each Id once"),
        ("\n1,", "\n1e30,", "expected Ids from 1, got 2 to 1e[+]30"),
        (",Pave,", ",", "expected a value or NA in SalePrice, got an empty field in line 2"),
        (",Pave,", ",,", "expected a value or NA in Street, got an empty field in line 2"),
        (",Pave,", ",Pave,Pave,", "train.csv: expected a table, got .*loss of data"),
    ],
)
def test_another_table_is_refused(folder: Path, old: str, new: str, message: str) -> None:
    edit(folder / "train.csv", old, new)
    with pytest.raises(ValueError, match=message):
        read_kaggle(folder, "train")


def test_text_in_place_of_a_price_is_refused(folder: Path) -> None:
    file = folder / "train.csv"
    head, first, *rest = file.read_text(encoding="utf-8").splitlines()
    for price, message in (
        ("dear", "numbers in SalePrice, got 'dear'"),
        ("inf", "numbers in SalePrice, got 'inf'"),
        ("-5", "prices above 0 in SalePrice, got -5 in line 2"),
        ("NA", "prices above 0 in SalePrice, got NA in line 2"),
    ):
        row = ",".join([*first.split(",")[:-1], price])
        assert head.endswith("SalePrice")
        file.write_text("\n".join([head, row, *rest]), encoding="utf-8")
        with pytest.raises(ValueError, match=message):
            read_kaggle(folder, "train")


def test_prices_in_the_test_are_refused(folder: Path) -> None:
    (folder / "train.csv").replace(folder / "test.csv")
    message = (
        r"test.csv: expected the competition's 80 columns, got none missing, unknown ones \(Sal"
    )
    with pytest.raises(ValueError, match=message):
        read_kaggle(folder, "test")


def test_a_table_without_rows_is_refused(folder: Path) -> None:
    file = folder / "train.csv"
    file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"train.csv: expected at least one row, got none"):
        read_kaggle(folder, "train")


def test_an_empty_file_is_refused(folder: Path) -> None:
    (folder / "train.csv").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match=r"train.csv: expected a table, got"):
        read_kaggle(folder, "train")


@pytest.mark.parametrize("rows", [1, 7, 39])
def test_a_file_cut_off_within_a_row_is_refused(folder: Path, rows: int) -> None:
    for name in ("train", "test"):
        file = folder / f"{name}.csv"
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(lines[: rows + 1])[:-60], encoding="utf-8")
        with pytest.raises(ValueError, match=rf"empty field in line {rows + 1} \(is the file cut"):
            read_kaggle(folder, name)
