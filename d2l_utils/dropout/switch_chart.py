"""The chart of switched probabilities (D2L 5.6, exercise 1): what dropout adds to a linear net."""

from __future__ import annotations

from typing import TYPE_CHECKING

from d2l_utils.border import AtLeastZero, checked
from d2l_utils.display.figures import COLORS

if TYPE_CHECKING:
    import altair

PARTS = (
    "without dropout",
    "first layer alone",
    "second layer alone",
    "both together",
    "expected loss",
)
"""The terms, and last their sum."""

ARMS = ("as set", "switched")

_TERMS = ("datum.base", "vone * datum.A", "vtwo * datum.B", "vone * vtwo * datum.X")


@checked
def explore_switch(
    base: AtLeastZero, A: AtLeastZero, B: AtLeastZero, X: AtLeastZero
) -> altair.LayerChart:
    """Draw the terms of a linear net's expected squared loss, with a slider for each probability.

    With v = p / (1 - p) the expected loss is base + v1 A + v2 B + v1 v2 X.

    Args:
        base: Loss without dropout.
        A: What the first layer's noise adds per unit of v1.
        B: The same for the second layer.
        X: What both add together per unit of v1 v2.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    first, second = (
        alt.binding_range(min=0, max=0.9, step=0.1, name=f"p of the {name} layer: ")
        for name in ("first", "second")
    )
    values = {"base": base, "A": A, "B": B, "X": X}
    rows = [
        {"part": part, "arm": arm, **{name: round(x, 9) for name, x in values.items()}}
        for part in PARTS
        for arm in ARMS
    ]
    return (
        alt.layer(_points(), _words(), data=alt.InlineData(values=rows))
        .add_params(
            alt.param("switch_first", value=0.2, bind=first),
            alt.param("switch_second", value=0.5, bind=second),
        )
        .properties(width="container", height=260)
    )


def _with_variances(chart: altair.Chart) -> altair.Chart:
    """Give each row the variances of its arm, and the value of its part."""
    asked = "datum.arm == 'as set'"
    p = {
        "vone": f"({asked} ? switch_first : switch_second)",
        "vtwo": f"({asked} ? switch_second : switch_first)",
    }
    terms = list(_TERMS)
    for name in p:
        terms = [term.replace(name, f"datum.{name}") for term in terms]
    whole = " + ".join(terms)
    value = f"{whole}"
    for part, term in zip(PARTS, terms, strict=False):
        value = f"datum.part == '{part}' ? {term} : ({value})"
    found: altair.Chart = chart.transform_calculate(
        **{name: f"{each} / (1 - {each})" for name, each in p.items()}
    ).transform_calculate(value=value)
    return found


def _points() -> altair.Chart:
    import altair as alt

    colors = alt.Scale(domain=list(ARMS), range=[COLORS["blue"], COLORS["orange"]])
    shapes = alt.Scale(domain=list(ARMS), range=["circle", "square"])
    chart: altair.Chart = (
        _with_variances(alt.Chart())
        .mark_point(filled=True, opacity=1, size=80)
        .encode(
            x=alt.X("value:Q", title="contribution to the expected loss"),
            y=alt.Y("part:N", sort=list(PARTS), title="part"),
            yOffset=alt.YOffset("arm:N", sort=list(ARMS)),
            color=alt.Color("arm:N", scale=colors, sort=list(ARMS), title=None),
            shape=alt.Shape("arm:N", scale=shapes, sort=list(ARMS), title=None),
        )
    )
    return chart


def _words() -> altair.Chart:
    """Say what the switch changes: (v1 - v2) (B - A)."""
    import altair as alt

    v = [f"{name} / (1 - {name})" for name in ("switch_first", "switch_second")]
    chart: altair.Chart = (
        alt.Chart()
        .transform_filter(f"datum.part == '{PARTS[-1]}' && datum.arm == '{ARMS[0]}'")
        .transform_calculate(
            says=f"'switching adds ' + format(({v[0]} - {v[1]}) * (datum.B - datum.A), '.1f')"
        )
        .mark_text(align="right", baseline="top", fontSize=12, color=COLORS["ink"])
        .encode(x=alt.value("width"), y=alt.value(4), text="says:N")
    )
    return chart
