"""Data held in memory, handed out in minibatches (D2L section 3.2.3).

Batches are picked by indexing whole tensors with a shuffled index. Collating examples one by one,
as a default `DataLoader` does, makes a small network's training step half as long again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from d2l_utils.border import Held, checked
from d2l_utils.checks.arguments import non_negative, positive_int
from d2l_utils.training.module import Batch


@dataclass(frozen=True)
class TensorLoader:
    """Iterates over tensors in minibatches; each iteration is one epoch.

    Attributes:
        tensors: Equally many rows each.
        batch_size: Rows per batch; the last batch may have fewer.
        generator: Shuffles the rows anew in every epoch; ``None`` keeps their order.
    """

    tensors: tuple[Tensor, ...]
    batch_size: int
    generator: torch.Generator | None = None

    def __len__(self) -> int:
        return -(-len(self.tensors[0]) // self.batch_size)

    def __iter__(self) -> Iterator[Batch]:
        if self.generator is None:
            yield from zip(*(t.split(self.batch_size) for t in self.tensors), strict=True)
            return
        order = torch.randperm(len(self.tensors[0]), generator=self.generator)
        for rows in order.to(self.tensors[0].device).split(self.batch_size):
            yield tuple(t.index_select(0, rows) for t in self.tensors)


class DataModule(ABC):
    """Base class of data sets: what a `Trainer` asks for."""

    @abstractmethod
    def train_dataloader(self) -> TensorLoader:
        """Return the training batches."""

    @abstractmethod
    def val_dataloader(self) -> TensorLoader | None:
        """Return the validation batches, or ``None`` if there are none."""


class TensorData(DataModule):
    """A data set given as tensors.

    Attributes:
        batch_size: Examples per batch.
    """

    @checked
    def __init__(
        self,
        X: Held,
        y: Held,
        X_val: Held | None = None,
        y_val: Held | None = None,
        *,
        batch_size: int = 256,
        shuffle: bool = True,
        seed: int = 0,
    ) -> None:
        """Wrap tensors; nothing is copied.

        Args:
            X: Training inputs, shape `(num_train, ...)`.
            y: Training labels, shape `(num_train,)`.
            X_val: Validation inputs, shape `(num_val, ...)`, or none.
            y_val: Validation labels, shape `(num_val,)`, or none.
            batch_size: Examples per batch, at least 1.
            shuffle: Whether the training examples get a new order in every epoch.
            seed: Seed of that order.

        Raises:
            TypeError: If something is not a tensor.
            ValueError: If inputs and labels differ in length or are empty, or only one of `X_val`
                and `y_val` is given.
        """
        self.batch_size = positive_int("batch_size", batch_size)
        self._train = _checked(("X", "y"), (X, y))
        self._val: tuple[Tensor, ...] | None = None
        if (X_val is None) != (y_val is None):
            missing = "X_val" if X_val is None else "y_val"
            raise ValueError(f"{missing}: expected a tensor beside the other one, got None")
        if X_val is not None and y_val is not None:
            self._val = _checked(("X_val", "y_val"), (X_val, y_val))
        self._generator = torch.Generator().manual_seed(seed) if shuffle else None

    def train_dataloader(self) -> TensorLoader:
        """Return the training batches, in a new order per epoch if shuffled."""
        return TensorLoader(self._train, self.batch_size, self._generator)

    def val_dataloader(self) -> TensorLoader | None:
        """Return the validation batches in order, or ``None``."""
        return None if self._val is None else TensorLoader(self._val, self.batch_size)


class SyntheticClassification(TensorData):
    """Seeded points around one random centre per class: a data set that needs no download.

    Attributes:
        centres: The class centres, shape `(num_outputs, num_inputs)`.
    """

    @checked
    def __init__(
        self,
        num_inputs: int = 784,
        num_outputs: int = 10,
        num_train: int = 2048,
        num_val: int = 512,
        *,
        batch_size: int = 256,
        separation: float = 0.1,
        seed: int = 0,
    ) -> None:
        """Draw the data.

        Args:
            num_inputs: Size of an example.
            num_outputs: Number of classes.
            num_train: Training examples.
            num_val: Validation examples.
            batch_size: Examples per batch.
            separation: Standard deviation of a centre's entries; the points around a centre have
                standard deviation 1. The default leaves some points on the wrong side.
            seed: Seed of the data and of the order of the batches.

        Raises:
            TypeError: If a size is not an integer.
            ValueError: If a size is less than 1 or `separation` is negative.
        """
        sizes = {"num_inputs": num_inputs, "num_outputs": num_outputs}
        for name, value in {**sizes, "num_train": num_train, "num_val": num_val}.items():
            positive_int(name, value)
        non_negative("separation", separation)
        generator = torch.Generator().manual_seed(seed)
        centres = torch.randn(num_outputs, num_inputs, generator=generator)
        self.centres = separation * centres
        y = torch.randint(num_outputs, (num_train + num_val,), generator=generator)
        spread = torch.randn(len(y), num_inputs, generator=generator)
        X = self.centres[y] + spread
        train, val = slice(0, num_train), slice(num_train, None)
        super().__init__(X[train], y[train], X[val], y[val], batch_size=batch_size, seed=seed)


def _checked(names: tuple[str, str], tensors: tuple[Tensor, Tensor]) -> tuple[Tensor, ...]:
    for name, tensor in zip(names, tensors, strict=True):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"{name}: expected a tensor, got {type(tensor).__name__}")
        if tensor.ndim == 0 or len(tensor) == 0:
            raise ValueError(f"{name}: expected at least one example, got {tuple(tensor.shape)}")
    if len(tensors[0]) != len(tensors[1]):
        raise ValueError(
            f"{names[1]}: expected {len(tensors[0])} labels, one per row of {names[0]}, "
            f"got {len(tensors[1])}"
        )
    return tensors
