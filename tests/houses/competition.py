"""Files in the form of the competition's, made of the shipped sales: none of the real ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from d2l_utils.houses import ABSENT, PRICE, ames
from d2l_utils.houses.kaggle_files import NUMBERS, TEXTS

CONDITIONS = ["Very_Poor", "Poor", "Fair", "Below_Average", "Average", "Above_Average", "Good"]
CONDITIONS += ["Very_Good", "Excellent"]
GRADES = {"Excellent": "Ex", "Good": "Gd", "Typical": "TA", "Fair": "Fa", "Poor": "Po"}
RATED = ["OverallQual", "ExterQual", "BsmtQual", "KitchenQual", "FireplaceQu", "GarageQual"]
CODES = [20, 30, 40, 45, 50, 60, 70, 75, 80, 85, 90, 120, 150, 160, 180, 190]


def competition_files(folder: Path, train: int = 40, test: int = 40) -> Path:
    """Write train.csv and test.csv with so many sales each, up to 2,930 in all.

    Lots and prices are not the true ones, "has none" is NA as it is there, and what the shipped
    sales lack is made up, ratings by the price.
    """
    count = train + test
    sales = ames().sample(count, random_state=0).reset_index(drop=True)
    rng = np.random.default_rng(0)
    sales[PRICE] = (sales[PRICE] * np.exp(0.05 * rng.normal(size=count))).round().astype(int)
    sales["Lot_Area"] += rng.integers(1, 99, count)
    sales["BsmtFin_SF_1"] = sales["Total_Bsmt_SF"] - sales["BsmtFin_SF_2"] - sales["Bsmt_Unf_SF"]
    floors = sales["First_Flr_SF"] + sales["Second_Flr_SF"]
    sales["Low_Qual_Fin_SF"] = sales["Gr_Liv_Area"] - floors
    sales["Garage_Yr_Blt"] = sales["Year_Built"].where(sales["Garage_Type"] != "No_Garage")
    sales["Overall_Cond"] = sales["Overall_Cond"].map(lambda level: 1 + CONDITIONS.index(level))
    codes = dict(zip(sorted(set(ames()["MS_SubClass"])), CODES, strict=False))
    sales["MS_SubClass"] = sales["MS_SubClass"].map(codes)
    rank = sales[PRICE].rank(pct=True).to_numpy()
    made = pd.DataFrame({"Id": range(1, count + 1)})
    for theirs, ours in {**TEXTS, **NUMBERS, "SalePrice": PRICE}.items():
        if theirs in RATED:
            noisy = np.clip(rank + 0.1 * rng.normal(size=count), 0, 0.999)
            grades = np.array(["Po", "Fa", "TA", "Gd", "Ex"])[(5 * noisy).astype(int)]
            made[theirs] = (1 + 10 * noisy).astype(int) if theirs in NUMBERS else grades
            continue
        made[theirs] = sales[ours]
        if ABSENT.get(ours, "None") != "None":
            made[theirs] = made[theirs].mask(made[theirs] == ABSENT[ours])
        if theirs in TEXTS:
            made[theirs] = made[theirs].replace(GRADES)
    made.loc[3::97, "MasVnrArea"] = np.nan
    text = made.astype(object).where(made.notna(), "NA")
    text[:train].to_csv(folder / "train.csv", index=False)
    text[train:].drop(columns="SalePrice").to_csv(folder / "test.csv", index=False)
    return folder
