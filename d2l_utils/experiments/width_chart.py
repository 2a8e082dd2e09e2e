"""The chart of widths (D2L 5.2, exercise 1): accuracy over width, of single runs or their mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from d2l_utils.border import checked
from d2l_utils.display.figures import COLORS, menu

if TYPE_CHECKING:
    import altair

MEAN = "mean of all"
_KEYS = ("budget", "run", "width", "accuracy", "linear")


@checked
def explore_widths(rows: Sequence[Mapping[str, Any]]) -> altair.LayerChart:
    """Draw accuracy over width, with menus for the budget and for the run.

    Args:
        rows: One per budget, run and width: ``budget`` (words), ``run`` (a number), ``width``,
            ``accuracy`` in percent, and ``linear``, that of the linear model of the same budget and
            run.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.

    Raises:
        TypeError: If something is of another type.
        ValueError: If there is no row, or one lacks one of these.
    """
    import altair as alt

    for place, row in enumerate(rows):
        if set(row) != set(_KEYS):
            raise ValueError(f"rows[{place}]: expected {', '.join(_KEYS)}, got {', '.join(row)}")
    if not rows:
        raise ValueError("rows: expected at least one, got none")
    budgets = list(dict.fromkeys(str(row["budget"]) for row in rows))
    runs = list(dict.fromkeys(str(row["run"]) for row in rows))
    data = alt.Data(values=[dict(row) | {"run": str(row["run"])} for row in rows])
    return (
        alt.layer(_linear(), _line(), _words(), data=data)
        .add_params(
            menu("widths_budget", "budget: ", budgets, budgets[0]),
            menu("widths_run", "run: ", [*runs, MEAN], runs[0]),
        )
        .properties(width="container", height=300)
    )


def _chosen(*by: str) -> altair.Chart:
    """The chosen run's rows, or the mean of all runs."""
    import altair as alt

    chart: altair.Chart = (
        alt.Chart()
        .transform_filter(
            f"datum.budget == widths_budget && (widths_run == '{MEAN}' || datum.run == widths_run)"
        )
        .transform_aggregate(accuracy="mean(accuracy)", linear="mean(linear)", groupby=list(by))
    )
    return chart


def _height() -> altair.Scale:
    import altair as alt

    return alt.Scale(zero=False)


def _line() -> altair.LayerChart:
    import altair as alt

    base = _chosen("width").encode(
        x=alt.X(
            "width:Q",
            scale=alt.Scale(type="log", base=2),
            title="hidden units (logarithmic scale)",
        ),
        y=alt.Y("accuracy:Q", scale=_height(), title="validation accuracy in %"),
    )
    chart: altair.LayerChart = alt.layer(
        base.mark_line(strokeWidth=2, color=COLORS["blue"]),
        base.mark_point(size=45, filled=True, opacity=1, color=COLORS["blue"]),
    )
    return chart


def _linear() -> altair.Chart:
    import altair as alt

    chart: altair.Chart = (
        _chosen()
        .mark_rule(strokeWidth=2, strokeDash=[6, 4], color=COLORS["orange"])
        .encode(y=alt.Y("linear:Q", scale=_height()))
    )
    return chart


def _words() -> altair.Chart:
    """Name the best width, and say where the dashed line is."""
    import altair as alt

    chart: altair.Chart = (
        _chosen("width")
        .transform_aggregate(best="argmax(accuracy)")
        .transform_calculate(
            says="'best: ' + datum.best.width + ' units ' + format(datum.best.accuracy, '.2f')"
            " + ' %, linear ' + format(datum.best.linear, '.2f') + ' %'"
        )
        .mark_text(align="right", baseline="bottom", fontSize=12, color=COLORS["ink"])
        .encode(x=alt.value("width"), y=alt.value(294), text="says:N")
    )
    return chart
