"""The picture of linear collapse (D2L 5.1, exercise 1): a linear map, and the nearest of rank 1."""

from __future__ import annotations

from itertools import product
from math import cos, radians, sin
from typing import TYPE_CHECKING, Any

from d2l_utils.display.figures import COLORS

if TYPE_CHECKING:
    import altair

LARGEST = 1.5
"""The first singular value; the slider sets the second."""

_INPUT_ANGLE, _OUTPUT_ANGLE = 30.0, 15.0  # degrees; where the first singular vectors point
_DIGITS = 6


def explore_rank() -> altair.LayerChart:
    """Draw a grid under a linear map of the plane, and under the nearest map of rank 1.

    A slider sets the second singular value, from 0 to 1.4.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    slider = alt.binding_range(min=0, max=1.4, step=0.1, name="second singular value ")
    chosen = alt.param("rank_second", value=0.8, bind=slider)
    scale = alt.Scale(domain=[-2.5, 2.5])
    image: dict[str, Any] = {
        "x": alt.X("x:Q", scale=scale, title="first output"),
        "y": alt.Y("y:Q", scale=scale, title="second output"),
    }
    near: dict[str, Any] = {
        "x": alt.X("near_x:Q", scale=scale),
        "y": alt.Y("near_y:Q", scale=scale),
    }
    points = alt.Chart(alt.InlineData(values=_grid())).transform_calculate(
        x="datum.near_x + rank_second * datum.lost_x",
        y="datum.near_y + rank_second * datum.lost_y",
    )
    lines = points.mark_rule(color=COLORS["ink"], opacity=0.5).encode(**near, x2="x:Q", y2="y:Q")
    squares = points.mark_square(color=COLORS["ink"], size=22, opacity=1).encode(**near)
    circles = points.mark_point(color=COLORS["blue"], size=70).encode(**image)
    layers = alt.layer(lines, squares, circles, _words(scale)).add_params(chosen)
    return layers.properties(width="container", height=320)


def _grid() -> list[dict[str, Any]]:
    """Each point's image at rank 1, and what one unit of the second singular value adds."""
    u, v = radians(_INPUT_ANGLE), radians(_OUTPUT_ANGLE)
    rows = []
    for a, b in product((-1.0, -0.5, 0.0, 0.5, 1.0), repeat=2):
        first = LARGEST * (a * cos(u) + b * sin(u))
        second = -a * sin(u) + b * cos(u)
        row = {"near_x": first * cos(v), "near_y": first * sin(v)}
        row |= {"lost_x": -second * sin(v), "lost_y": second * cos(v)}
        rows.append({name: round(value, _DIGITS) for name, value in row.items()})
    return rows


def _words(scale: altair.Scale) -> altair.Chart:
    import altair as alt

    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=[{"place": 2.3}]))
        .transform_calculate(
            says="'rank ' + (rank_second > 0 ? 2 : 1) + "
            "', lost by one hidden unit: ' + format(rank_second * rank_second / 2, '.3f')"
        )
        .mark_text(align="left", fontSize=12)
        .encode(x=alt.datum(-2.4), y=alt.Y("place:Q", scale=scale), text="says:N")
    )
    return chart
