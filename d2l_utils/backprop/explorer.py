"""An interactive chart: one entry of a matrix, the same entry of the gradient, and their slope.

Serves exercise 1 of D2L 5.3. The reader picks an entry of `X`, by a click or with two menus; the
chart marks the entry with the same indices in the gradient and draws `f` along that entry with its
tangent. All numbers are computed here; the chart only selects rows of a table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from d2l_utils.border import Held, Positive, checked
from d2l_utils.display.figures import COLORS, TEXT_ON_FILL

if TYPE_CHECKING:
    import altair

CELL_PIXELS = 33
POINTS = 13
"""Number of points of each curve; odd, so that the middle one is the entry's own value."""

_CELL_COLORS = ["#c6dbef", "#f7f7f7", "#fdd9bd"]

Row = dict[str, float | int | str]


@checked
def explore_gradient(
    f: Callable[[Tensor], Tensor], X: Held, radius: Positive = 2.0
) -> altair.VConcatChart:
    """Build the chart.

    Args:
        f: Maps a matrix shaped like `X` to a tensor of shape ``()``, differentiably.
        X: A floating-point matrix of shape ``(num_rows, num_cols)``.
        radius: How far to the left and right of an entry its curve reaches.

    Returns:
        A chart with a point selection named ``entry`` over the fields ``row`` and ``column``, both
        counted from 1, bound to two menus; pass it to `d2l_utils.show`.

    Raises:
        TypeError: If `X` is not a floating-point tensor.
        ValueError: If `X` is not a matrix, `radius` is not positive or `f` does not return a scalar
            that depends on its argument.
    """
    import altair as alt

    cells, curves = explorer_data(f, X, radius)
    menus: Any = {  # altair's types know one binding for all fields only, Vega-Lite one per field
        "column": alt.binding_select(options=list(range(1, X.shape[1] + 1)), name="column j "),
        "row": alt.binding_select(options=list(range(1, X.shape[0] + 1)), name="row i "),
    }
    entry = alt.selection_point(
        name="entry",
        fields=["column", "row"],  # Vega lists the menus in reverse
        value=[{"row": 1, "column": 1}],
        bind=menus,
        on="rect:click, text:click",  # named because a bound selection otherwise ignores clicks
        clear=False,
        empty=False,
    )
    maps = alt.hconcat(
        _heat_map(cells, "x", "X", "matrix", entry),
        _heat_map(cells, "slope", "gradient of f", "gradient", entry),
        spacing=14,
    )
    return alt.vconcat(maps, _curve(curves, cells, X.shape[1], entry), spacing=18)


def explorer_data(
    f: Callable[[Tensor], Tensor], X: Tensor, radius: float
) -> tuple[list[Row], list[Row]]:
    """Compute what the chart shows, rounded to four significant digits.

    Args:
        f: As for `explore_gradient`.
        X: As for `explore_gradient`.
        radius: As for `explore_gradient`.

    Returns:
        One row per entry (``row, column, x, slope, f, label``), and one per entry and point of its
        curve (``row, column, t, f, tangent``), `t` being the value put in place of the entry.

    Raises:
        TypeError: As for `explore_gradient`.
        ValueError: As for `explore_gradient`.
    """
    G, value = _gradient(f, X)
    if not radius > 0:
        raise ValueError(f"radius: expected a positive number, got {radius}")
    cells: list[Row] = []
    curves: list[Row] = []
    for i, j in ((i, j) for i in range(X.shape[0]) for j in range(X.shape[1])):
        place: Row = {"row": i + 1, "column": j + 1}
        x, slope = X[i, j].item(), G[i, j].item()
        label = f"slope ∂f/∂X[{i + 1}, {j + 1}] = {_round(slope):g}"
        cells.append({**place, "x": _round(x), "slope": _round(slope), "f": _round(value)})
        cells[-1]["label"] = label.replace("-", "−")
        for k in range(-(POINTS // 2), POINTS // 2 + 1):
            # Python's own division: the last bit of torch.linspace depends on the processor
            shift = radius * k / (POINTS // 2)
            moved = X.detach().clone()
            moved[i, j] = x + shift
            y = {"f": _round(f(moved).item()), "tangent": _round(value + slope * shift)}
            curves.append({**place, "t": _round(x + shift), **y})
    return cells, curves


def _round(value: float) -> float:
    """Round to four significant digits, so that the stored chart does not depend on a CPU."""
    return float(f"{value:.4g}")


def _gradient(f: Callable[[Tensor], Tensor], X: Tensor) -> tuple[Tensor, float]:
    if not isinstance(X, Tensor) or not X.is_floating_point():
        got = X.dtype if isinstance(X, Tensor) else type(X).__name__
        raise TypeError(f"X: expected a floating-point tensor, got {got}")
    if X.dim() != 2 or X.numel() == 0:
        raise ValueError(f"X: expected a matrix, got shape {tuple(X.shape)}")
    if not X.isfinite().all():
        raise ValueError("X: expected finite entries, got NaN or infinity")
    leaf = X.detach().clone().requires_grad_()
    value = f(leaf)
    if not isinstance(value, Tensor):
        raise TypeError(f"f: expected a scalar tensor, got {type(value).__name__}")
    if value.shape != () or not value.requires_grad:
        raise ValueError(f"f: expected a scalar that depends on X, got {tuple(value.shape)}")
    return torch.autograd.grad(value, leaf)[0], value.item()


def _heat_map(cells: list[Row], field: str, title: str, name: str, entry: Any) -> Any:
    """Cells with their numbers; the selected one has a thick frame.

    Its inner line stands out against every cell; the outer one, in the ink of the page's theme,
    against the page.
    """
    import altair as alt

    largest = max(abs(float(cell[field])) for cell in cells)
    color = alt.Scale(domain=[-largest, 0, largest], range=_CELL_COLORS)
    data = alt.Data(values=[{k: c[k] for k in ("row", "column", field)} for c in cells])
    base = alt.Chart(data).encode(
        x=alt.X("column:O", title=None).axis(orient="top", labelAngle=0, ticks=False, domain=False),
        y=alt.Y("row:O", title=None).axis(labelAngle=0, ticks=False, domain=False),
    )
    fill = base.mark_rect(stroke="#ffffff", cursor="pointer").encode(
        color=alt.Color(f"{field}:Q", scale=color, legend=None)
    )
    fill = fill.properties(name=name).add_params(entry)
    chosen = base.transform_filter(entry)
    frame = (
        chosen.mark_rect(fillOpacity=0, stroke=COLORS["ink"], strokeWidth=6),
        chosen.mark_rect(fillOpacity=0, stroke=TEXT_ON_FILL, strokeWidth=3),
    )
    text = base.mark_text(color=TEXT_ON_FILL, fontSize=12, cursor="pointer").encode(
        text=alt.Text(f"{field}:Q", format="~r")
    )
    layers = alt.layer(fill, *frame, text)
    return layers.properties(
        title=title,
        width=alt.Step(CELL_PIXELS),
        height=alt.Step(CELL_PIXELS),
    ).resolve_scale(color="independent")


def _curve(curves: list[Row], cells: list[Row], num_cols: int, entry: Any) -> Any:
    """Values of f along the selected entry (solid), the tangent (dashed) and where we are."""
    import altair as alt

    values = [float(row[key]) for row in curves for key in ("f", "tangent")]

    def y(field: str) -> alt.Y:
        return alt.Y(field, title=None, scale=alt.Scale(domain=[min(values), max(values)]))

    line = alt.Chart(alt.Data(values=curves)).transform_filter(entry)
    x = alt.X("t:Q", title="value put in place of the entry", scale=alt.Scale(zero=False))
    solid = line.mark_line(color=COLORS["blue"]).encode(x=x, y=y("f:Q"))
    dashed = line.mark_line(color=COLORS["orange"], strokeDash=[6, 4]).encode(x=x, y=y("tangent:Q"))
    here = alt.Chart(alt.Data(values=cells)).transform_filter(entry)
    point = here.mark_point(filled=True, size=80, color=COLORS["ink"], opacity=1)
    text = here.mark_text(align="left", baseline="top", fontSize=13).encode(
        x=alt.value(4), y=alt.value(-18), text="label:N"
    )
    layers = (solid, dashed, point.encode(x="x:Q", y=y("f:Q")), text)
    title = alt.Title("f (solid) and its tangent (dashed)", offset=22)
    width = 2 * num_cols * CELL_PIXELS + 14
    return alt.layer(*layers).properties(title=title, width=width, height=170)
