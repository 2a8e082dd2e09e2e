"""The picture of two trainings (D2L 5.1, exercise 5): one start in two parametrizations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from d2l_utils.border import checked
from d2l_utils.display.figures import COLORS, menu

if TYPE_CHECKING:
    import altair

NETS = ("tanh net", "sigmoid net")
STEPS = ("plain", "mapped")
_KEYS = ("steps", "x", "tanh", *STEPS)


@checked
def explore_training(rows: Sequence[Mapping[str, float]]) -> altair.LayerChart:
    """Draw what a tanh net and a sigmoid net compute after some steps of training.

    Args:
        rows: One per number of steps and place: ``steps``, ``x``, and the outputs there of the tanh
            net (``tanh``) and of the sigmoid net after plain and after mapped steps (``plain``,
            ``mapped``). The numbers of steps are evenly spaced from 0.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.

    Raises:
        ValueError: If a row lacks one of these, or the steps are not evenly spaced from 0.
    """
    import altair as alt

    for place, row in enumerate(rows):
        if set(row) != set(_KEYS):
            raise ValueError(f"rows[{place}]: expected {', '.join(_KEYS)}, got {', '.join(row)}")
    steps = sorted({int(row["steps"]) for row in rows})
    if len(steps) < 2 or steps != [k * steps[1] for k in range(len(steps))]:
        raise ValueError(
            f"rows: expected at least two numbers of steps, evenly spaced from 0, got {steps[:9]}"
        )
    slider = alt.binding_range(min=0, max=steps[-1], step=steps[1], name="steps: ")
    data = alt.Data(values=[dict(row) for row in rows])
    return (
        alt.layer(_lines(), _distance(), data=data)
        .add_params(
            alt.param("training_steps", value=0, bind=slider),
            menu("step_rule", "steps of the sigmoid net: ", STEPS, STEPS[0]),
        )
        .properties(width="container", height=300)
    )


def _chosen() -> altair.Chart:
    """The rows of the chosen number of steps; the sigmoid net's output is that of the rule."""
    import altair as alt

    chart: altair.Chart = (
        alt.Chart()
        .transform_filter("datum.steps == training_steps")
        .transform_calculate(
            **{
                NETS[0]: "datum.tanh",
                NETS[1]: f"step_rule == '{STEPS[0]}' ? datum.plain : datum.mapped",
            }
        )
    )
    return chart


def _height() -> altair.Scale:
    import altair as alt

    return alt.Scale(domain=[-2.5, 2.5])


def _lines() -> altair.LayerChart:
    import altair as alt

    colors = alt.Scale(domain=list(NETS), range=[COLORS["blue"], COLORS["orange"]])
    shapes = alt.Scale(domain=list(NETS), range=["circle", "cross"])
    base = (
        _chosen()
        .transform_fold(list(NETS), as_=["net", "output"])
        .encode(
            x=alt.X("x:Q", title="x"),
            y=alt.Y("output:Q", title="output", scale=_height()),
            color=alt.Color("net:N", scale=colors, sort=list(NETS), title=None),
        )
    )
    sizes = alt.Scale(
        domain=list(NETS), range=[120, 30]
    )  # to see both where they lie on each other
    points = base.mark_point(filled=True, opacity=1, clip=True)
    chart: altair.LayerChart = alt.layer(
        base.mark_line(strokeWidth=2, clip=True),
        points.encode(
            shape=alt.Shape("net:N", scale=shapes, sort=list(NETS), title=None),
            size=alt.Size("net:N", scale=sizes, sort=list(NETS), title=None),
        ),
    )
    return chart


def _distance() -> altair.Chart:
    """Say how far apart the two nets are where they differ most."""
    import altair as alt

    chart: altair.Chart = (
        _chosen()
        .transform_calculate(apart=f"abs(datum['{NETS[0]}'] - datum['{NETS[1]}'])")
        .transform_aggregate(farthest="max(apart)")
        .transform_calculate(says="'largest distance: ' + format(datum.farthest, '.3f')")
        .mark_text(align="left", fontSize=12, color=COLORS["ink"])
        .encode(x=alt.datum(-2.9), y=alt.datum(2.25), text="says:N")
    )
    return chart
