"""Fashion-MNIST in three roles: a sample that is shipped, or the full set from a folder.

The roles keep choosing and reporting apart: train on the first, choose on the second, report the
third once. D2L has two roles only and calls its test set "val".
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from d2l_utils.border import checked
from d2l_utils.data.idx import Bytes, read_idx
from d2l_utils.data.sample import read_sample

VARIABLE = "D2L_FASHION_MNIST"
"""Environment variable that names the folder of the full set."""

CLASSES = (
    *("t-shirt", "trouser", "pullover", "dress", "coat"),
    *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
)
"""Label -> what is seen."""

FULL_TRAIN = 50_000
"""Training images of the full set; the other 10,000 of its training file are for validation."""

_SHIPPED = Path(__file__).with_name("fashion_mnist")

Arrays = tuple[tuple[Bytes, Bytes], ...]


@dataclass(frozen=True)
class Examples:
    """Images with labels.

    Attributes:
        X: Brightness from 0 to 1, float64, shape `(number, height, width)`.
        y: Labels 0 to 9, int64, shape `(number,)`.
    """

    X: Tensor
    y: Tensor

    def __len__(self) -> int:
        return len(self.y)

    def __repr__(self) -> str:
        return f"{len(self):,} images of {self.X.shape[1]} × {self.X.shape[2]}"


@dataclass(frozen=True)
class Roles:
    """A data set in three roles.

    Attributes:
        train: What parameters are fitted to.
        validation: What hyperparameters, epochs and models are chosen by.
        test: What is reported, once.
        source: Which data these are, in words.
        classes: Label -> what is seen.
    """

    train: Examples
    validation: Examples
    test: Examples
    source: str
    classes: tuple[str, ...] = CLASSES

    def __repr__(self) -> str:
        roles = (f"{role}: {getattr(self, role)}" for role in ("train", "validation", "test"))
        return "\n".join([self.source, *roles])


@checked
def fashion_mnist(pool: Literal[1, 2, 4] = 1) -> Roles:
    """Fashion-MNIST: a sample of 10,000, 2,500 and 2,500 images, as many of each class.

    No network is used. The sample holds, of each class and in the order of the published files,
    the first 1,000 training images for training, the next 250 for validation, and the first 250
    test images. If the environment variable ``D2L_FASHION_MNIST`` names a folder with the four
    published files (idx, compressed or not), the full set is read instead: 50,000, 10,000 and
    10,000 images.

    Args:
        pool: Side of the squares of pixels that are averaged: 1 keeps 28 × 28 pixels, 2 makes
            14 × 14, 4 makes 7 × 7.

    Returns:
        The three roles, in new tensors at each call, and which data they are.

    Raises:
        TypeError: If `pool` is not an integer.
        ValueError: If `pool` is none of these, or a file is missing, truncated, or another one.
    """
    folder = os.environ.get(VARIABLE)
    arrays = _full(folder) if folder else _sample()
    name = "the full set" if folder else "a sample, as many of each class"
    pooled = f", squares of {pool} × {pool} pixels averaged" if pool > 1 else ""
    train, validation, test = (_examples(*each, pool) for each in arrays)
    return Roles(train, validation, test, f"Fashion-MNIST, {name}{pooled}")


@cache
def _sample() -> Arrays:
    return tuple(read_sample(_SHIPPED, role) for role in ("train", "validation", "test"))


@cache
def _full(folder: str) -> Arrays:
    place = Path(folder)
    images, labels = (
        read_idx(place, "train-images-idx3-ubyte"),
        read_idx(place, "train-labels-idx1-ubyte"),
    )
    train, validation = slice(FULL_TRAIN), slice(FULL_TRAIN, None)
    test = (read_idx(place, "t10k-images-idx3-ubyte"), read_idx(place, "t10k-labels-idx1-ubyte"))
    return (images[train], labels[train]), (images[validation], labels[validation]), test


def _examples(images: Bytes, labels: Bytes, pool: int) -> Examples:
    """Turn whole numbers into numbers from 0 to 1; the sums are whole, so nothing is rounded."""
    X = torch.tensor(images, dtype=torch.float64)
    if pool > 1:
        count, height, width = X.shape
        X = X.reshape(count, height // pool, pool, width // pool, pool).sum((2, 4))
    return Examples(X / (255 * pool**2), torch.tensor(labels, dtype=torch.int64))
