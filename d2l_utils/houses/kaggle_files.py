"""The competition's own files, from a folder of the reader's: columns under the names used here.

Nothing of them is shipped: the competition's rules let each participant download them, and nobody
pass them on. House Prices - Advanced Regression Techniques, kaggle.com.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from d2l_utils.houses.ames_table import PRICE
from d2l_utils.houses.arguments import some

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = {
    **{"LotFrontage": "Lot_Frontage", "LotArea": "Lot_Area", "OverallQual": "Overall_Qual"},
    **{"OverallCond": "Overall_Cond", "YearBuilt": "Year_Built", "YearRemodAdd": "Year_Remod_Add"},
    **{"MasVnrArea": "Mas_Vnr_Area", "BsmtFinSF1": "BsmtFin_SF_1", "BsmtFinSF2": "BsmtFin_SF_2"},
    **{"BsmtUnfSF": "Bsmt_Unf_SF", "TotalBsmtSF": "Total_Bsmt_SF", "1stFlrSF": "First_Flr_SF"},
    **{"2ndFlrSF": "Second_Flr_SF", "LowQualFinSF": "Low_Qual_Fin_SF", "GrLivArea": "Gr_Liv_Area"},
    **{"BsmtFullBath": "Bsmt_Full_Bath", "BsmtHalfBath": "Bsmt_Half_Bath"},
    **{"FullBath": "Full_Bath", "HalfBath": "Half_Bath", "BedroomAbvGr": "Bedroom_AbvGr"},
    **{"KitchenAbvGr": "Kitchen_AbvGr", "TotRmsAbvGrd": "TotRms_AbvGrd"},
    **{"Fireplaces": "Fireplaces", "GarageYrBlt": "Garage_Yr_Blt", "GarageCars": "Garage_Cars"},
    **{"GarageArea": "Garage_Area", "WoodDeckSF": "Wood_Deck_SF", "OpenPorchSF": "Open_Porch_SF"},
    **{"EnclosedPorch": "Enclosed_Porch", "3SsnPorch": "Three_season_porch"},
    **{"ScreenPorch": "Screen_Porch", "PoolArea": "Pool_Area", "MiscVal": "Misc_Val"},
    **{"MoSold": "Mo_Sold", "YrSold": "Year_Sold"},
}
"""The competition's name -> the name here, of columns that hold numbers."""

TEXTS = {
    **{"MSSubClass": "MS_SubClass", "MSZoning": "MS_Zoning", "Street": "Street", "Alley": "Alley"},
    **{"LotShape": "Lot_Shape", "LandContour": "Land_Contour", "Utilities": "Utilities"},
    **{"LotConfig": "Lot_Config", "LandSlope": "Land_Slope", "Neighborhood": "Neighborhood"},
    **{"Condition1": "Condition_1", "Condition2": "Condition_2", "BldgType": "Bldg_Type"},
    **{"HouseStyle": "House_Style", "RoofStyle": "Roof_Style", "RoofMatl": "Roof_Matl"},
    **{"Exterior1st": "Exterior_1st", "Exterior2nd": "Exterior_2nd", "MasVnrType": "Mas_Vnr_Type"},
    **{"ExterQual": "Exter_Qual", "ExterCond": "Exter_Cond", "Foundation": "Foundation"},
    **{"BsmtQual": "Bsmt_Qual", "BsmtCond": "Bsmt_Cond", "BsmtExposure": "Bsmt_Exposure"},
    **{"BsmtFinType1": "BsmtFin_Type_1", "BsmtFinType2": "BsmtFin_Type_2", "Heating": "Heating"},
    **{"HeatingQC": "Heating_QC", "CentralAir": "Central_Air", "Electrical": "Electrical"},
    **{"KitchenQual": "Kitchen_Qual", "Functional": "Functional", "FireplaceQu": "Fireplace_Qu"},
    **{"GarageType": "Garage_Type", "GarageFinish": "Garage_Finish", "GarageQual": "Garage_Qual"},
    **{"GarageCond": "Garage_Cond", "PavedDrive": "Paved_Drive", "PoolQC": "Pool_QC"},
    **{"Fence": "Fence", "MiscFeature": "Misc_Feature", "SaleType": "Sale_Type"},
    **{"SaleCondition": "Sale_Condition"},
}
"""The same of columns that hold text; MSSubClass is a code, written in digits."""


def read_kaggle(folder: Path, name: str) -> pd.DataFrame:
    """Read ``train.csv`` or ``test.csv`` of the competition.

    Only "NA" is read as missing: "None" is a level of two columns, which pandas would take for a
    missing value, and an empty field is none of the competition's.

    Args:
        folder: Where the file lies.
        name: ``"train"``, which has prices, or ``"test"``, which has none.

    Returns:
        The features under the names used here, and of ``"train"`` the price; the index is Id.

    Raises:
        ValueError: If the file is missing or cut off, has other columns or no rows, an Id twice, a
            price that is none, or text or an infinity where numbers belong.
    """
    place = folder / f"{name}.csv"
    prices = {"SalePrice": PRICE} if name == "train" else {}
    names = {**TEXTS, **NUMBERS, **prices}
    if not place.exists():
        raise ValueError(f"{folder}: expected a file {name}.csv, got none")
    texts = _texts(place)
    _check_columns(place.name, ["Id", *names], texts)
    if len(texts) == 0:
        raise ValueError(f"{place.name}: expected at least one row, got none")
    _check_whole(place.name, texts)
    frame = texts.mask(texts == "NA")
    for column in ["Id", *NUMBERS, *prices]:
        frame[column] = _numbers(place.name, column, frame[column])
    _check_rows(place.name, frame)
    return frame.astype({"Id": int}).set_index("Id").rename(columns=names)


def _texts(place: Path) -> pd.DataFrame:
    """Read the fields of a file as they are written."""
    import pandas as pd

    try:
        with warnings.catch_warnings():  # of rows that are longer than the header
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(place, dtype=str, na_filter=False, index_col=False)
    except (OSError, ValueError, pd.errors.ParserWarning) as error:
        raise ValueError(f"{place.name}: expected a table, got {str(error).strip()}") from None


def _check_columns(file: str, wanted: list[str], texts: pd.DataFrame) -> None:
    missing = [column for column in wanted if column not in texts]
    unknown = [column for column in texts if column not in wanted]
    if missing or unknown:
        said = f"{len(missing)} missing ({some(missing)})" if missing else "none missing"
        also = f", unknown ones ({some(unknown)})" if unknown else ""
        words = f"expected the competition's {len(wanted)} columns, got {said}{also}"
        raise ValueError(f"{file}: {words}")


def _check_whole(file: str, texts: pd.DataFrame) -> None:
    """Nothing is empty in the competition's files; a row that is too short ends in empty fields."""
    rows, columns = np.nonzero((texts == "").to_numpy())
    if len(rows):
        got = f"an empty field in line {rows[0] + 2} (is the file cut off?)"
        raise ValueError(
            f"{file}: expected a value or NA in {texts.columns[columns[0]]}, got {got}"
        )


def _numbers(file: str, column: str, texts: pd.Series) -> pd.Series:
    import pandas as pd

    numbers = pd.to_numeric(texts, errors="coerce").astype(float)
    bad = texts.notna() & ~np.isfinite(numbers)
    if bad.any():
        got = f"{texts[bad].iloc[0]!r} in line {texts.index[bad][0] + 2}"
        raise ValueError(f"{file}: expected numbers in {column}, got {got}")
    return numbers


def _check_rows(file: str, frame: pd.DataFrame) -> None:
    ids = frame["Id"]
    if ids.isna().any() or (ids % 1 != 0).any() or not ids.is_unique:
        raise ValueError(f"{file}: expected each Id once, got missing, broken or repeated ones")
    if not ids.between(1, 2**31).all():
        got = f"{ids.min():g} to {ids.max():g}"
        raise ValueError(f"{file}: expected Ids from 1, got {got}")
    if "SalePrice" in frame and not (frame["SalePrice"] > 0).all():
        bad = frame["SalePrice"][~(frame["SalePrice"] > 0)]
        got = "NA" if bad.isna().iloc[0] else f"{bad.iloc[0]:g}"
        line = bad.index[0] + 2
        raise ValueError(f"{file}: expected prices above 0 in SalePrice, got {got} in line {line}")
