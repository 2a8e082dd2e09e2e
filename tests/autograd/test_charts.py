from d2l_utils.autograd import draw_path_counts, draw_sweeps
from d2l_utils.autograd.charts import path_rows, sweep_rows


def test_rows_of_sweeps_are_one_per_order_step_and_node() -> None:
    rows = sweep_rows()
    keys = {(row["order"], row["step"], row["says"][0]) for row in rows}
    assert len(keys) == len(rows) == 4 * 5 * 4
    ends = {row["order"]: row["says"] for row in rows if row["step"] == 4 and row["says"][0] == "x"}
    assert ends == {
        "topological": "x: 5",
        "pre-order": "x: 3",
        "recursive": "x: 7",
        "skip seen": "x: 1",
    }


def test_rows_of_paths_are_counted() -> None:
    counts = {(row["k"], row["what"]): row["count"] for row in path_rows()}
    assert all(counts[k, "paths"] == 3**k and counts[k, "edges"] == 3 * k for k in range(1, 21))


def test_charts_have_a_slider() -> None:
    for chart in (draw_sweeps(), draw_path_counts()):
        [slider] = [p for p in chart.to_dict()["params"] if "bind" in p]
        assert slider["bind"]["input"] == "range"
