"""The forest plot: paired differences with intervals, for as many runs as a reader grants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from d2l_utils.border import Words, checked
from d2l_utils.display.figures import COLORS
from d2l_utils.experiments.intervals import mean_interval

if TYPE_CHECKING:
    import altair

DIGITS = 4
"""Of what is drawn."""

MOST_ROWS, MOST_RUNS = 12, 64


@checked
def forest_plot(
    differences: Mapping[str, Sequence[float]], x_label: Words, *, names: Words = "compared"
) -> altair.LayerChart:
    """Draw mean paired differences with 95% intervals and a slider for the number of runs.

    Args:
        differences: Name -> the differences of its pairs of runs, in the order of the runs; as many
            for each, from 2 to 64. At most 12 names.
        x_label: What a difference is, with its unit, and which side is better.
        names: What the names are.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description, and put a table beside
        it.

    Raises:
        TypeError: If something is of another type.
        ValueError: If there is no name or too many, or the numbers of runs do not fit.
    """
    import altair as alt

    runs = _check(differences)
    slider = alt.binding_range(min=2, max=runs, step=1, name="pairs of runs: ")
    return (
        alt.layer(
            _zero(),
            *_intervals(list(differences), x_label, names),
            _words(),
            data=_data(differences),
        )
        .add_params(alt.param("forest_runs", value=runs, bind=slider))
        .properties(width="container", height=40 + 32 * len(differences))
    )


def _check(differences: Mapping[str, Sequence[float]]) -> int:
    if not 1 <= len(differences) <= MOST_ROWS:
        raise ValueError(f"differences: expected 1 to {MOST_ROWS} names, got {len(differences)}")
    counts = {len(values) for values in differences.values()}
    if len(counts) > 1 or not 2 <= min(counts) <= MOST_RUNS:
        raise ValueError(
            f"differences: expected from 2 to {MOST_RUNS} runs, as many for each name, got "
            f"{sorted(counts)}"
        )
    return counts.pop()


def forest_rows(differences: Mapping[str, Sequence[float]]) -> list[dict[str, float | str]]:
    """What is drawn: for each name and number of runs, the mean of the first runs and its interval.

    Args:
        differences: As for `forest_plot`.
    """
    rows: list[dict[str, float | str]] = []
    for name, values in differences.items():
        for n in range(2, len(values) + 1):
            found = mean_interval(list(values[:n]))
            ends = {"mean": found.mean, "low": found.low, "high": found.high}
            rounded = {key: round(x, DIGITS) + 0.0 for key, x in ends.items()}
            rows.append({"name": name, "n": n, **rounded})
    return rows


def _data(differences: Mapping[str, Sequence[float]]) -> altair.InlineData:
    import altair as alt

    return alt.InlineData(values=forest_rows(differences))


def _zero() -> altair.Chart:
    import altair as alt

    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=[{"zero": 0}]))
        .mark_rule(color=COLORS["ink"], strokeDash=[4, 3])
        .encode(x=alt.X("zero:Q"))
    )
    return chart


def _intervals(order: list[str], x_label: str, names: str) -> tuple[altair.Chart, altair.Chart]:
    import altair as alt

    base = (
        alt.Chart()
        .transform_filter("datum.n == forest_runs")
        .encode(y=alt.Y("name:N", sort=order, title=names, axis=alt.Axis(labelLimit=140)))
    )
    bars = base.mark_rule(strokeWidth=2, color=COLORS["blue"]).encode(
        x=alt.X("low:Q", title=x_label), x2="high:Q"
    )
    points = base.mark_point(filled=True, opacity=1, size=60, color=COLORS["blue"]).encode(
        x=alt.X("mean:Q", title=x_label)
    )
    return bars, points


def _words() -> altair.Chart:
    import altair as alt

    chart: altair.Chart = (
        alt.Chart()
        .transform_filter("datum.n == forest_runs")
        .transform_calculate(out="datum.low > 0 || datum.high < 0 ? 1 : 0")
        .transform_aggregate(resolved="sum(out)", of="count()")
        .transform_calculate(
            says="forest_runs + ' pairs, ' + datum.resolved + ' of ' + datum.of"
            " + ' intervals leave out 0'"
        )
        .mark_text(align="left", baseline="bottom", fontSize=12, color=COLORS["ink"])
        .encode(x=alt.value(0), y=alt.value(-6), text="says:N")
    )
    return chart
