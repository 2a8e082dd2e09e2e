import pytest

from d2l_utils.experiments import chart_of_means, mean_interval, table_of_means

RUNS = {"ReLU": [84.0, 85.0, 86.5], "tanh": [83.0, 84.5, 84.0]}


def test_table_has_runs_mean_and_interval() -> None:
    table = table_of_means(RUNS, "Accuracy in %.")
    found = mean_interval(RUNS["ReLU"])
    assert table.columns == ("", "runs", "mean", "95% interval")
    assert table.rows[0] == ("ReLU", "3", "85.2", f"{found.low:.1f} to {found.high:.1f}")
    assert len(table.rows) == 2


def _chart(**changes: object) -> str:
    good = {
        "series": {"a": [[1.0, 2.0], [2.0, 4.0]], "b": [[0.0, 1.0], [1.0, 2.0]]},
        "x": [1, 10],
        "x_label": "width",
        "y_label": "accuracy in %",
        "alt": "Accuracy grows with the width.",
    }
    return chart_of_means(**{**good, **changes}).svg  # type: ignore[arg-type]


@pytest.mark.parametrize("changes", [{}, {"log": True}, {"x": ["narrow", "wide"]}])
def test_chart_names_its_series_and_is_the_same_each_time(changes: dict[str, object]) -> None:
    svg = _chart(**changes)
    assert svg == _chart(**changes)
    for words in (">a<", ">b<", "accuracy in %", "Accuracy grows with the width."):
        assert words in svg


def test_chart_draws_what_it_is_given() -> None:
    assert _chart() != _chart(series={"a": [[1, 2], [2, 4]], "b": [[0, 1], [1, 2.5]]})


@pytest.mark.parametrize(
    "changes",
    [
        {"series": {}},
        {"series": {str(i): [[1.0, 2.0]] * 2 for i in range(7)}},
        {"series": {"a": [[1.0, 2.0]]}},
        {"series": {"a": [[1.0, 2.0], [1.0]]}},
        {"x": [0, 1], "log": True},
        {"x": []},
        {"alt": " "},
        {"x_label": "two\nlines"},
    ],
)
def test_what_cannot_be_drawn_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="expected"):
        _chart(**changes)


def test_runs_without_an_interval_are_named() -> None:
    with pytest.raises(ValueError, match=r"runs\['tanh'\]: values: expected at least two"):
        table_of_means({**RUNS, "tanh": [1.0]}, "Accuracy.")
    with pytest.raises(ValueError, match="runs: expected"):
        table_of_means({}, "Accuracy.")
