"""The chart of D2L's recipe in the built page, compared with descents of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from d2l_utils.houses import PRICE, design, house_split
from tests.browser.charts import choose, eventually, marks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "chapters/multilayer-perceptrons/kaggle-house-price/submission.html"
NAMES = ("bias starts at 0", "bias starts at the mean", "best constant")


def descended(epochs: int) -> dict[str, float]:
    """Scores after so many times 19 steps of gradient descent, each step made."""
    split = house_split()
    X = design(split.train, split.test, "both").X
    y = np.log(split.train[PRICE].to_numpy())
    found = {NAMES[2]: float(y.std())}
    for name, start in zip(NAMES, (0.0, y.mean()), strict=False):
        w, b = np.zeros(X.shape[1]), start
        for _ in range(19 * epochs):
            error = X @ w + b - y
            w, b = w - 0.02 * X.T @ error / len(y), b - 0.02 * error.mean()
        found[name] = float(np.sqrt(np.mean((X @ w + b - y) ** 2)))
    return found


def drawn(page: Page) -> dict[str, float]:
    return {
        mark["model"]: float(mark["score (lower is better)"])
        for mark in marks(page, ".mark-symbol")
    }


def said(page: Page) -> list[str]:
    return sorted(mark["text"] for mark in marks(page, ".mark-text"))


def test_scores_are_pythons(chart: Visit) -> None:
    for epochs in (0, 1, 7):
        choose(chart.page, {"epochs": epochs})
        expected = descended(epochs)
        words = sorted(f"{round(score, 4):.3f}" for score in expected.values())
        eventually(lambda words=words: said(chart.page), words)
        assert drawn(chart.page) == pytest.approx(expected, abs=6e-4)
    assert expected[NAMES[1]] < expected[NAMES[2]] < expected[NAMES[0]]
