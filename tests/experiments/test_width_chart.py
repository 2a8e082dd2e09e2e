import pytest

from d2l_utils.experiments import explore_widths


def row(width: int) -> dict[str, object]:
    return {"budget": "short", "run": 1, "width": width, "accuracy": 80.0, "linear": 79.0}


def test_chart_is_the_same_every_time() -> None:
    assert explore_widths([row(1)]).to_dict() == explore_widths([row(1)]).to_dict()


def test_rows_must_be_there_and_whole() -> None:
    with pytest.raises(ValueError, match="rows: expected at least one, got none"):
        explore_widths([])
    with pytest.raises(ValueError, match=r"rows\[1\]: expected budget, .*, got width"):
        explore_widths([row(1), {"width": 2}])
