"""The chart of activations (D2L 5.2, exercise 8): accuracy over rate, two of them side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from d2l_utils.border import checked
from d2l_utils.display.figures import COLORS, menu

if TYPE_CHECKING:
    import altair

MEAN = "mean of all"
_KEYS = ("activation", "run", "rate", "accuracy")
_CHOICES = ("first", "second")
_LOW, _HIGH = 60, 90
_Y = f"validation accuracy in % (lower ones are drawn at {_LOW})"


@checked
def explore_rates(rows: Sequence[Mapping[str, Any]]) -> altair.LayerChart:
    """Draw accuracy over the learning rate, with menus for two activations and for the run.

    Args:
        rows: One per activation, run and rate: ``activation`` (its name), ``run`` (a number),
            ``rate``, and ``accuracy`` in percent. At least two activations.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.

    Raises:
        TypeError: If something is of another type.
        ValueError: If a row lacks one of these, or there are fewer than two activations.
    """
    import altair as alt

    for place, row in enumerate(rows):
        if set(row) != set(_KEYS):
            raise ValueError(f"rows[{place}]: expected {', '.join(_KEYS)}, got {', '.join(row)}")
    names = list(dict.fromkeys(str(row["activation"]) for row in rows))
    if len(names) < 2:
        raise ValueError(f"rows: expected at least two activations, got {len(names)}")
    runs = list(dict.fromkeys(str(row["run"]) for row in rows))
    data = alt.Data(values=[dict(row) | {"run": str(row["run"])} for row in rows])
    layers = [_curve(which) for which in _CHOICES] + [_words(which) for which in _CHOICES]
    return (
        alt.layer(*layers, data=data)
        .add_params(
            menu("rates_first", "first: ", names, names[0]),
            menu("rates_second", "second: ", names, names[1]),
            menu("rates_run", "run: ", [MEAN, *runs], MEAN),
        )
        .properties(width="container", height=300)
    )


def _chosen(which: str) -> altair.Chart:
    """The rows of the first or the second activation: of one run, or the mean of all."""
    import altair as alt

    chart: altair.Chart = (
        alt.Chart()
        .transform_filter(
            f"datum.activation == rates_{which}"
            f" && (rates_run == '{MEAN}' || datum.run == rates_run)"
        )
        .transform_aggregate(accuracy="mean(accuracy)", groupby=["rate"])
    )
    return chart


def _curve(which: str) -> altair.LayerChart:
    """The first is a line with circles, the second dashed with squares."""
    import altair as alt

    first = which == "first"
    color = COLORS["blue" if first else "orange"]
    base = _chosen(which).encode(
        x=alt.X("rate:Q", scale=alt.Scale(type="log"), title="learning rate (logarithmic scale)"),
        y=alt.Y("accuracy:Q", scale=alt.Scale(domain=[_LOW, _HIGH], clamp=True), title=_Y),
    )
    dash = [1, 0] if first else [6, 4]
    shape = "circle" if first else "square"
    chart: altair.LayerChart = alt.layer(
        base.mark_line(strokeWidth=2, color=color, strokeDash=dash),
        base.mark_point(size=50, filled=True, opacity=1, color=color, shape=shape),
    )
    return chart


def _words(which: str) -> altair.Chart:
    """Name the best rate of the first or of the second activation."""
    import altair as alt

    first = which == "first"
    sign = "●" if first else "■"
    chart: altair.Chart = (
        _chosen(which)
        .transform_aggregate(best="argmax(accuracy)")
        .transform_calculate(
            says=f"'{sign} ' + rates_{which} + ': best at rate ' + datum.best.rate + ', '"
            " + format(datum.best.accuracy, '.2f') + ' %'"
        )
        .mark_text(
            align="left",
            baseline="top",
            fontSize=12,
            color=COLORS["blue" if first else "orange"],
        )
        .encode(x=alt.value(8), y=alt.value(4 if first else 22), text="says:N")
    )
    return chart
