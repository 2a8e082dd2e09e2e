"""Grids of trainings that take minutes: trained once, stored, and read by pages.

A stored grid need not be believed: `train_setting` trains any of its entries again, from the same
seeds, and tests and pages do so with some. ``tools/train_sweeps.py`` makes the files. Where a rate
is so large that training jumps, rounding decides the path, and another processor counts other hits.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch.nn import functional

from d2l_utils.border import checked
from d2l_utils.data import Roles
from d2l_utils.experiments.many import Activation, fit_many, start_many

LOSS_DIGITS = 4

_STORED = Path(__file__).with_name("stored")

Name = Literal["width", "depth", "activations", "rates"]
Function = Literal["relu", "leaky relu", "tanh", "sigmoid", "GELU", "SiLU", "identity"]

ACTIVATIONS: Mapping[Function, Activation] = {
    "relu": torch.relu,
    "leaky relu": functional.leaky_relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "GELU": functional.gelu,
    "SiLU": functional.silu,
    "identity": torch.nn.Identity(),
}
"""What may follow a hidden layer; the leaky relu has PyTorch's slope of 0.01."""


@dataclass(frozen=True)
class Setting:
    """How a multilayer perceptron is trained; no hidden layer makes it linear.

    Attributes:
        hidden: Widths of the hidden layers.
        lr: Learning rate.
        epochs: Passes over the training images.
        decay: Whether the rate falls linearly to 0.
        scale: Of the starting weights, as in `start_many`.
        activation: What follows every hidden layer, one of `ACTIVATIONS`.
    """

    hidden: tuple[int, ...]
    lr: float
    epochs: int
    decay: bool = False
    scale: float | Literal["xavier", "he", "torch"] = 0.01
    activation: Function = "relu"


@dataclass(frozen=True)
class Outcome:
    """What came of a setting, one entry per run.

    Attributes:
        validation: Hits on the validation images.
        test: Hits on the test images.
        train_loss: Mean over the batches of the last epoch; infinite if the run diverged.
    """

    validation: tuple[int, ...]
    test: tuple[int, ...]
    train_loss: tuple[float, ...]

    @property
    def diverged(self) -> int:
        """How many runs had a loss that is not finite."""
        return sum(math.isinf(loss) for loss in self.train_loss)


@dataclass(frozen=True)
class Sweep(Mapping[Setting, Outcome]):
    """A grid of settings, each trained in the same runs.

    Run r starts from seed r and takes the examples in the order of seed r, in every setting: the
    runs of two settings are pairs.

    Attributes:
        pool: Side of the squares of pixels that were averaged.
        runs: Runs of each setting.
        outcomes: Setting -> what came of it.
    """

    pool: int
    runs: int
    outcomes: Mapping[Setting, Outcome]

    def __getitem__(self, setting: Setting) -> Outcome:
        return self.outcomes[setting]

    def __iter__(self) -> Iterator[Setting]:
        return iter(self.outcomes)

    def __len__(self) -> int:
        return len(self.outcomes)

    def __repr__(self) -> str:
        return f"{len(self)} settings, {self.runs} runs of each, pool={self.pool}"


@checked
def train_setting(setting: Setting, runs: Sequence[int], roles: Roles) -> Outcome:
    """Train one setting, once for each run.

    Args:
        setting: What is trained.
        runs: One seed per run, of the start and of the order of the examples.
        roles: What it is trained on, and judged by.

    Returns:
        What came of it. The same seeds give the same hits, whatever the other runs are.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If there is no run, or the setting has a size or a rate that is not positive.
    """
    X, y = roles.train.X, roles.train.y
    sizes = (X[0].numel(), *setting.hidden, len(roles.classes))
    activation = ACTIVATIONS[setting.activation]
    start = start_many(sizes, runs, setting.scale, activation=activation)
    rates = [setting.lr] * len(runs)
    fit = fit_many(start, X, y, rates, runs, epochs=setting.epochs, decay=setting.decay)
    validation, test = (
        tuple(fit.networks.hits(role.X, role.y).sum(1).tolist())
        for role in (roles.validation, roles.test)
    )
    losses = zip(fit.diverged.tolist(), fit.train_loss[-1].tolist(), strict=True)
    rounded = (math.inf if gone else round(loss, LOSS_DIGITS) for gone, loss in losses)
    return Outcome(validation, test, tuple(rounded))


@checked
def read_sweep(name: Name) -> Sweep:
    """Read a stored grid.

    Args:
        name: Which one: ``"width"`` of a hidden layer, ``"depth"`` and starts, ``"activations"``
            and rates, ``"rates"`` and epochs.

    Returns:
        The grid, in the order in which it was trained.

    Raises:
        TypeError: If the name is no string.
        ValueError: If there is no grid of this name.
    """
    return parse_sweep((_STORED / f"{name}.json").read_text(encoding="utf-8"))


def parse_sweep(text: str) -> Sweep:
    """Read a grid from its text: the inverse of `format_sweep`."""
    content = json.loads(text)
    outcomes = {}
    for row in content["rows"]:
        losses = (math.inf if loss is None else loss for loss in row.pop("train_loss"))
        validation, test = (tuple(row.pop(role)) for role in ("validation", "test"))
        setting = Setting(**row | {"hidden": tuple(row["hidden"])})
        outcomes[setting] = Outcome(validation, test, tuple(losses))
    return Sweep(content["pool"], content["runs"], outcomes)


def format_sweep(sweep: Sweep) -> str:
    """Write a grid as JSON, one setting a line."""
    rows = [json.dumps(_row(setting, sweep[setting])) for setting in sweep]
    head = f'"pool": {sweep.pool}, "runs": {sweep.runs}'
    return f'{{{head}, "rows": [\n' + ",\n".join(rows) + "\n]}\n"


def _row(setting: Setting, outcome: Outcome) -> dict[str, Any]:
    losses = [None if math.isinf(loss) else loss for loss in outcome.train_loss]
    hits = {"validation": outcome.validation, "test": outcome.test}
    said = asdict(setting)
    if setting.activation == Setting.activation:
        del said["activation"]
    return said | hits | {"train_loss": losses}
