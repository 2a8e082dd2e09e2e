from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from d2l_utils.houses import kfold_scores


def mean(X: Any, y: Any, X_new: Any) -> Any:
    return np.full(len(X_new), y.mean())


Y = [3.0, 1.0, 4.0, 1.5, 5.0, 9.0, 2.0]


def test_every_row_is_predicted_once_by_rows_of_other_folds() -> None:
    found = kfold_scores(mean, np.zeros((7, 2)), Y, k=3)
    assert sorted(np.bincount(found.folds)) == [2, 2, 3]
    for row in range(7):
        others = [y for y, fold in zip(Y, found.folds, strict=True) if fold != found.folds[row]]
        assert found.errors[row] == pytest.approx(np.mean(others) - Y[row], abs=1e-12)


def test_score_is_the_root_of_the_mean_over_all_rows() -> None:
    found = kfold_scores(mean, np.zeros((7, 2)), Y, k=3)
    assert found.score == pytest.approx(np.sqrt(np.mean(found.errors**2)))
    sizes = np.bincount(found.folds)
    whole = np.sqrt(np.sum(sizes * np.square(found.per_fold)) / 7)
    assert found.score == pytest.approx(whole)
    assert found.score != pytest.approx(np.mean(found.per_fold), rel=1e-3)


def test_scores_agree_with_scikit_learn() -> None:
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import KFold, cross_val_predict

    generator = np.random.default_rng(1)
    X, y = generator.normal(size=(23, 3)), generator.normal(size=23)
    model = Ridge(0.5)
    found = kfold_scores(lambda A, b, C: model.fit(A, b).predict(C), X, y, k=4, seed=9)
    folds = KFold(4, shuffle=True, random_state=9)
    np.testing.assert_allclose(found.errors, cross_val_predict(model, X, y, cv=folds) - y)


def test_equal_seeds_give_equal_folds() -> None:
    first, again = (kfold_scores(mean, np.zeros((7, 2)), Y, 3, seed=4) for _ in range(2))
    other = kfold_scores(mean, np.zeros((7, 2)), Y, 3, seed=5)
    assert (first.folds == again.folds).all()
    assert (first.folds != other.folds).any()


@pytest.mark.parametrize("X", [pd.DataFrame({"a": range(7)}), torch.arange(7.0).reshape(7, 1)])
def test_tables_and_tensors_are_divided_by_rows(X: Any) -> None:
    seen: list[int] = []

    def look(X: Any, y: Any, X_new: Any) -> Any:
        assert len(X) + len(X_new) == 7
        seen.append(len(X_new))
        return np.zeros(len(X_new))

    kfold_scores(look, X, Y, k=7)
    assert seen == [1] * 7


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k": 8}, "k: expected at most 7, the number of rows, got 8"),
        ({"k": 1}, "k: expected at least 2, got 1"),
        ({"X": np.zeros((6, 2))}, "X: expected a table of 7 rows, as many as labels, got 6"),
        ({"X": 3}, "X: expected a table of 7 rows, as many as labels, got 3"),
        ({"X": torch.eye(7).to_sparse()}, "X: expected a table of 7 rows, as many as labels, got"),
        ({"fit_predict": lambda X, y, Z: [0.0]}, "fit_predict's result: expected 2 numbers, got 1"),
        (
            {"fit_predict": lambda X, y, Z: np.full(len(Z), np.nan)},
            r"fit_predict's result\[0\]: expected a finite number, got nan",
        ),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {"fit_predict": mean, "X": np.zeros((7, 2)), "y": Y, "k": 4}
    with pytest.raises(ValueError, match=message):
        kfold_scores(**{**good, **change})
