"""Two models that take no tuning to be good: ridge regression, and boosted trees.

Both prepare their features from the rows that they learn from, so that they can be put in folds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from d2l_utils.border import Number, checked
from d2l_utils.houses.ames_table import PRICE
from d2l_utils.houses.arguments import Numbers, table, vector
from d2l_utils.houses.folds import Seed
from d2l_utils.houses.preparation import design

if TYPE_CHECKING:
    import pandas as pd

Strength = Annotated[float, Number(at_least=1e-6)]
"""Of a penalty; less, and one-hot columns that add up to 1 leave no unique solution."""


@checked
def predict_ridge(
    train: pd.DataFrame, y: Any, test: pd.DataFrame, lambd: Strength = 10.0, *, logs: bool = True
) -> Numbers:
    """Learn by ridge regression in closed form (Hoerl and Kennard 1970), and predict.

    The weights minimise the sum of squared errors plus `lambd` times their squared norm; the
    intercept is free, so features and labels lose their means first.

    Args:
        train: Features of the houses to learn from.
        y: Their labels, such as log prices.
        test: Features of the houses to predict.
        lambd: Strength of the penalty.
        logs: Whether skewed numbers become logs first, as `design` does it.

    Returns:
        Predicted labels.

    Raises:
        TypeError: If something is no table, or labels are no numbers.
        ValueError: If tables or labels do not fit.
    """
    labels = vector("y", y, len(table("train", train)))
    made = design(train, test, logs=logs)
    m = made.X.mean(axis=0)
    X = made.X - m
    A = X.T @ X + lambd * np.eye(X.shape[1])
    w = np.linalg.solve(A, X.T @ (labels - labels.mean()))
    predicted: Numbers = (made.X_test - m) @ w + labels.mean()
    return predicted


@checked
def predict_trees(train: pd.DataFrame, y: Any, test: pd.DataFrame, seed: Seed = 0) -> Numbers:
    """Learn by gradient-boosted trees with scikit-learn's own settings, and predict.

    Trees need neither scales nor logs, and take missing numbers as they are; levels are numbered
    in alphabetical order, and unknown ones are -1. A column without any value in `train` is left
    out.

    Args:
        train: Features of the houses to learn from.
        y: Their labels, such as log prices.
        test: Features of the houses to predict, in the same columns.
        seed: Of scikit-learn.

    Returns:
        Predicted labels.

    Raises:
        TypeError: If something is no table, or labels are no numbers.
        ValueError: If tables or labels do not fit.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.preprocessing import OrdinalEncoder

    labels = vector("y", y, len(table("train", train)))
    known = train.drop(columns=PRICE, errors="ignore")
    new = table("test", test, list(known.columns))
    known = known.dropna(axis="columns", how="all")
    if len(known.columns) == 0:
        raise ValueError("train: expected at least one feature that has values, got none")
    new = new[known.columns]
    numbers = list(known.select_dtypes("number").columns)
    texts = list(known.columns.difference(numbers, sort=False))
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    prepare = ColumnTransformer([("numbers", "passthrough", numbers), ("texts", encoder, texts)])
    X = prepare.fit_transform(known)
    model = HistGradientBoostingRegressor(random_state=int(seed)).fit(X, labels)
    predicted: Numbers = model.predict(prepare.transform(new))
    return predicted
