"""Grids of recipes that take minutes: trained once, stored, and read by pages.

A stored grid need not be believed: `train_record` trains any entry again, from the same seeds, and
tests and pages do so with some. ``tools/train_dropout.py`` makes the files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from torch.nn import functional

from d2l_utils.border import Count, Number, checked
from d2l_utils.data import Roles
from d2l_utils.dropout.training import IMAGES, Recipe, mean_of_masks, train_seeds

LOSS_DIGITS = 4

_STORED = Path(__file__).with_name("stored")

Name = Literal["switching", "other-noise", "epochs", "weight-decay", "dropconnect"]
Part = Literal["train", "validation", "test", "masks"]

_IMAGES: Mapping[Part, int] = {"train": IMAGES, "validation": 2500, "test": 2500, "masks": 2500}


@dataclass(frozen=True)
class Record:
    """What came of a recipe, in every run.

    Attributes:
        epochs: After which epochs was measured.
        misses: Part -> for each epoch, images of a wrong class in each run. The part ``"masks"``
            is the test images judged by the mean of many masks, after the last epoch only.
        loss: Part -> for each epoch, the mean cross-entropy in each run, rounded.
    """

    epochs: tuple[int, ...]
    misses: Mapping[Part, Sequence[Sequence[int]]]
    loss: Mapping[Part, Sequence[Sequence[float]]]

    def errors(self, part: Part, place: int = -1) -> list[float]:
        """Misses in per cent of the images, one number per run, at a place of `epochs`."""
        return [100 * count / _IMAGES[part] for count in self.misses[part][place]]

    def losses(self, part: Part, place: int = -1) -> list[float]:
        """Cross-entropies, one number per run, at a place of `epochs`."""
        return list(self.loss[part][place])


@dataclass(frozen=True)
class Grid(Mapping[Recipe, Record]):
    """A grid of recipes, each trained from the same seeds: runs of two recipes are pairs.

    Attributes:
        seeds: How many runs each has; run r is trained from seed r.
        masks: How many masks the part ``"masks"`` averages; 0 if there is none.
        records: Recipe -> what came of it.
    """

    seeds: int
    masks: int
    records: Mapping[Recipe, Record]

    def __getitem__(self, recipe: Recipe) -> Record:
        return self.records[recipe]

    def __iter__(self) -> Iterator[Recipe]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)

    def __repr__(self) -> str:
        return f"{len(self)} recipes, {self.seeds} runs of each"


@checked
def train_record(
    recipe: Recipe,
    seeds: Sequence[int],
    roles: Roles,
    *,
    every: Count | None = None,
    masks: Annotated[int, Number(at_least=0)] = 0,
) -> Record:
    """Train a recipe once for each seed, and write down what is stored of it.

    Args:
        recipe: How.
        seeds: One per run.
        roles: As for `train_seeds`.
        every: Measure after every so many epochs, and at the end; by default only at the end.
        masks: How many masks are averaged for the part ``"masks"``; 0 for none.

    Returns:
        Misses and rounded losses. The same seeds give the same misses, whatever the other runs are.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If there is no seed, or the recipe has something out of range.
    """
    runs = train_seeds(recipe, seeds, roles, every=every)
    misses: dict[Part, Any] = {part: counts.tolist() for part, counts in runs.misses.items()}
    loss: dict[Part, Any] = {part: _rounded(values) for part, values in runs.loss.items()}
    if masks:
        y = roles.test.y
        mean = mean_of_masks(runs.networks, recipe, seeds, roles.test.X, masks)
        misses["masks"] = [(mean.argmax(2) != y).sum(1).tolist()]
        each = [functional.nll_loss(one.log(), y) for one in mean]
        loss["masks"] = _rounded(torch.stack(each).unsqueeze(0))
    return Record(runs.epochs, misses, loss)


@checked
def read_runs(name: Name) -> Grid:
    """Read a stored grid.

    Args:
        name: Which one: named as the page that reads it.

    Returns:
        The grid, in the order in which it was trained.

    Raises:
        TypeError: If the name is no string.
        ValueError: If there is no grid of this name.
    """
    return parse_grid((_STORED / f"{name}.json").read_text(encoding="utf-8"))


def parse_grid(text: str) -> Grid:
    """Read a grid from its text: the inverse of `format_grid`."""
    content = json.loads(text)
    records = {}
    for row in content["rows"]:
        said = row["recipe"]
        for name in ("p", "hidden"):
            if name in said:
                said[name] = tuple(said[name])
        records[Recipe(**said)] = Record(tuple(row["epochs"]), row["misses"], row["loss"])
    return Grid(content["seeds"], content["masks"], records)


def format_grid(grid: Grid) -> str:
    """Write a grid as JSON, one recipe a line; of a recipe, what differs from the default."""
    rows = []
    for recipe, record in grid.items():
        usual = asdict(Recipe())
        said = {name: value for name, value in asdict(recipe).items() if value != usual[name]}
        row = {"recipe": said, "epochs": record.epochs, "misses": record.misses}
        rows.append(json.dumps(row | {"loss": record.loss}, separators=(",", ":")))
    head = f'"seeds": {grid.seeds}, "masks": {grid.masks}'
    return f'{{{head}, "rows": [\n' + ",\n".join(rows) + "\n]}\n"


def _rounded(values: torch.Tensor) -> list[list[float]]:
    return [[round(x, LOSS_DIGITS) for x in row] for row in values.tolist()]
