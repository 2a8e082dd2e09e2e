"""The picture of early stopping (D2L 5.5, exercise 2): descent's path and ridge's, side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import torch
from torch import Tensor

from d2l_utils.border import Number, checked
from d2l_utils.display.figures import COLORS
from d2l_utils.generalization.filters import gd_filter, ridge_filter

if TYPE_CHECKING:
    import altair

LAST = 60
"""The largest number of steps on the slider."""

LEARNT = (0.5, 0.04)
"""The learning rate times the squared singular value, of the strong and of the weak direction."""

_SOLUTION = (1.9, 1.3)  # of least squares, along the two directions
_ANGLE = math.pi / 6  # from the first axis to the strong direction
_LOSSES = (0.01, 0.1, 0.4, 1.0, 2.0)  # above the least, of the contours
_METHODS = ("descent", "ridge")

Steps = Annotated[int, Number(at_least=0)]


@checked
def path_factors(t: Steps) -> tuple[tuple[float, float], tuple[float, float]]:
    """Compute what `explore_paths` shows: how much of least squares is there.

    Args:
        t: Steps of descent; ridge regression has lam = 1 / (eta t).

    Returns:
        The factors of descent and those of ridge, each of the strong and of the weak direction.

    Raises:
        TypeError: If `t` is not a whole number.
        ValueError: If it is negative.
    """
    s = torch.tensor(LEARNT, dtype=torch.float64).sqrt()  # eta is 1
    descent = gd_filter(s, 1.0, t)
    ridge = ridge_filter(s, 1 / t) if t else torch.zeros_like(s)
    (a, b), (c, d) = descent.tolist(), ridge.tolist()
    return (a, b), (c, d)


def explore_paths() -> altair.VConcatChart:
    """Draw the two paths over the loss's contours, and both factors per direction.

    The slider is the number of steps t; ridge regression has lam = 1 / (eta t).

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    slider = alt.binding_range(min=0, max=LAST, step=1, name="steps t ")
    chosen = alt.param("steps_t", value=8, bind=slider)
    chart: altair.VConcatChart = alt.vconcat(_plane(), _bars(), spacing=24).add_params(chosen)
    return chart


def _plane() -> altair.LayerChart:
    import altair as alt

    ticks = alt.Axis(values=[0, 1, 2])
    x = alt.X("x:Q", title="first weight", scale=alt.Scale(domain=[-0.5, 2.5]), axis=ticks)
    y = alt.Y("y:Q", title="second weight", scale=alt.Scale(domain=[-0.5, 2.5]))
    contours = (
        alt.Chart(alt.InlineData(values=_contours()))
        .mark_line(strokeWidth=0.8, color=COLORS["ink"], opacity=0.6, clip=True)
        .encode(x=x, y=y, detail="loss:N", order="i:O")
    )
    ((best_x, best_y),) = _turned(_solution())
    row = {"x": best_x, "y": best_y, "says": "least squares"}
    goal = alt.Chart(alt.InlineData(values=[row]))
    cross = goal.mark_point(shape="cross", size=70, filled=True, opacity=1, color=COLORS["ink"])
    paths = alt.Chart(alt.InlineData(values=_path_rows()))
    whole = paths.mark_line(strokeWidth=2.5)
    now = paths.transform_filter("datum.t == steps_t")
    dots = now.mark_point(size=90, filled=True, opacity=1)
    # Descent runs below ridge's path, so their names stand on either side.
    names = [
        now.transform_filter(f"datum.path == '{name}'").mark_text(
            align=align, dx=dx, dy=dy, fontSize=12
        )
        for name, align, dx, dy in (("descent", "left", 10, 8), ("ridge", "right", -10, -8))
    ]
    color = alt.Color("path:N", legend=None, scale=_colors())
    dash = alt.StrokeDash(
        "path:N", legend=None, scale=alt.Scale(domain=list(_METHODS), range=[[1, 0], [5, 3]])
    )
    shape = alt.Shape(
        "path:N", legend=None, scale=alt.Scale(domain=list(_METHODS), range=["circle", "square"])
    )
    layers: altair.LayerChart = alt.layer(
        contours,
        cross.encode(x=x, y=y),
        goal.mark_text(dy=-14, fontSize=12).encode(x=x, y=y, text="says:N"),
        whole.encode(x=x, y=y, color=color, strokeDash=dash, order="t:O"),
        dots.encode(x=x, y=y, color=color, shape=shape),
        *(name.encode(x=x, y=y, text="path:N") for name in names),
    ).properties(width=235, height=235)
    return layers


def _bars() -> altair.LayerChart:
    """Four bars, each with its factor; the factors are computed from the slider."""
    import altair as alt

    rows = [
        {"bar": f"{direction}, {method}", "method": method, "learnt": learnt}
        for direction, learnt in zip(("strong", "weak"), LEARNT, strict=True)
        for method in _METHODS
    ]
    base = alt.Chart(alt.InlineData(values=rows)).transform_calculate(
        factor="datum.method == 'descent' ? 1 - pow(1 - datum.learnt, steps_t)"
        " : datum.learnt * steps_t / (1 + datum.learnt * steps_t)",
        says="format(datum.factor, '.3f')",
    )
    y = alt.Y("bar:N", sort=[str(row["bar"]) for row in rows], title=None)
    bars = base.mark_bar().encode(
        x=alt.X(
            "factor:Q",
            scale=alt.Scale(domain=[0, 1.2]),
            title="factor",
            axis=alt.Axis(values=[0, 0.5, 1]),
        ),
        y=y,
        color=alt.Color("method:N", legend=None, scale=_colors()),
    )
    words = base.mark_text(align="left", dx=4, fontSize=12).encode(x="factor:Q", y=y, text="says:N")
    layers: altair.LayerChart = alt.layer(bars, words).properties(width=185, height=110)
    return layers


def _colors() -> altair.Scale:
    import altair as alt

    return alt.Scale(domain=list(_METHODS), range=[COLORS["blue"], COLORS["orange"]])


def _solution() -> Tensor:
    return torch.tensor([_SOLUTION], dtype=torch.float64)


def _turned(along: Tensor) -> list[list[float]]:
    """From the singular directions, columns of `along`, to weights; rounded for the page."""
    c, s = math.cos(_ANGLE), math.sin(_ANGLE)
    weights = along @ torch.tensor([[c, s], [-s, c]], dtype=torch.float64)
    return [[round(value, 3) + 0.0 for value in row] for row in weights.tolist()]


def _contours() -> list[dict[str, Any]]:
    """Ellipses about the solution: where sum of s² times squared distances is twice the loss."""
    angles = torch.arange(49, dtype=torch.float64) * (2 * math.pi / 48)
    circle = torch.stack([angles.cos(), angles.sin()], 1)
    s = torch.tensor(LEARNT, dtype=torch.float64).sqrt()
    return [
        {"loss": loss, "i": i, "x": x, "y": y}
        for loss in _LOSSES
        for i, (x, y) in enumerate(_turned(_solution() + math.sqrt(2 * loss) * circle / s))
    ]


def _path_rows() -> list[dict[str, Any]]:
    """Where each method is at each t."""
    factors = torch.tensor([path_factors(t) for t in range(LAST + 1)], dtype=torch.float64)
    return [
        {"path": method, "t": t, "x": x, "y": y}
        for k, method in enumerate(_METHODS)
        for t, (x, y) in enumerate(_turned(factors[:, k] * _solution()))
    ]
