"""The sample of Fashion-MNIST that is shipped: a contact sheet and a list of labels per role.

``tools/sample_fashion_mnist.py`` makes the files from the full set. A contact sheet is an ordinary
picture: look at it to see the data.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from d2l_utils.data.idx import Bytes

SIDE = 28
"""Rows and columns of an image."""

CHECKSUMS = {
    "train": "73194a0c06a93deab58b95e00e618cc5c80fb5c9a84df26bbc429eeb3507846a",
    "validation": "c4ffd38597b7cd70b50cd1978b9f5a55d0af812f9c80fd7e6c87eb99b09c7b9f",
    "test": "4d11607d45cf90cc8dddcf69f902c0b45774199bf5eee431df91484d8a1f96e5",
}
"""Role -> `checksum` of its images and labels."""

PER_ROW = {"train": 100, "validation": 50, "test": 50}
"""Role -> images in one row of its sheet, and labels in one line; there are as many rows."""


def read_sample(folder: Path, role: str) -> tuple[Bytes, Bytes]:
    """Read the images and labels of one role and prove that they are the shipped ones.

    Args:
        folder: Where the sheets are.
        role: ``"train"``, ``"validation"`` or ``"test"``.

    Returns:
        Images of shape `(number, 28, 28)` and labels of shape `(number,)`.

    Raises:
        ValueError: If a file is missing, broken, or changed.
    """
    from PIL import Image

    try:
        with Image.open(folder / f"{role}.png") as picture:
            sheet = np.asarray(picture)
        digits = (folder / f"{role}.txt").read_text(encoding="ascii").split()
        images = cut(sheet, PER_ROW[role])
        labels = np.array([int(digit) for digit in "".join(digits)], dtype=np.uint8)
    except (OSError, ValueError, SyntaxError) as error:
        raise ValueError(f"{_expected(folder, role)}, got {error}") from error
    found = checksum(images, labels)
    if found != CHECKSUMS[role]:
        raise ValueError(
            f"{_expected(folder, role)} of SHA-256 {CHECKSUMS[role][:12]}…, got {found[:12]}…"
        )
    return images, labels


def cut(sheet: Bytes, per_row: int) -> Bytes:
    """Cut a contact sheet into images, row by row.

    Args:
        sheet: Shape `(rows * 28, per_row * 28)`.
        per_row: Images in one row.

    Returns:
        Shape `(rows * per_row, 28, 28)`.

    Raises:
        ValueError: If the sheet has another shape.
    """
    tiles = sheet.reshape(-1, SIDE, per_row, SIDE).swapaxes(1, 2)
    return np.ascontiguousarray(tiles.reshape(-1, SIDE, SIDE))


def lay_out(images: Bytes, per_row: int) -> Bytes:
    """Lay out images on a contact sheet: the inverse of `cut`.

    Args:
        images: Shape `(rows * per_row, 28, 28)`.
        per_row: Images in one row.

    Returns:
        Shape `(rows * 28, per_row * 28)`.
    """
    tiles = images.reshape(-1, per_row, SIDE, SIDE).swapaxes(1, 2)
    return np.ascontiguousarray(tiles.reshape(-1, per_row * SIDE))


def checksum(images: Bytes, labels: Bytes) -> str:
    """SHA-256 of pixels and labels, however a program compressed them.

    Args:
        images: Whole numbers from 0 to 255.
        labels: As many labels.

    Returns:
        64 hexadecimal digits.
    """
    return hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()


def _expected(folder: Path, role: str) -> str:
    return (
        f"fashion_mnist: expected the shipped {role}.png and {role}.txt in {folder} (install "
        "d2l_utils anew, or check the files out again)"
    )
