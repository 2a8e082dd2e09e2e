"""The forest plot: its rows are the intervals of the first runs."""

import pytest

from d2l_utils.experiments import forest_plot, mean_interval
from d2l_utils.experiments.forest_chart import forest_rows

DIFFERENCES = {"a": [1.0, 2.0, 4.0], "b": [-0.5, 0.5, 0.25]}


def test_chart_is_the_same_every_time() -> None:
    one, two = (forest_plot(DIFFERENCES, "points").to_dict() for _ in range(2))
    assert one == two


def test_rows_are_intervals_of_the_first_runs() -> None:
    rows = {(row["name"], row["n"]): row for row in forest_rows(DIFFERENCES)}
    assert set(rows) == {("a", 2), ("a", 3), ("b", 2), ("b", 3)}
    for (name, n), row in rows.items():
        expected = mean_interval(DIFFERENCES[str(name)][: int(n)])
        found = [row["mean"], row["low"], row["high"]]
        assert found == pytest.approx([expected.mean, expected.low, expected.high], abs=1e-4)
    assert rows["a", 2]["mean"] == 1.5


def test_no_row_says_minus_zero() -> None:
    [row] = forest_rows({"a": [-1e-9, -1e-9]})
    assert str(row["mean"]) == "0.0"


@pytest.mark.parametrize(
    ("differences", "words"),
    [
        ({}, "expected 1 to 12 names, got 0"),
        ({"a": [1.0, 2.0], "b": [1.0]}, r"as many for each name, got \[1, 2\]"),
        ({"a": [1.0]}, r"expected from 2 to 64 runs"),
        ({str(k): [1.0, 2.0] for k in range(13)}, "expected 1 to 12 names, got 13"),
    ],
)
def test_what_cannot_be_drawn_is_refused(differences: dict[str, list[float]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        forest_plot(differences, "points")
