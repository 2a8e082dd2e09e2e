"""A table of trainings over rate, width, depth and epochs, in which a search costs a look-up.

It was trained once, by ``tools/train_joint.py``, and is stored with its seeds. `train_row` trains
any row again; a test does so with some. At rates so large that training jumps (0.8 and more),
rounding decides the path: another processor counts other hits after some epochs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any

import torch
from torch import Tensor

from d2l_utils.border import Count, Number, Positive, checked
from d2l_utils.data import Roles
from d2l_utils.experiments import fit_many, start_many

POOL = 2
"""Side of the squares of pixels that are averaged: images of 14 × 14."""

RATES = (0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
WIDTHS = (8, 16, 32, 64, 128)
DEPTHS = (1, 2, 3)
EPOCHS = (1, 2, 4, 8, 16)
RUNS = 4
FOLDS = 5
"""Validation hits are stored for five parts: image i is in part i modulo 5, 50 of each class."""

_STORED = Path(__file__).with_name("stored") / "joint.json"

Row = tuple[float, int, int]


@dataclass(frozen=True)
class JointTable:
    """Hits of every setting in every run; the last axes are epochs, runs and parts.

    Attributes:
        rates: Learning rates.
        widths: Hidden units per layer.
        depths: Hidden layers.
        epochs: Passes over the training images.
        validation: Hits on each fifth of the validation images, shape `(rates, widths, depths,
            epochs, runs, 5)`, int64.
        test: Hits on the test images, shape `(rates, widths, depths, epochs, runs)`, int64.
        linear: Test hits without a hidden layer, shape `(rates, epochs, runs)`.
        images: Validation images and test images.
    """

    rates: tuple[float, ...]
    widths: tuple[int, ...]
    depths: tuple[int, ...]
    epochs: tuple[int, ...]
    validation: Tensor
    test: Tensor
    linear: Tensor
    images: tuple[int, int]

    def __repr__(self) -> str:
        settings, runs = self.test[..., 0].numel(), self.test.shape[-1]
        return f"{settings} settings, {runs} runs of each"

    @cached_property
    def hits(self) -> list[list[list[list[list[int]]]]]:
        """Hits on all validation images, as lists: quicker to look up than a tensor."""
        lists: list[list[list[list[list[int]]]]] = self.validation.sum(-1).tolist()
        return lists

    @property
    def validation_accuracy(self) -> Tensor:
        """Percent of all validation images, shape `(rates, widths, depths, epochs, runs)`."""
        return 100 * self.validation.sum(-1).double() / self.images[0]

    @property
    def test_accuracy(self) -> Tensor:
        """Percent of the test images, of the same shape."""
        return 100 * self.test.double() / self.images[1]


@checked
def train_row(
    lr: Positive,
    width: Count,
    depth: Annotated[int, Number(at_least=0, at_most=100)],
    runs: Sequence[int],
    roles: Roles,
    epochs: Sequence[Count] = EPOCHS,
) -> list[list[list[int]]]:
    """Train networks with ReLU, and count hits on the way.

    A run of 16 epochs passes through those of 1, 2, 4 and 8: each stretch between two of them
    goes on where the last one ended. In a stretch the rate falls linearly to 0, and the next one
    begins at `lr` again (Loshchilov and Hutter 2017). So hits are counted where steps are small,
    and no epoch is trained twice. Weights start as He's, biases at 0.

    Args:
        lr: Learning rate at the beginning of a stretch; batches have 256 examples.
        width: Hidden units per layer.
        depth: Hidden layers; 0 makes the model linear.
        runs: Seeds of the starts. The order of the examples has seed 100 r + j for run r in
            stretch j.
        roles: What is trained on, and counted on.
        epochs: Where hits are counted, increasing.

    Returns:
        For each run and each number of epochs six counts: hits on the five parts of the validation
        images, and on the test images. A network whose logits are not finite hits nothing.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If a number is out of range, or epochs do not increase.
    """
    if not len(epochs) or list(epochs) != sorted(set(epochs)):
        raise ValueError(f"epochs: expected numbers that increase, got {list(epochs)}")
    X, y = roles.train.X, roles.train.y
    hidden = [width] * depth
    networks = start_many((X[0].numel(), *hidden, len(roles.classes)), runs, "he")
    found, done = [], 0
    for stretch, end in enumerate(epochs):
        orders = [100 * run + stretch for run in runs]
        rates = [lr] * len(runs)
        fit = fit_many(networks, X, y, rates, orders, epochs=end - done, decay=True)
        networks = fit.networks
        validation = networks.hits(roles.validation.X, roles.validation.y)
        parts = [validation[:, fold::FOLDS].sum(1) for fold in range(FOLDS)]
        test = networks.hits(roles.test.X, roles.test.y).sum(1)
        found.append(torch.stack([*parts, test], dim=1))
        done = end
    hits: list[list[list[int]]] = torch.stack(found, dim=1).tolist()
    return hits


@checked
def read_joint() -> JointTable:
    """Read the table.

    Returns:
        All settings: 8 rates, 5 widths, 3 depths, 5 numbers of epochs, 4 runs. It is read once, and
        not to be changed.
    """
    return _read()


@cache
def _read() -> JointTable:
    content = json.loads(_STORED.read_text(encoding="utf-8"))
    rows = {(row["lr"], row["width"], row["depth"]): row["hits"] for row in content["rows"]}
    return make_table(rows, tuple(content["images"]))


def make_table(rows: dict[Row, Any], images: tuple[int, int]) -> JointTable:
    """Arrange rows by rate, width and depth."""
    hits = torch.tensor(
        [[[rows[lr, width, depth] for depth in DEPTHS] for width in WIDTHS] for lr in RATES]
    ).transpose(3, 4)
    linear = torch.tensor([rows[lr, 1, 0] for lr in RATES]).transpose(1, 2)
    return JointTable(
        RATES,
        WIDTHS,
        DEPTHS,
        EPOCHS,
        hits[..., :FOLDS],
        hits[..., FOLDS],
        linear[..., FOLDS],
        images,
    )


def format_rows(rows: dict[Row, Any], images: tuple[int, int]) -> str:
    """Write the table as JSON, one row a line; the inverse of what `read_joint` does."""
    lines = [
        json.dumps({"lr": lr, "width": width, "depth": depth, "hits": hits}, separators=(",", ":"))
        for (lr, width, depth), hits in sorted(rows.items(), key=lambda item: item[0][::-1])
    ]
    head = f'"pool": {POOL}, "images": {list(images)}, "runs": {RUNS}, "epochs": {list(EPOCHS)}'
    return f'{{{head}, "rows": [\n' + ",\n".join(lines) + "\n]}\n"
