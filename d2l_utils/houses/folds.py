"""K-fold cross-validation that keeps every house's error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import torch
from numpy.typing import NDArray

from d2l_utils.border import Number, checked
from d2l_utils.border.constraints import shown
from d2l_utils.houses.arguments import Numbers, vector

Folds = Annotated[int, Number(at_least=2)]
Seed = Annotated[int, Number(at_least=0, at_most=2**32 - 1)]


@dataclass(frozen=True)
class FoldScores:
    """Errors of houses that a model had not seen.

    Attributes:
        errors: Prediction minus label of each row, in the order of the rows, shape `(n,)`.
        folds: In which fold each row was held out, shape `(n,)`.
    """

    errors: Numbers
    folds: NDArray[np.int64]

    @property
    def score(self) -> float:
        """Root of the mean square over all rows: of log prices the competition's metric."""
        return float(np.sqrt(np.mean(self.errors**2)))

    @property
    def per_fold(self) -> list[float]:
        """Root of the mean square of each fold."""
        found = range(int(self.folds.max()) + 1)
        return [float(np.sqrt(np.mean(self.errors[self.folds == k] ** 2))) for k in found]


@checked
def kfold_scores(
    fit_predict: Callable[[Any, Any, Any], Any], X: Any, y: Any, k: Folds = 5, seed: Seed = 0
) -> FoldScores:
    """Predict every row from folds that do not hold it.

    Args:
        fit_predict: Takes `X` and `y` of the rows to learn from and `X` of the rows held out, and
            gives predictions of these. What it prepares, it prepares from the former alone.
        X: Features: a DataFrame, an array or a tensor, one row each.
        y: Labels such as log prices, one for each row.
        k: How many folds; their sizes differ by at most 1, and none of the rows is dropped.
        seed: Of the partition: equal seeds give all models the same folds.

    Returns:
        The errors.

    Raises:
        TypeError: If the function cannot be called so, or labels are no numbers.
        ValueError: If lengths do not fit, there are more folds than rows, or a prediction is not
            finite.
    """
    from sklearn.model_selection import KFold

    labels = vector("y", y)
    n = len(labels)
    rows = X.shape[0] if getattr(X, "shape", ()) and _divisible(X) else None
    if rows != n:
        got = f"{rows}" if rows is not None else shown(X)
        raise ValueError(f"X: expected a table of {n} rows, as many as labels, got {got}")
    if k > n:
        raise ValueError(f"k: expected at most {n}, the number of rows, got {k}")
    errors, folds = np.empty(n), np.empty(n, dtype=np.int64)
    parts = KFold(int(k), shuffle=True, random_state=int(seed)).split(np.empty(n))
    for fold, (kept, out) in enumerate(parts):
        given = fit_predict(_rows(X, kept), labels[kept], _rows(X, out))
        errors[out] = vector("fit_predict's result", given, len(out)) - labels[out]
        folds[out] = fold
    return FoldScores(errors, folds)


def _divisible(X: Any) -> bool:
    """Whether rows can be taken of it by their places."""
    if isinstance(X, torch.Tensor):
        return X.layout == torch.strided and not X.is_meta
    return hasattr(X, "iloc") or hasattr(X, "__getitem__")


def _rows(X: Any, places: NDArray[np.int64]) -> Any:
    return X.iloc[places] if hasattr(X, "iloc") else X[places]
