"""The chart of epochs: what is drawn is what was given."""

import pytest

from d2l_utils.dropout import explore_epochs
from d2l_utils.dropout.epochs_chart import ARMS, MEASURES

ROWS = [
    {"epoch": epoch, "arm": arm} | {name: k + epoch / 7 for k, name in enumerate(MEASURES)}
    for arm in ARMS
    for epoch in (4, 8, 12)
]


def test_chart_is_the_same_every_time_and_rounds() -> None:
    one, two = (explore_epochs(ROWS).to_dict() for _ in range(2))
    assert one == two
    [values] = one["datasets"].values()
    assert len(values) == len(ROWS)
    assert values[1] == {
        "epoch": 8,
        "arm": ARMS[0],
        **{name: round(k + 8 / 7, 3) for k, name in enumerate(MEASURES)},
    }


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "expected both arms at the same epochs"),
        (ROWS[1:], "got 2 and 3"),
        ([{**ROWS[0], MEASURES[0]: "x"}], "expected a number 'test error in %', got 'x'"),
        ([{**ROWS[0], "arm": "other"}], "expected an epoch and an arm"),
    ],
)
def test_rows_that_do_not_fit_are_refused(rows: list[dict[str, object]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        explore_epochs(rows)
