"""Houses to learn from and houses to predict, whose prices are sealed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from d2l_utils.border import checked
from d2l_utils.houses.ames_table import PRICE, ames
from d2l_utils.houses.arguments import Numbers, prices, some
from d2l_utils.houses.kaggle_files import read_kaggle

if TYPE_CHECKING:
    import pandas as pd

VARIABLE = "D2L_HOUSE"
"""Environment variable that names a folder with the competition's train.csv and test.csv."""

TRAIN_ROWS = 1460
"""Houses to learn from, as many as the competition has."""


@dataclass(frozen=True)
class SealedSplit:
    """Houses in two roles; the index of both tables is Id, which starts at 1.

    Attributes:
        train: Features and the price, in dollars.
        test: Features only.
        source: Which data these are, in words.
        folder: Where the reader's own files lie, with room for a submission; None for the shipped
            table.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    source: str
    folder: Path | None = None
    _sealed: Numbers | None = None
    _opened: list[bytes] = field(default_factory=list)

    @property
    def has_labels(self) -> bool:
        """Whether the prices of the test houses are known here; Kaggle keeps its own."""
        return self._sealed is not None

    def open_sealed(self, predictions: Mapping[str, Any]) -> pd.DataFrame:
        """Open the sealed prices, once, for all models that are to be reported.

        Whoever looks twice chooses by what was to judge. The same predictions may be scored again
        (a cell is run twice), others may not.

        Args:
            predictions: Model -> predicted prices of the test houses, in dollars.

        Returns:
            For each test house and model the log of the predicted over the true price.

        Raises:
            TypeError: If the predictions are no mapping of names to numbers.
            ValueError: If there are no labels, predictions do not fit the test houses, or others
                have been scored before.
        """
        import pandas as pd

        if self._sealed is None:
            raise ValueError("labels: expected sealed prices, got Kaggle's files, which hold none")
        if not isinstance(predictions, Mapping):
            raise TypeError(f"predictions: expected a mapping, got {type(predictions).__name__}")
        if not predictions:
            raise ValueError("predictions: expected at least one model, got none")
        count = len(self.test)
        given = {k: prices(f"predictions[{k!r}]", v, count) for k, v in predictions.items()}
        mark = hashlib.sha256(b"".join(each.tobytes() for each in given.values())).digest()
        if self._opened and mark not in self._opened:
            raise ValueError("predictions: expected those that opened the seal, got others")
        self._opened[:] = [mark]
        errors = {k: np.log(each) - np.log(self._sealed) for k, each in given.items()}
        return pd.DataFrame(errors, index=self.test.index)

    def __repr__(self) -> str:
        known = "sealed" if self.has_labels else "unknown"
        sizes = f"train: {len(self.train):,} houses, test: {len(self.test):,}, prices {known}"
        return f"{self.source}\n{sizes}, {self.test.shape[1]} features"


def _folder(named: str) -> Path:
    """The folder that the reader named, in full: a message says where it was looked for."""
    place = Path(os.path.expanduser(named)).absolute()
    if not place.is_dir():
        got = "a file" if place.exists() else "nothing"
        raise ValueError(
            f"{VARIABLE}: expected a folder with train.csv and test.csv, got {got} at {place}"
        )
    return place


def _check_whole(train: pd.Index, test: pd.Index) -> None:
    """The competition numbers its houses from 1: those of train.csv, then those to predict."""
    n, both = len(train), len(train) + len(test)
    found = (train.min(), train.max(), test.min(), test.max())
    if found != (1, n, n + 1, both):
        got = "{} to {} and {} to {} (is a file cut off?)".format(*found)
        wanted = f"the {n:,} and {len(test):,} houses to be 1 to {n} and {n + 1} to {both}"
        raise ValueError(f"Id: expected {wanted}, got {got}")


@checked
def house_split(*, shipped: bool = False) -> SealedSplit:
    """House sales in Ames: 1,460 to learn from, the others to predict.

    The rows of the shipped table are put in an order that has nothing to do with them (that of the
    sha256 of their numbers), since they come by year and parcel. If the environment variable
    ``D2L_HOUSE`` names a folder with the competition's ``train.csv`` and ``test.csv``, these are
    read instead.

    A folder that begins with ``~`` is looked for in the reader's home, and any other relative one
    where Python runs, which for a notebook is the notebook's own folder.

    Args:
        shipped: Whether to read the shipped table even then, for numbers that are its own.

    Returns:
        The two roles in new tables; their prices unseen if they are the shipped ones.

    Raises:
        TypeError: If `shipped` is not a truth value.
        ValueError: If the folder or a file is missing, cut off, or not the competition's.
    """
    named = os.environ.get(VARIABLE)
    if named and not shipped:
        folder = _folder(named)
        train, test = (read_kaggle(folder, name) for name in ("train", "test"))
        wrong = train.index.intersection(test.index)
        if len(wrong):
            raise ValueError(f"Id: expected each in one file, got {some(list(wrong))} in both")
        _check_whole(train.index, test.index)
        return SealedSplit(train, test, "The competition's files", folder)
    frame = ames()
    order = sorted(range(len(frame)), key=lambda row: hashlib.sha256(f"{row}".encode()).digest())
    frame = frame.iloc[order].reset_index(drop=True)
    frame.index = frame.index.rename("Id") + 1
    train, test = frame.iloc[:TRAIN_ROWS], frame.iloc[TRAIN_ROWS:]
    source = "House sales in Ames, the table shipped with this book"
    sealed = test[PRICE].to_numpy(dtype=np.float64)
    return SealedSplit(train.copy(), test.drop(columns=PRICE), source, None, sealed)
