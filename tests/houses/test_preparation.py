from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from d2l_utils.houses import PRICE, Design, design, house_split

NAN = float("nan")
TRAIN = pd.DataFrame(
    {
        "area": [1.0, 2.0, 6.0, NAN],
        "street": ["Pave", "Grvl", "Pave", None],
        "rooms": [3, 3, 3, 3],
        PRICE: [1e5, 2e5, 3e5, 4e5],
    }
)
TEST = pd.DataFrame({"street": ["Dirt", "Pave"], "rooms": [3, 4], "area": [NAN, 3.0]}, index=[5, 6])


def test_numbers_are_standardised_by_what_is_there_then_filled() -> None:
    made = design(TRAIN, TEST)
    deviation = np.std([1.0, 2.0, 6.0], ddof=1)
    assert made.columns[:2] == ("area", "rooms")
    assert made.num_numeric == 2
    np.testing.assert_allclose(made.X[:, 0], np.array([-2, -1, 3, 0]) / deviation)
    np.testing.assert_allclose(made.X_test[:, 0], [0, 0])


def test_a_constant_column_stays_zero() -> None:
    made = design(TRAIN, TEST)
    assert (made.X[:, 1] == 0).all()
    assert (made.X_test[:, 1] == 0).all()


def test_levels_are_those_of_the_rows_that_are_fitted() -> None:
    made = design(TRAIN, TEST)
    assert made.columns[2:] == ("street=Grvl", "street=Pave", "street missing")
    assert made.X[:, 2:].tolist() == [[0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert made.X_test[:, 2:].tolist() == [[0, 0, 0], [0, 1, 0]]
    both = design(TRAIN, TEST, "both")
    assert both.columns[2:] == ("street=Dirt", "street=Grvl", "street=Pave", "street missing")
    assert both.X_test[0, 2:].tolist() == [1, 0, 0, 0]


def test_statistics_of_both_tables_are_those_of_all_rows() -> None:
    both = design(TRAIN, TEST, "both")
    column = np.concatenate([both.X[:, 0], both.X_test[:, 0]])
    present = column[[0, 1, 2, 5]]
    assert abs(present.mean()) < 1e-12
    assert present.std(ddof=1) == pytest.approx(1)


def test_test_rows_do_not_move_what_is_learnt() -> None:
    alone = design(TRAIN, TEST)
    other = design(TRAIN, TEST.assign(area=[1e6, 1e6]))
    assert (alone.X == other.X).all()
    both = design(TRAIN, TEST.assign(area=[1e6, 1e6]), "both")
    assert (both.X[:, 0] != alone.X[:, 0]).any()


def test_shipped_sales_agree_with_pandas_and_scikit_learn() -> None:
    from sklearn.preprocessing import OneHotEncoder

    split = house_split()
    made = design(split.train, split.test)
    assert isinstance(made, Design)
    assert repr(made) == "1,460 and 1,470 houses, 32 numbers and 264 levels"
    texts = split.train.columns.difference(split.train.select_dtypes("number").columns, sort=False)
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(split.train[texts])
    assert (encoder.transform(split.test[texts]) == made.X_test[:, made.num_numeric :]).all()
    numbers = split.train.select_dtypes("number").drop(columns=PRICE)
    expected = ((numbers - numbers.mean()) / numbers.std()).fillna(0)
    np.testing.assert_allclose(made.X[:, : made.num_numeric], expected, atol=1e-12)


def test_logs_are_taken_of_skewed_columns_by_the_rows_that_are_fitted() -> None:
    lots = pd.DataFrame({"lot": [1.0, 1.0, 2.0, 900.0], "east": [-1.0, 0.0, 0.0, 90.0]})
    new = pd.DataFrame({"lot": [-5.0, 99.0], "east": [0.0, 0.0]})
    made, plain = design(lots, new, logs=True), design(lots, new)
    assert (made.X[:, 1] == plain.X[:, 1]).all()
    logs = np.log([2.0, 2.0, 3.0, 901.0])
    np.testing.assert_allclose(made.X[:, 0], (logs - logs.mean()) / logs.std(ddof=1))
    np.testing.assert_allclose(
        made.X_test[:, 0], (np.array([0, np.log(100)]) - logs.mean()) / logs.std(ddof=1)
    )


@pytest.mark.parametrize(
    ("train", "test", "error", "message"),
    [
        (3, TEST, TypeError, "train: expected a DataFrame, got 3"),
        (TRAIN, None, TypeError, "test: expected a DataFrame, got None"),
        (TRAIN[:0], TEST, ValueError, "train: expected at least one row, got none"),
        (TRAIN[[PRICE]], TEST, ValueError, "train: expected at least one feature, got none"),
        (TRAIN, TEST.drop(columns="area"), ValueError, "got none named area"),
        (TRAIN, TEST.assign(pool=1), ValueError, "got also pool"),
        (TRAIN, TEST.assign(area=["a", "b"]), TypeError, "expected numbers in area, as in train"),
        (TRAIN, TEST.assign(street=[1, 2]), TypeError, "expected text in street, as in train"),
        (TRAIN, TEST.assign(area=[1.0, float("inf")]), ValueError, "test: expected finite"),
        (TRAIN, TEST.assign(area=[1.0, 1e200]), ValueError, "up to 1e[+]150 in size, got 1e[+]200"),
        (TRAIN.assign(area=1j), TEST.assign(area=1j), TypeError, "in area, got complex128"),
        (
            TRAIN.assign(area=pd.Timedelta(1)),
            TEST.assign(area=pd.Timedelta(1)),
            TypeError,
            "train: expected real numbers in area, got timedelta64",
        ),
    ],
)
def test_tables_that_do_not_fit_are_refused(
    train: Any, test: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        design(train, test)
