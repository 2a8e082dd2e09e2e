"""The picture of a ReLU net's cells in the plane (D2L 5.1, exercise 4)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from d2l_utils.activations.cells import Cell, activation_cells
from d2l_utils.activations.layers import Layers
from d2l_utils.activations.rational import rational
from d2l_utils.border import checked
from d2l_utils.display.figures import COLORS, menu

if TYPE_CHECKING:
    import altair

SIDE = 2
"""The picture shows the square from -SIDE to SIDE."""

BORDER = "on a border of cells"
"""What is said where no cell has the point in its interior."""

_HEADROOM = 0.8  # above the square, for the words
_DIGITS = 4
_STEP = 0.2  # of the sliders
_EVERYWHERE = 9999  # pixels


@checked
def explore_cells(layers: Layers) -> altair.LayerChart:
    """Draw the cells of a ReLU net with two inputs and one output, and a point to move.

    Two sliders move the point, and a menu says how many hidden layers cut the square from -2 to 2.
    A cell tells its pattern and the net's output on it, as words, when it is pointed at; those of
    the point's cell stand above the square.

    Args:
        layers: Pairs (W, b), the first with two inputs, the last with one output, and at least one
            hidden layer.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.

    Raises:
        ValueError: If a shape does not fit, or a number is not finite.
    """
    import altair as alt

    params = _patterns(layers)
    if layers[-1][1].shape != (1,) or len(layers) < 2:
        raise ValueError(
            f"layers: expected a hidden layer and one output, got {len(layers) - 1} hidden and "
            f"{layers[-1][1].shape[0]} output(s)"
        )
    depths = [str(depth) for depth in range(1, len(layers))]
    sliders = [
        alt.param(f"cells_{name}", value=value, bind=_slider(name))
        for name, value in (("x", -0.9), ("y", 0.3))
    ]
    chosen = menu("cells_depth", "hidden layers that cut: ", depths, depths[-1])
    data = alt.Data(values=[row for depth in depths for row in _rows(layers, int(depth))])
    shapes = alt.Chart().transform_filter("datum.layers == cells_depth")
    most = sum(b.numel() for _, b in layers[:-1])
    chart: altair.LayerChart = alt.layer(
        _polygons(shapes, most), _outlines(shapes), _point(), _words(layers), data=data
    )
    return chart.add_params(*sliders, *params, chosen).properties(width="container", height=400)


def in_words(weights: Sequence[Fraction], bias: Fraction) -> str:
    """Write an affine function of x and y.

    Args:
        weights: The factors of x and of y.
        bias: The constant.

    Returns:
        Such as ``2x - y + 1/2``.
    """
    words = ""
    for factor, name in zip((*weights, bias), ("x", "y", ""), strict=True):
        if factor:
            size = "" if abs(factor) == 1 and name else str(abs(factor))
            size += " " if name and factor.denominator > 1 else ""
            sign = (" - " if factor < 0 else " + ") if words else ("-" if factor < 0 else "")
            words += sign + size + name
    return words or "0"


def _slider(name: str) -> Any:
    import altair as alt

    end = SIDE - _STEP / 2
    return alt.binding_range(min=-end, max=end, step=_STEP, name=f"{name} ")


def _patterns(layers: Layers) -> list[Any]:
    """Parameters that run the net at the point: of each unit its output, and the pattern."""
    import altair as alt

    inputs, params, patterns = ["cells_x", "cells_y"], [], []
    for place, (columns, biases) in enumerate(rational(layers, 2)[:-1]):
        units = []
        for k, (column, bias) in enumerate(zip(columns, biases, strict=True)):
            terms = [f"{float(w)!r} * {name}" for w, name in zip(column, inputs, strict=True)]
            units.append(f"cells_unit_{place + 1}_{k + 1}")
            total = " + ".join([*terms, repr(float(bias))])
            # A millionth is rounding: the sliders' places are no floating-point numbers.
            params.append(alt.param(units[-1], expr=f"({total}) > 1e-6 ? ({total}) : 0"))
        patterns.append(" + ".join(["''", *(f"({unit} > 0 ? '1' : '0')" for unit in units)]))
        inputs = units
    params.append(alt.param("cells_pattern", expr=" + ' ' + ".join(patterns)))
    return params


def pattern_of(cell: Cell) -> str:
    """Write a cell's pattern.

    Args:
        cell: The cell.

    Returns:
        A digit per unit, 1 where it is positive, and a space between layers.
    """
    return " ".join("".join(str(int(on)) for on in layer) for layer in cell.pattern)


def _rows(layers: Layers, depth: int) -> list[dict[str, Any]]:
    """The corners of the cells that the first hidden layers make, each with its cell's words."""
    box = ((-SIDE, SIDE), (-SIDE, SIDE))
    finest = {pattern_of(cell): cell for cell in activation_cells(layers, box)}
    rows = []
    for number, cell in enumerate(activation_cells(layers[: depth + 1], box)):
        pattern = pattern_of(cell)
        inside = [c for p, c in finest.items() if p.startswith(pattern)]
        outputs = {in_words((c.weights[0][0], c.weights[1][0]), c.bias[0]) for c in inside}
        words = {
            "layers": depth,
            "cell": f"{depth}.{number}",
            "pattern": pattern,
            "active": pattern.count("1"),
            "output": outputs.pop() if len(outputs) == 1 else "bends inside",
        }
        for corner, (x, y) in enumerate(cell.corners):
            place = {"x": round(float(x), _DIGITS), "y": round(float(y), _DIGITS)}
            rows.append({**words, "corner": corner, **place})
    return rows


def _scales() -> dict[str, Any]:
    import altair as alt

    across = alt.Scale(domain=[-SIDE, SIDE], nice=False)
    up = alt.Scale(domain=[-SIDE, SIDE + _HEADROOM], nice=False)
    values = list(range(-SIDE, SIDE + 1))
    return {
        "x": alt.X("x:Q", scale=across, axis=alt.Axis(values=values, grid=False)),
        "y": alt.Y("y:Q", scale=up, axis=alt.Axis(values=values, grid=False)),
    }


def _polygons(shapes: altair.Chart, most: int) -> altair.Chart:
    """The cells, without outlines, the darker the more of all units are positive."""
    import altair as alt

    here = "datum.pattern == slice(cells_pattern, 0, length(datum.pattern))"
    chart: altair.Chart = (
        shapes.transform_calculate(here=f"{here} ? 'yes' : 'no'")
        # Vega shows a line's words only within the width of its stroke around a corner.
        .mark_line(interpolate="linear-closed", stroke=None, strokeWidth=_EVERYWHERE)
        .encode(
            **_scales(),
            detail="cell:N",
            order="corner:Q",
            fill=alt.Fill(
                "here:N",
                scale=alt.Scale(domain=["yes", "no"], range=[COLORS["orange"], COLORS["blue"]]),
                legend=None,
            ),
            fillOpacity=alt.FillOpacity(
                "active:Q", scale=alt.Scale(domain=[0, most], range=[0.08, 0.6]), legend=None
            ),
            tooltip=["pattern:N", "output:N"],
        )
    )
    return chart


def _outlines(shapes: altair.Chart) -> altair.Chart:
    chart: altair.Chart = shapes.mark_line(
        interpolate="linear-closed", color=COLORS["ink"], strokeWidth=1.2, aria=False
    ).encode(**_scales(), detail="cell:N", order="corner:Q")
    return chart


def _point() -> altair.Chart:
    import altair as alt

    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=[{}]))
        .transform_calculate(x="cells_x", y="cells_y")
        .mark_point(size=110, filled=True, color=COLORS["ink"], opacity=1, shape="diamond")
        .encode(**_scales())
    )
    return chart


def _words(layers: Layers) -> altair.Chart:
    """The pattern at the point, and the output on its cell."""
    import altair as alt

    cells = [row for row in _rows(layers, len(layers) - 1) if row["corner"] == 0]
    known = alt.Data(values=[{"key": row["pattern"], "found": row["output"]} for row in cells])
    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=[{"line": 0}, {"line": 1}]))
        .transform_calculate(key="cells_pattern")
        .transform_lookup("key", alt.LookupData(known, "key", ["found"]), default=BORDER)
        .transform_calculate(
            says="datum.line == 0 ? 'pattern ' + datum.key : 'output ' + datum.found",
            x=str(-SIDE),
            y=f"{SIDE + _HEADROOM - 0.2} - 0.3 * datum.line",
        )
        .mark_text(align="left", dx=2, fontSize=13)
        .encode(**_scales(), text="says:N")
    )
    return chart
