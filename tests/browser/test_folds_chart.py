"""The chart of folds in the built page: each partition's curve, made again by scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from d2l_utils.houses import PRICE, design, house_split
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/kaggle-house-price/k-fold.html"


def lowest(partition: int) -> tuple[float, float]:
    """The lowest score of a partition and its penalty, over the page's grid near it."""
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import KFold, cross_val_predict

    split = house_split()
    X = design(split.train, split.test, logs=True).X
    y = np.log(split.train[PRICE].to_numpy())
    folds = KFold(5, shuffle=True, random_state=partition)
    found = []
    for lambd in 10.0 ** np.arange(0.5, 1.6, 0.25):
        errors = cross_val_predict(Ridge(lambd), X, y, cv=folds) - y
        found.append((float(np.sqrt(np.mean(errors**2))), float(f"{lambd:.4g}")))
    return min(found)


def said(page: Page) -> list[str]:
    return [mark["text"] for mark in marks(page, ".mark-text")]


def test_lowest_points_are_scikit_learns(chart: Visit) -> None:
    for partition in (0, 17):
        score, lambd = lowest(partition)
        choose(chart.page, {"partition": partition})
        words = f"lowest {round(score, 4):.3f} at λ = {lambd:.3g}"
        eventually(lambda words=words: said(chart.page), [words])
        [point] = marks(chart.page, ".mark-symbol")
        assert float(point["score of the folds"]) == pytest.approx(score, abs=6e-4)
