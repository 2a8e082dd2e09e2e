"""Make the sample of Fashion-MNIST that is shipped, from a folder with the full set.

    python tools/sample_fashion_mnist.py FOLDER

FOLDER holds the four published files, compressed or not; Debian's package dataset-fashion-mnist
has them. Prints the checksums that `d2l_utils.data.sample` holds.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from d2l_utils.data.idx import Bytes, read_idx  # noqa: E402
from d2l_utils.data.sample import PER_ROW, checksum, lay_out  # noqa: E402

ROLES = {"train": ("train", 0, 1000), "validation": ("train", 1000, 1250), "test": ("t10k", 0, 250)}
"""Role -> published files, and which images of each class."""


def chosen(labels: Bytes, first: int, end: int) -> list[int]:
    """Which examples have a place from `first` to `end` within their class, in file order."""
    places = [np.flatnonzero(labels == label)[first:end] for label in range(10)]
    return sorted(int(place) for place in np.concatenate(places))


def write(folder: Path, role: str, images: Bytes, labels: Bytes) -> str:
    """Write sheet and labels of one role; return their checksum."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    per_row = PER_ROW[role]
    Image.fromarray(lay_out(images, per_row)).save(folder / f"{role}.png", optimize=True)
    lines = labels.reshape(-1, per_row).tolist()
    text = "".join("".join(map(str, line)) + "\n" for line in lines)
    (folder / f"{role}.txt").write_text(text, encoding="ascii")
    return checksum(images, labels)


def main(source: Path, target: Path = ROOT / "d2l_utils/data/fashion_mnist") -> int:
    """Write the files of all roles and print their checksums."""
    for role, (part, first, end) in ROLES.items():
        images = read_idx(source, f"{part}-images-idx3-ubyte")
        labels = read_idx(source, f"{part}-labels-idx1-ubyte")
        rows = chosen(labels, first, end)
        print(role, write(target, role, images[rows], labels[rows]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
