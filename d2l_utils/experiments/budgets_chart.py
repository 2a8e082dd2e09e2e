"""The chart of rates and epochs (D2L 5.2, exercise 4): accuracy of every pair, one of them read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from d2l_utils.border import checked
from d2l_utils.display.figures import COLORS, TEXT_ON_FILL, menu

if TYPE_CHECKING:
    import altair

MEAN = "mean of all"
LOW, HIGH = 50, 90
"""Percent between which a cell's fill says how high it is; its number says it anyway."""

LINES = ("read", "best", "dots")
"""What stands above the chart, line by line."""

_KEYS = ("schedule", "rate", "epochs", "accuracies")
_MARK = "#a34300"
_FILLS = ("#fdfdfc", "#7fb8de")


@checked
def explore_budgets(rows: Sequence[Mapping[str, Any]]) -> altair.LayerChart:
    """Draw the accuracy of every rate and number of epochs as a table of shades and numbers.

    Menus choose the schedule and the run; sliders choose a cell, which is read aloud together with
    the best of its budget. Dots mark the cells with the same rate × epochs.

    Args:
        rows: One per schedule, rate and epochs: ``schedule`` (words), ``rate``, ``epochs``, and
            ``accuracies``, in percent, one per run. Rates and epochs double from one to the next,
            and every schedule has all pairs of them.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.

    Raises:
        TypeError: If something is of another type.
        ValueError: If there is no row, one lacks one of these, or a pair is missing.
    """
    import altair as alt

    _check_rows(rows)
    schedules, rates, epochs = (_values(rows, key) for key in ("schedule", "rate", "epochs"))
    runs = [str(run) for run in range(len(rows[0]["accuracies"]))]
    data = alt.Data(values=[_datum(row, rates, epochs) for row in rows])
    words = [_words(line) for line in LINES]
    chart: altair.LayerChart = (
        alt.layer(_cells(), _numbers(), _dots(), _frames(), *words, data=data)
        .add_params(
            menu("budgets_schedule", "schedule: ", schedules, schedules[0]),
            menu("budgets_run", "run: ", [MEAN, *runs], MEAN),
            _slider("budgets_rate", "rate, counted from the lowest: ", len(rates)),
            _slider("budgets_epochs", "budget, counted from the shortest: ", len(epochs)),
        )
        .properties(width="container", height=300)
    )
    return chart


def _values(rows: Sequence[Mapping[str, Any]], key: str) -> list[Any]:
    """What occurs under a key: numbers in order, words as they come."""
    found = dict.fromkeys(row[key] for row in rows)
    return list(found) if key == "schedule" else sorted(found)


def _check_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    for place, row in enumerate(rows):
        if set(row) != set(_KEYS):
            raise ValueError(f"rows[{place}]: expected {', '.join(_KEYS)}, got {', '.join(row)}")
    if not rows:
        raise ValueError("rows: expected at least one, got none")
    schedules, rates, epochs = (_values(rows, key) for key in ("schedule", "rate", "epochs"))
    expected = len(schedules) * len(rates) * len(epochs)
    got = len({tuple(row[key] for key in _KEYS[:3]) for row in rows})
    if not got == expected == len(rows):
        raise ValueError(f"rows: expected {expected}, one per pair and schedule, got {len(rows)}")


def _datum(
    row: Mapping[str, Any], rates: Sequence[float], epochs: Sequence[int]
) -> dict[str, object]:
    accuracies = [round(each, 2) for each in row["accuracies"]]
    return {
        "schedule": str(row["schedule"]),
        "rate": row["rate"],
        "epochs": row["epochs"],
        "i": 1 + rates.index(row["rate"]),
        "k": 1 + epochs.index(row["epochs"]),
        "runs": accuracies,
        "mean": round(math.fsum(accuracies) / len(accuracies), 4),
    }


def _slider(name: str, label: str, last: int) -> altair.Parameter:
    import altair as alt

    middle = (last + 1) // 2
    return alt.param(
        name, value=middle, bind=alt.binding_range(min=1, max=last, step=1, name=label)
    )


def _chosen() -> altair.Chart:
    """The cells of the schedule, with the accuracy of the run or the mean, and each column's."""
    import altair as alt

    chart: altair.Chart = (
        alt.Chart()
        .transform_filter("datum.schedule == budgets_schedule")
        .transform_calculate(
            accuracy=f"budgets_run == '{MEAN}' ? datum.mean : datum.runs[toNumber(budgets_run)]"
        )
        .transform_joinaggregate(top="max(accuracy)", groupby=["epochs"])
    )
    return chart


def _place() -> dict[str, Any]:
    import altair as alt

    return {
        "x": alt.X("epochs:O", title="epochs", axis=alt.Axis(labelAngle=0)),
        "y": alt.Y("rate:O", title="learning rate", sort="descending"),
    }


def _cells() -> altair.Chart:
    import altair as alt

    scale = alt.Scale(domain=[LOW, HIGH], range=list(_FILLS), clamp=True, interpolate="rgb")
    chart: altair.Chart = (
        _chosen()
        .mark_rect(stroke=COLORS["grid"], strokeWidth=1)
        .encode(**_place(), color=alt.Color("accuracy:Q", scale=scale, legend=None))
    )
    return chart


def _numbers() -> altair.Chart:
    import altair as alt

    chart: altair.Chart = (
        _chosen()
        .mark_text(fontSize=11, color=TEXT_ON_FILL)
        .encode(**_place(), text=alt.Text("accuracy:Q", format=".1f"))
    )
    return chart


def _frames() -> altair.LayerChart:
    """A frame around the best cell of each budget, and a thicker dashed one around the reader's."""
    import altair as alt

    best = _chosen().transform_filter("datum.accuracy == datum.top")
    mine = _chosen().transform_filter("datum.i == budgets_rate && datum.k == budgets_epochs")
    chart: altair.LayerChart = alt.layer(
        best.mark_rect(filled=False, stroke=TEXT_ON_FILL, strokeWidth=2).encode(**_place()),
        mine.mark_rect(filled=False, stroke=_MARK, strokeWidth=4, strokeDash=[5, 2]).encode(
            **_place()
        ),
    )
    return chart


def _dots() -> altair.Chart:
    """A dot in each cell whose rate × epochs is that of the reader's cell."""
    chart: altair.Chart = (
        _chosen()
        .transform_filter("datum.i + datum.k == budgets_rate + budgets_epochs")
        .mark_circle(color=_MARK, opacity=1, size=22, yOffset=11)
        .encode(**_place())
    )
    return chart


def _words(line: str) -> altair.Chart:
    """What is read: the reader's cell, the best of its budget, and what the dots mark."""
    import altair as alt

    percent = "' epochs: ' + format(datum.accuracy, '.1f') + ' %'"
    says = {
        "read": f"'rate ' + datum.rate + ', ' + datum.epochs + {percent}",
        "best": f"'best: rate ' + datum.rate + ', ' + datum.epochs + {percent}",
        "dots": "'dots: rate × epochs = ' + format(datum.rate * datum.epochs, '~r')",
    }
    here = "datum.k == budgets_epochs && "
    here += "datum.accuracy == datum.top" if line == "best" else "datum.i == budgets_rate"
    chart: altair.Chart = (
        _chosen()
        .transform_filter(here)
        .transform_aggregate(
            rate="min(rate)", epochs="min(epochs)", accuracy="min(accuracy)", groupby=["schedule"]
        )
        .transform_calculate(says=says[line])
        .mark_text(align="left", fontSize=12, color=COLORS["ink"])
        .encode(x=alt.value(0), y=alt.value(-39 + 15 * LINES.index(line)), text="says:N")
    )
    return chart
