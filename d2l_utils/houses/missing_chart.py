"""The picture of filling in (D2L 5.7, exercise 2): points, their mean, the line through all."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from d2l_utils.border import checked
from d2l_utils.display.figures import COLORS, menu
from d2l_utils.houses.filled import Filled, Gone, Share, filled_law, filled_sample

if TYPE_CHECKING:
    import altair

CORRELATION = 0.7
NUM_POINTS = 240
SHARES = tuple(k / 20 for k in range(17))
"""From nothing missing to 80 %."""

WAYS: dict[str, Gone] = {"by chance": "chance", "the largest x": "x", "the largest y": "y"}
"""What the menu says, and what `filled_law` calls it."""


@cache
def _points() -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    """Give x and y, and for each way the order in which they go, as numbers in 0 to 1."""
    # Of 400 draws the one whose points follow the law most closely: it is to be seen, not noise.
    generator = torch.Generator().manual_seed(250)
    draws = torch.randn(2, NUM_POINTS, generator=generator, dtype=torch.float64)
    # The points have exactly the moments that the law assumes, so that only filling in differs.
    centred = draws - draws.mean(1, keepdim=True)
    left, _, right = torch.linalg.svd(centred, full_matrices=False)
    z = NUM_POINTS**0.5 * left @ right
    x = z[0]
    y = CORRELATION * z[0] + (1 - CORRELATION**2) ** 0.5 * z[1]
    chance = torch.randperm(NUM_POINTS, generator=generator)
    keys = {"by chance": chance, "the largest x": _rank(-x), "the largest y": _rank(-y)}
    return x, y, {way: (key + 0.5) / NUM_POINTS for way, key in keys.items()}


def _rank(values: Tensor) -> Tensor:
    return values.argsort().argsort()


@checked
def filled_points(share: Share, way: str) -> tuple[Filled, Filled]:
    """Give what `explore_missing` says of a setting.

    Args:
        share: Which share of x is missing.
        way: One of `WAYS`.

    Returns:
        Of the chart's points, and of the law.

    Raises:
        TypeError: If the share is no number, or the way no word.
        ValueError: If the share is not in 0 to 0.99, or there is no such way.
    """
    if way not in WAYS:
        raise ValueError(f"way: expected one of {', '.join(WAYS)}, got {way!r}")
    x, y, keys = _points()
    law = filled_law(share, WAYS[way], CORRELATION)
    return filled_sample(x, y, keys[way] < share), law


def explore_missing() -> altair.LayerChart:
    """Draw points whose x is filled in with the mean, with a slider for the share that is missing.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    slider = alt.binding_range(min=0, max=SHARES[-1], step=0.05, name="share missing: ")
    kinds = ("as it was", "filled in")
    place: dict[str, Any] = {
        "x": alt.X("place:Q", scale=alt.Scale(domain=[-3.6, 3.6]), title="x, or its mean"),
        "y": alt.Y("y:Q", scale=alt.Scale(domain=[-3.6, 3.6]), title="y"),
    }
    key = " : ".join(f"gone_way == '{way}' ? datum.{name}" for way, name in _KEYS.items())
    points = alt.Chart(alt.InlineData(values=_point_rows()))
    points = points.transform_calculate(gone=f"({key} : 0) < gone_share")
    points = points.transform_calculate(seen="datum.gone ? null : datum.x")
    points = points.transform_joinaggregate(mean="mean(seen)")
    points = points.transform_calculate(
        place="datum.gone ? datum.mean : datum.x", kind=f"datum.gone ? '{kinds[1]}' : '{kinds[0]}'"
    )
    colors = alt.Scale(domain=list(kinds), range=[COLORS["blue"], COLORS["orange"]])
    shapes = alt.Scale(domain=list(kinds), range=["circle", "triangle-up"])
    legend = alt.Legend(orient="bottom", title=None)
    marks = points.mark_point(size=26, opacity=0.9, strokeWidth=1.2).encode(
        **place,
        color=alt.Color("kind:N", scale=colors, sort=list(kinds), legend=legend),
        shape=alt.Shape("kind:N", scale=shapes, sort=list(kinds), legend=legend),
    )
    chart: altair.LayerChart = alt.layer(marks, _line(place), *_words())
    return chart.add_params(
        menu("gone_way", "missing are: ", tuple(WAYS), "the largest y"),
        alt.param("gone_share", value=0.4, bind=slider),
    ).properties(width=300, height=300)


_KEYS = {"by chance": "c", "the largest x": "a", "the largest y": "b"}
"""Way -> the field that says in which order points go."""


def _point_rows() -> list[dict[str, float]]:
    x, y, keys = _points()
    columns = {"x": x, "y": y} | {_KEYS[way]: key for way, key in keys.items()}
    rounded = {name: [round(v, 4) for v in column.tolist()] for name, column in columns.items()}
    return [dict(zip(rounded, row, strict=True)) for row in zip(*rounded.values(), strict=True)]


def _chosen() -> altair.Chart:
    """The one row of the setting that is chosen."""
    import altair as alt

    chart: altair.Chart = alt.Chart(alt.InlineData(values=_setting_rows()))
    return chart.transform_filter(
        "datum.way == gone_way && datum.twentieths == round(20 * gone_share)"
    )


def _setting_rows() -> list[dict[str, Any]]:
    rows = []
    for way in WAYS:
        for k, share in enumerate(SHARES):
            found, law = filled_points(share, way)
            row: dict[str, Any] = {"way": way, "twentieths": k, "at": round(found.intercept, 4)}
            for name, each in (("", found), ("_law", law)):
                row[f"slope{name}"] = round(each.slope, 4)
                row[f"corr{name}"] = round(each.correlation, 4)
                row[f"var{name}"] = round(each.variance, 4)
            rows.append(row)
    return rows


def _line(place: dict[str, Any]) -> altair.Chart:
    """The least squares line of the filled points."""
    ends = _chosen().transform_calculate(ends="[-3.4, 3.4]").transform_flatten(["ends"], ["place"])
    ends = ends.transform_calculate(y="datum.at + datum.slope * datum.place")
    chart: altair.Chart = ends.mark_line(clip=True, strokeWidth=2, color=COLORS["ink"]).encode(
        **place
    )
    return chart


def _words() -> list[altair.Chart]:
    """Three lines above the plot: slope, correlation and variance, here and by the law."""
    import altair as alt

    names = (("slope", "slope"), ("corr", "correlation"), ("var", "variance of x"))
    found = []
    for (field, word), dy in zip(names, (-38, -22, -6), strict=True):
        says = (
            f"'{word} ' + format(datum.{field}, '.2f') + ', law '"
            f" + format(datum.{field}_law, '.2f')"
        )
        words = _chosen().transform_calculate(says=says)
        words = words.mark_text(align="left", fontSize=12, color=COLORS["ink"], dy=dy)
        found.append(words.encode(x=alt.value(0), y=alt.value(0), text="says:N"))
    return found
