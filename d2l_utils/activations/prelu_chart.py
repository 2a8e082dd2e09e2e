"""The picture of pReLU (D2L 5.1, exercise 2): its kink, and the slopes that programs give there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair

RULES = ("0", "alpha", "(1 + alpha)/2", "1", "1 + alpha")
"""The slopes at 0 that one spelling or another returns."""

_TOP, _STEP = 1.8, 0.24  # where the words stand, in units of the vertical axis


def explore_prelu() -> altair.LayerChart:
    """Draw pReLU and the slopes that programs give at 0, with a slider for alpha.

    Slopes that do not lie between those of the two sides are dotted.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    slider = alt.binding_range(min=-1, max=2, step=0.25, name="alpha ")
    chosen = alt.param("prelu_alpha", value=0.25, bind=slider)
    scale = alt.Scale(domain=[-2, 2])
    place: dict[str, Any] = {
        "x": alt.X("x:Q", scale=scale, title="x"),
        "y": alt.Y("y:Q", scale=scale, title=None),
    }
    curve = (
        alt.Chart(alt.InlineData(values=[{"x": each} for each in (-2, 0, 2)]))
        .transform_calculate(y="datum.x < 0 ? prelu_alpha * datum.x : datum.x")
        .mark_line(clip=True, strokeWidth=4)
        .encode(**place)
    )
    dashes = alt.Scale(domain=["yes", "no"], range=[[1, 0], [3, 4]])
    lines = _slopes().mark_line(clip=True, strokeWidth=1.2)
    lines = lines.encode(
        **place,
        detail="rule:N",
        strokeDash=alt.StrokeDash("inside:N", scale=dashes, legend=None),
    )
    words = (
        _slopes()
        .transform_filter("datum.x == 2")
        .transform_calculate(shown="datum.k % 3 == 0 ? '' : ' = ' + format(datum.s, '.3~f')")
        .transform_calculate(
            says="datum.rule + datum.shown + (datum.inside == 'yes' ? ': between' : ': outside')"
        )
        .mark_text(align="left", fontSize=12)
        .encode(x=alt.datum(-1.95), y=alt.Y("place:Q", scale=scale), text="says:N")
    )
    layers = alt.layer(lines, curve, words).add_params(chosen)
    return layers.properties(width="container", height=320)


def _slopes() -> altair.Chart:
    """The ends of each rule's line through the origin, and whether it lies between the sides."""
    import altair as alt

    rows = [
        {"rule": rule, "k": k, "place": _TOP - _STEP * k, "x": end}
        for k, rule in enumerate(RULES)
        for end in (-2, 2)
    ]
    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .transform_calculate(a="prelu_alpha")
        .transform_calculate(s="[0, datum.a, (1 + datum.a) / 2, 1, 1 + datum.a][datum.k]")
        .transform_calculate(
            y="datum.s * datum.x",
            inside="inrange(datum.s, [min(datum.a, 1), max(datum.a, 1)]) ? 'yes' : 'no'",
        )
    )
    return chart
