from __future__ import annotations

from typing import Any

import pytest

from d2l_utils.houses import explore_folds

ROWS = [
    {"partition": p, "lambd": 10.0**k, "score": 0.1 + 0.01 * abs(k - p)}
    for p in (0, 1)
    for k in range(3)
]


def test_chart_is_the_same_every_time_and_marks_each_lowest() -> None:
    chart: Any = explore_folds(ROWS).to_dict()
    assert chart == explore_folds(ROWS).to_dict()
    rows = chart["data"]["values"]
    assert len(rows) == 6 + 3
    assert [(r["partition"], r["lambd"]) for r in rows if r["lowest"]] == [(0, 1.0), (1, 10.0)]
    means = [r["score"] for r in rows if r["curve"] == "mean of all"]
    assert means == [0.105, 0.105, 0.115]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "rows: expected partitions from 0"),
        ([{**ROWS[0], "partition": 1}], "rows: expected partitions from 0"),
        (ROWS[:-1], "expected each penalty once in each partition"),
        ([ROWS[0], ROWS[0]], "expected each penalty once in each partition"),
        ([{"partition": 0, "lambd": 1.0}], r"rows\[0\]: expected partition, lambd, score, got"),
        ([{**ROWS[0], "lambd": 0.0}], r"rows\[0\]: expected numbers above 0"),
        ([{**ROWS[0], "score": float("nan")}], r"rows\[0\]\['score'\]: expected a finite number"),
    ],
)
def test_tables_without_curves_are_refused(rows: list[dict[str, float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        explore_folds(rows)
