"""The picture of Swish (D2L 5.1, exercise 3): its curve, its slopes and their special points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from d2l_utils.border import Number, checked
from d2l_utils.display.figures import COLORS

if TYPE_CHECKING:
    import altair

CURVES = ("f", "slope", "∂f/∂β")
_COLORS = ("blue", "orange", "green")
_DASHES = ([1, 0], [6, 3], [2, 2])
_SHAPES = ("circle", "triangle-up", "square")
_NAMED = ("minimum of f", "largest slope", "largest ∂f/∂β")
_TOP, _STEP = 2.3, 0.2  # where the words stand, in units of the vertical axis


def _constants() -> tuple[float, float]:
    """W(1/e), and the positive root of v = coth v."""
    import mpmath

    w = mpmath.lambertw(mpmath.exp(-1)).real
    v = mpmath.findroot(lambda v: v - mpmath.coth(v), 1.2)
    return float(w), float(v)


@checked
def swish_points(
    beta: Annotated[float, Number(at_least=0.001, at_most=1000)],
) -> dict[str, tuple[float, float]]:
    """Say where Swish is lowest, steepest and most sensitive to beta.

    Args:
        beta: The factor inside of the sigmoid.

    Returns:
        Name of the point -> x and the value there. The last is met at -x as well.

    Raises:
        ValueError: If beta is not from 0.001 to 1000.
    """
    w, v = _constants()
    places = ((-1 - w) / beta, 2 * v / beta, 2 * v / beta)
    values = (-w / beta, (1 + v) / 2, (v**2 - 1) / beta**2)
    return dict(zip(_NAMED, zip(places, values, strict=True), strict=True))


def explore_swish() -> altair.LayerChart:
    """Draw Swish, its slope and its derivative in beta, with a slider for beta.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    slider = alt.binding_range(min=0.5, max=4, step=0.25, name="beta ")
    chosen = alt.param("swish_beta", value=1, bind=slider)
    layers = alt.layer(_lines(), *_points()).add_params(chosen)
    return layers.properties(width="container", height=320)


def _looks() -> dict[str, Any]:
    import altair as alt

    colors = alt.Scale(domain=list(CURVES), range=[COLORS[name] for name in _COLORS])
    return {
        "y": alt.Y("y:Q", title=None, scale=_height()),
        "color": alt.Color("curve:N", scale=colors, sort=list(CURVES), title=None),
    }


def _height() -> altair.Scale:
    import altair as alt

    return alt.Scale(domain=[-1, 2.5])


def _lines() -> altair.Chart:
    import altair as alt

    dashes = alt.Scale(domain=list(CURVES), range=list(_DASHES))
    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=[{"x": k / 10} for k in range(-40, 41)]))
        .transform_calculate(s="1 / (1 + exp(-swish_beta * datum.x))")
        .transform_calculate(f="datum.x * datum.s")
        .transform_calculate(
            **{
                CURVES[1]: "datum.s + swish_beta * datum.f * (1 - datum.s)",
                CURVES[2]: "datum.f * (datum.x - datum.f)",
            }
        )
        .transform_fold(list(CURVES), as_=["curve", "y"])
        .mark_line(clip=True, strokeWidth=2)
        .encode(
            x=alt.X("x:Q", title="x", scale=alt.Scale(domain=[-4, 4])),
            strokeDash=alt.StrokeDash("curve:N", scale=dashes, sort=list(CURVES), legend=None),
            **_looks(),
        )
    )
    return chart


def _points() -> tuple[altair.Chart, altair.Chart]:
    """The marks, and what is said of them: with beta = 1 a point is at x, on the curve at y."""
    import altair as alt

    at_one = swish_points(1.0)
    rows: list[dict[str, Any]] = [
        {"curve": curve, "what": what, "u": x, "h": y, "power": power, "place": _TOP - _STEP * k}
        for k, (curve, (what, (x, y)), power) in enumerate(
            zip(CURVES, at_one.items(), (1, 0, 2), strict=True)
        )
    ]
    rows.append({**rows[-1], "u": -rows[-1]["u"], "what": ""})  # the other side
    points = alt.Chart(alt.InlineData(values=rows)).transform_calculate(
        x="datum.u / swish_beta", y="datum.h / pow(swish_beta, datum.power)"
    )
    shapes = alt.Scale(domain=list(CURVES), range=list(_SHAPES))
    marks = points.mark_point(size=90, filled=True, opacity=1, clip=True).encode(
        x="x:Q", shape=alt.Shape("curve:N", scale=shapes, legend=None), **_looks()
    )
    words = (
        points.transform_filter("datum.what != ''")
        .transform_calculate(
            says="datum.what + ': ' + format(datum.y, '.3f') + ' at x = '"
            " + (datum.power == 2 ? '±' : '') + format(datum.x, '.3f')"
        )
        .mark_text(align="left", fontSize=12)
        .encode(x=alt.datum(-3.9), y=alt.Y("place:Q", scale=_height()), text="says:N")
    )
    return marks, words
