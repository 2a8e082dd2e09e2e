"""Train the table that `d2l_utils.searches.joint_table` reads, and store it beside it.

    OMP_NUM_THREADS=1 python tools/train_joint.py [FOLDER]

Some five minutes of one core. Each shape of network leaves a file in FOLDER as soon as it is done,
and is not trained again.
"""

from __future__ import annotations

import json
import sys
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from d2l_utils.data import fashion_mnist  # noqa: E402
from d2l_utils.searches.joint_table import (  # noqa: E402
    DEPTHS,
    POOL,
    RATES,
    RUNS,
    WIDTHS,
    format_rows,
    train_row,
)


def main(folder: Path) -> None:
    """Train what is missing, and store all."""
    roles = fashion_mnist(POOL)
    folder.mkdir(parents=True, exist_ok=True)
    rows = {}
    for width, depth in [(1, 0), *product(WIDTHS, DEPTHS)]:
        file = folder / f"{width}-{depth}.json"
        if not file.exists():
            hits = [train_row(lr, width, depth, range(RUNS), roles) for lr in RATES]
            file.write_text(json.dumps(hits), encoding="utf-8")
            print(file.name, flush=True)
        for lr, found in zip(RATES, json.loads(file.read_text(encoding="utf-8")), strict=True):
            rows[lr, width, depth] = found
    images = (len(roles.validation), len(roles.test))
    stored = ROOT / "d2l_utils/searches/stored/joint.json"
    stored.parent.mkdir(exist_ok=True)
    stored.write_text(format_rows(rows, images), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "_build/joint"))
