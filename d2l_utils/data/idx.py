"""The files of Fashion-MNIST as they are published: four arrays in the format idx.

Source: Xiao, Rasul and Vollgraf, "Fashion-MNIST" (2017); the format is MNIST's.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
"""An array of whole numbers from 0 to 255."""

FILES = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}
"""File -> SHA-256 of its content, decompressed: different compressions hold the same file."""

SUBFOLDERS = (".", "FashionMNIST/raw")
"""Where the files may be inside the folder; the second is where D2L's own download puts them."""

WHERE = (
    "Debian's package dataset-fashion-mnist holds the four files (idx, compressed or not), and "
    "D2L's own download of the data set leaves them"
)
"""What to do about a missing file."""


def read_idx(folder: Path, name: str) -> Bytes:
    """Read one of the four files and prove that it is the published one.

    Args:
        folder: Where the files are.
        name: One of `FILES`; ``.gz`` may follow it on the disk.

    Returns:
        Images of shape `(number, 28, 28)`, or labels of shape `(number,)`.

    Raises:
        ValueError: If the file is missing, broken, or another one.
    """
    path = _find(folder, name)
    return _array(_content(path))


def _find(folder: Path, name: str) -> Path:
    for sub in SUBFOLDERS:
        for ending in ("", ".gz"):
            path = folder / sub / (name + ending)
            if path.is_file():
                return path
    raise ValueError(
        f"D2L_FASHION_MNIST: expected {name} or {name}.gz in {folder}, got neither. {WHERE}."
    )


def _content(path: Path) -> bytes:
    name = path.name.removesuffix(".gz")
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(
            f"D2L_FASHION_MNIST: expected a whole file {path}, got {error}. {WHERE}."
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != FILES[name]:
        raise ValueError(
            f"D2L_FASHION_MNIST: expected {path} to hold Fashion-MNIST's {name} "
            f"(SHA-256 {FILES[name][:12]}…), got {len(content):,} bytes of SHA-256 {found[:12]}…: "
            f"a truncated or another file, such as MNIST's of the same name. {WHERE}."
        )
    return content


def _array(content: bytes) -> Bytes:
    """Take the array out of a file that is known: two zeros, the type, the rank, the sizes."""
    rank = content[3]
    sizes = np.frombuffer(content, dtype=">u4", count=rank, offset=4)
    return np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * rank).reshape(sizes.astype(int))
