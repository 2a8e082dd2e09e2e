from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from d2l_utils.houses import PRICE, SealedSplit, design, house_split, predict_ridge, predict_trees


@pytest.fixture(scope="module")
def split() -> SealedSplit:
    return house_split()


@pytest.fixture(scope="module")
def y(split: SealedSplit) -> Any:
    return np.log(split.train[PRICE].to_numpy())


def test_ridge_agrees_with_scikit_learn(split: SealedSplit, y: Any) -> None:
    from sklearn.linear_model import Ridge

    made = design(split.train, split.test, logs=True)
    expected = Ridge(7.0).fit(made.X, y).predict(made.X_test)
    found = predict_ridge(split.train, y, split.test, 7.0)
    np.testing.assert_allclose(found, expected, atol=1e-9)
    assert abs(found - predict_ridge(split.train, y, split.test, 7.0, logs=False)).max() > 0.1


def test_ridge_shrinks_to_the_mean(split: SealedSplit, y: Any) -> None:
    found = predict_ridge(split.train, y, split.test, 1e12)
    np.testing.assert_allclose(found, y.mean(), atol=1e-4)


def test_trees_take_missing_numbers_and_new_levels(split: SealedSplit, y: Any) -> None:
    small = split.train.iloc[:80]
    new = split.test.iloc[:5].assign(Street="Gold", Lot_Frontage=np.nan)
    found = predict_trees(small, y[:80], new)
    assert found.shape == (5,)
    assert np.isfinite(found).all()
    assert (found == predict_trees(small.drop(columns=PRICE), y[:80], new)).all()


@pytest.mark.parametrize("predict", [predict_ridge, predict_trees])
@pytest.mark.parametrize("column", ["Pool_QC", "Lot_Frontage"])
def test_a_column_without_a_value_says_nothing(
    predict: Any, column: str, split: SealedSplit, y: Any
) -> None:
    train, new = split.train[:60], split.test[:9]
    without = predict(train.drop(columns=column), y[:60], new.drop(columns=column))
    train = train.assign(**{column: train[column].mask(train[column].notna())})
    assert train[column].isna().all()
    np.testing.assert_allclose(predict(train, y[:60], new), without, atol=1e-12)


def test_trees_need_a_value(split: SealedSplit, y: Any) -> None:
    nothing = split.train[["Lot_Frontage"]].assign(Lot_Frontage=np.nan)
    with pytest.raises(ValueError, match="expected at least one feature that has values, got none"):
        predict_trees(nothing, y, nothing)


@pytest.mark.parametrize("predict", [predict_ridge, predict_trees])
def test_what_does_not_fit_is_refused(predict: Any, split: SealedSplit, y: Any) -> None:
    with pytest.raises(ValueError, match="y: expected 1,460 numbers, got 1,459"):
        predict(split.train, y[:-1], split.test)
    with pytest.raises(TypeError, match="test: expected a DataFrame, got 3"):
        predict(split.train, y, 3)
    with pytest.raises(ValueError, match="got none named Street"):
        predict(split.train, y, split.test.drop(columns="Street"))
    with pytest.raises(ValueError, match="train: expected at least one row, got none"):
        predict(pd.DataFrame(), [], split.test)
