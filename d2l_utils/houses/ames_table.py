"""House sales in Ames, Iowa, 2006 to 2010: the shipped copy, and what was wrong with it.

The copy is the data set `ames` of R's modeldata (MIT licence), made from De Cock's table of 2011.
Its makers left out the columns that rate quality overall (Overall_Qual, Exter_Qual, Bsmt_Qual,
Kitchen_Qual, Fireplace_Qu, Garage_Qual) and added Longitude and Latitude.
"""

from __future__ import annotations

import hashlib
import io
import lzma
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

CHECKSUM = "dc27fa1fc372a976b35142e88a9d8f86f31500efe45a3935999bbeddef0b8a98"
"""sha256 of the text that is shipped compressed."""

PRICE = "Sale_Price"
"""The column that is predicted, in dollars."""

ABSENT = {
    "Alley": "No_Alley_Access",
    **dict.fromkeys(["Bsmt_Cond", "Bsmt_Exposure", "BsmtFin_Type_1"], "No_Basement"),
    "BsmtFin_Type_2": "No_Basement",
    **dict.fromkeys(["Garage_Type", "Garage_Finish", "Garage_Cond"], "No_Garage"),
    "Pool_QC": "No_Pool",
    "Fence": "No_Fence",
    **dict.fromkeys(["Mas_Vnr_Type", "Misc_Feature"], "None"),
}
"""Column -> the level that says "has none". It is an answer, not a missing one."""

_SHIPPED = Path(__file__).with_name("ames.csv.xz")


def ames() -> pd.DataFrame:
    """Read the 2,930 sales, with the faults of the copy repaired.

    - ``Lot_Frontage`` 0 means that nobody wrote it down: NaN again, in 490 rows.
    - ``BsmtFin_SF_1`` holds codes 0 to 7 where square feet should be: left out. Nothing is lost,
      since it is what the other areas of a basement leave of ``Total_Bsmt_SF``.
    - "None" had been read as a missing value in ``Mas_Vnr_Type`` and ``Misc_Feature``: a level
      again, like those of `ABSENT`.
    - A blank at the end of one level of ``Sale_Type`` is gone.

    Returns:
        A new frame: 72 features, text in columns of text, and the price; years, square feet,
        dollars and degrees. Only ``Lot_Frontage`` has missing values. Rows are in the order of De
        Cock's table, by year and parcel, so neighbours in the table are neighbours in the town.

    Raises:
        ValueError: If the file beside this module is another one.
    """
    import pandas as pd

    frame = pd.read_csv(io.StringIO(_text()), keep_default_na=False, na_values=[""])
    frame["Lot_Frontage"] = frame["Lot_Frontage"].astype(float).mask(frame["Lot_Frontage"] == 0)
    for column in ("Mas_Vnr_Type", "Misc_Feature"):
        frame[column] = frame[column].fillna(ABSENT[column])
    frame["Sale_Type"] = frame["Sale_Type"].str.strip()
    return frame.drop(columns="BsmtFin_SF_1")


@cache
def _text(place: Path = _SHIPPED) -> str:
    try:
        content = lzma.decompress(place.read_bytes())
    except (OSError, EOFError, lzma.LZMAError) as error:
        again = "expected the shipped table (install the package again)"
        raise ValueError(f"{place.name}: {again}, got {type(error).__name__}") from None
    found = hashlib.sha256(content).hexdigest()
    if found != CHECKSUM:
        raise ValueError(f"{place.name}: expected sha256 {CHECKSUM[:12]}…, got {found[:12]}…")
    return content.decode()
