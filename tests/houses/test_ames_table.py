from __future__ import annotations

import io
import lzma
from pathlib import Path

import pandas as pd
import pytest

from d2l_utils.houses import ABSENT, PRICE, ames, ames_table
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    return ames()


@pytest.fixture(scope="module")
def shipped() -> pd.DataFrame:
    """The copy before its repairs."""
    text = io.StringIO(ames_table._text())
    return pd.read_csv(text, keep_default_na=False, na_values=[""])


def test_table_has_all_sales_and_72_features(sales: pd.DataFrame, shipped: pd.DataFrame) -> None:
    assert shipped.shape == (2930, 74)
    assert sales.shape == (2930, 73)
    assert PRICE in sales
    assert (sales[PRICE].min(), sales[PRICE].max()) == (12789, 755000)


def test_another_table_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "ames.csv.xz"
    place.write_bytes(lzma.compress(ames_table._text().replace("215000", "215001").encode()))
    with pytest.raises(ValueError, match=r"ames.csv.xz: expected sha256 dc27fa1fc372…, got"):
        ames_table._text(place)


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_a_damaged_file_is_one_clear_error(tmp_path: Path, content: bytes | None) -> None:
    place = tmp_path / "ames.csv.xz"
    if content is not None:
        place.write_bytes(content)
    with pytest.raises(ValueError, match=r"ames.csv.xz: expected the shipped table .*, got"):
        ames_table._text(place)


def test_frontage_zero_means_missing(sales: pd.DataFrame, shipped: pd.DataFrame) -> None:
    assert (shipped["Lot_Frontage"] == 0).sum() == 490
    assert sales["Lot_Frontage"].isna().sum() == 490
    assert sales["Lot_Frontage"].min() == 21
    assert sales.drop(columns="Lot_Frontage").notna().all(axis=None)


def test_codes_in_place_of_square_feet_are_left_out(
    sales: pd.DataFrame, shipped: pd.DataFrame
) -> None:
    assert sorted(shipped["BsmtFin_SF_1"].unique()) == list(range(8))
    assert shipped.groupby("BsmtFin_SF_1")["BsmtFin_Type_1"].nunique().eq(1).all()
    assert "BsmtFin_SF_1" not in sales
    rest = sales["Total_Bsmt_SF"] - sales["BsmtFin_SF_2"] - sales["Bsmt_Unf_SF"]
    assert (rest >= 0).all()
    assert rest.max() > 5000


def test_what_is_absent_is_a_level(sales: pd.DataFrame) -> None:
    counts = {column: int((sales[column] == level).sum()) for column, level in ABSENT.items()}
    assert min(counts.values()) > 0
    assert counts["Mas_Vnr_Type"] == 1775
    assert counts["Misc_Feature"] == 2824
    assert ((sales["Pool_QC"] == "No_Pool") == (sales["Pool_Area"] == 0)).all()
    assert ((sales["Bsmt_Cond"] == "No_Basement") == (sales["Total_Bsmt_SF"] == 0)).all()
    without = sales["Garage_Type"] == "No_Garage"
    assert (sales.loc[without, "Garage_Area"] == 0).all()
    assert (sales.loc[~without, "Garage_Area"] == 0).sum() == 1


def test_no_level_has_blanks_around_it(sales: pd.DataFrame, shipped: pd.DataFrame) -> None:
    assert (shipped["Sale_Type"] == "WD ").any()
    for column in sales.columns.difference(sales.select_dtypes("number").columns):
        assert (sales[column] == sales[column].str.strip()).all()


def test_each_call_gives_a_new_table() -> None:
    sales = ames()
    sales[PRICE] = 0
    assert ames()[PRICE].min() > 0


def test_licence_stands_beside_the_table() -> None:
    text = (ROOT / "d2l_utils/houses/LICENSE.txt").read_text(encoding="utf-8")
    assert "Copyright (c) 2023 modeldata authors" in text
    assert "ames.csv.xz" in text
    assert "d2l_utils/houses/LICENSE.txt" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
