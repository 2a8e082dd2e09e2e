"""Two pictures of exercise 4: the entries of a small Hessian, and what second derivatives cost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING

import torch

from d2l_utils.border import Count, Held, Words, checked
from d2l_utils.costs.flop_counts import mlp_flops
from d2l_utils.curvature.parameters import Params, parameter_slices
from d2l_utils.display.figures import COLORS, Chart, Picture, menu, new_figure, show

if TYPE_CHECKING:
    import altair

COSTS = (
    "forward",
    "gradient",
    "product Hv",
    "step, 50 products",
    "trace, 500 products",
    "whole Hessian",
)
"""What `explore_costs` compares; steps and traces reuse one gradient's graph for their products."""

_TIME_IN_WORDS = (
    "datum.seconds < 1e-6 ? format(datum.seconds * 1e9, '.3~r') + ' ns' : "
    "datum.seconds < 1e-3 ? format(datum.seconds * 1e6, '.3~r') + ' µs' : "
    "datum.seconds < 1 ? format(datum.seconds * 1e3, '.3~r') + ' ms' : "
    "datum.seconds < 7200 ? format(datum.seconds, ',.3~r') + ' s' : "
    "datum.seconds < 172800 ? format(datum.seconds / 3600, '.3~r') + ' h' : "
    "format(datum.seconds / 86400, ',.3~r') + ' days'"
)

_SPEED_IN_WORDS = (
    "format(speed, '.3~r') + ' TFLOP per second, about ' + (speed < 2 ? 'a laptop’s processor' : "
    "speed < 20 ? 'a laptop’s graphics chip' : speed < 200 ? 'a desktop’s graphics card' : "
    "'a data centre’s card')"
)

_TICKS = {
    1e-9: "1 ns",
    1e-6: "1 µs",
    1e-3: "1 ms",
    1: "1 s",
    3600: "1 h",
    31_557_600: "1 year",
    31_557_600_000: "1,000 years",
}
"""Times on the axis, in seconds, and what people call them."""


@checked
def matrix_picture(matrix: Held, params: Params, alt: Words) -> Picture:
    """Draw a matrix over all parameters as squares whose area is the entry's absolute value.

    Positive entries are filled and negative ones hollow; lines separate the parameters' blocks.

    Args:
        matrix: Shape `(P, P)`, for small P; entries of less than a thousandth of the largest are
            left out.
        params: The parameters, in the matrix's order.
        alt: What the picture shows.

    Returns:
        The picture.

    Raises:
        ValueError: If the matrix does not have one row and column per parameter entry.
    """
    P = sum(tensor.numel() for tensor in params.values())
    if matrix.shape != (P, P):
        raise ValueError(f"matrix: expected shape {(P, P)}, got {tuple(matrix.shape)}")
    figure, ax = new_figure(5.2, 5.0)
    scaled = matrix.detach() / matrix.abs().max()
    for sign, color in ((1, COLORS["blue"]), (-1, COLORS["orange"])):
        rows, columns = torch.nonzero(sign * scaled > 1e-3, as_tuple=True)
        area = [round(150 * abs(entry), 1) for entry in scaled[rows, columns].tolist()]
        face = color if sign > 0 else "none"
        ax.scatter(columns.tolist(), rows.tolist(), s=area, marker="s", fc=face, ec=color)
    where = parameter_slices(params)
    for block in list(where.values())[1:]:
        ax.axhline(block.start - 0.5, color=COLORS["ink"], lw=0.6)
        ax.axvline(block.start - 0.5, color=COLORS["ink"], lw=0.6)
    middles = [(block.start + block.stop - 1) / 2 for block in where.values()]
    ax.set_xticks(middles, list(where))
    ax.set_yticks(middles, list(where))
    ax.set(xlim=(-0.6, P - 0.4), ylim=(P - 0.4, -0.6), aspect="equal")
    return show(figure, alt)


@checked
def cost_table(
    widths: Sequence[Count],
    depths: Sequence[Count],
    batches: Sequence[Count],
    num_inputs: Count = 784,
    num_outputs: Count = 10,
) -> list[dict[str, int]]:
    """Compute the FLOPs of `COSTS` for every combination of width, depth and batch size.

    Args:
        widths: Units of each hidden layer.
        depths: Numbers of hidden layers.
        batches: Numbers of examples.
        num_inputs: Size of the input.
        num_outputs: Size of the output.

    Returns:
        One row per combination: `width`, `depth`, `batch` and one entry per cost.

    Raises:
        ValueError: If a size is not positive.
    """
    rows = []
    for width, depth, batch in product(widths, depths, batches):
        flops = mlp_flops((num_inputs, *[width] * depth, num_outputs), batch)
        second = flops.reverse_over_reverse - flops.gradient
        values = [flops.forward, flops.gradient, flops.reverse_over_reverse]
        values += [flops.gradient + 50 * second, flops.gradient + 500 * second, flops.hessian]
        setting = {"width": width, "depth": depth, "batch": batch}
        rows.append(setting | dict(zip(COSTS, values, strict=True)))
    return rows


def explore_costs() -> Chart:
    """Draw the costs for a network and a speed that the reader chooses, on one logarithmic axis.

    Returns:
        The chart.
    """
    import altair as alt

    widths, depths, batches = (16, 64, 256, 1024, 4096), (1, 2, 4, 16), (1, 16, 256, 4096)
    base = _chosen_times()
    dots = base.mark_point(filled=True, size=90, color=COLORS["blue"])
    text = base.mark_text(dy=-12, color=COLORS["ink"]).encode(text="time:N")
    power = alt.binding_range(min=-1, max=3, step=0.1, name="speed, as a power of ten: ")
    data = alt.Data(values=cost_table(widths, depths, batches))
    chart = alt.layer(dots, text, _speed_note(), data=data, name="costs").add_params(
        menu("units", "width of each hidden layer: ", widths, 256),
        menu("layers", "hidden layers: ", depths, 1),
        menu("examples", "batch size: ", batches, 256),
        alt.param(name="power", value=1, bind=power),
        alt.param(name="speed", expr="pow(10, power)"),
    )
    return show(
        chart.properties(width="container", height=260),
        "Time of a forward pass, a gradient, a product Hv, a step of 50 products, a trace of 500 "
        "and the whole Hessian on one logarithmic axis, for a chosen network, batch and speed. "
        "Whatever is chosen, the whole Hessian stands orders of magnitude behind the others.",
    )


def _speed_note() -> altair.Chart:
    """Say above the plot what the slider's power of ten is, and which device is about as fast."""
    import altair as alt

    note: altair.Chart = (
        alt.Chart(alt.Data(values=[{}]))
        .transform_calculate(speed_in_words=_SPEED_IN_WORDS)
        .mark_text(align="left", baseline="bottom", x=0, y=-8, color=COLORS["ink"])
        .properties(name="speed_note")
        .encode(text="speed_in_words:N")
    )
    return note


def _chosen_times() -> altair.Chart:
    """Of a cost table, one row per cost of the chosen network: its time as a place and in words."""
    import altair as alt

    scale = alt.Scale(type="log", domain=[1e-11, 1e12])
    named = " : ".join(f"datum.value == {time} ? '{name}'" for time, name in _TICKS.items())
    axis = alt.Axis(values=[*_TICKS], labelExpr=f"{named} : ''", labelOverlap="greedy")
    chart: altair.Chart = (
        alt.Chart()
        .transform_filter(
            "datum.width == units && datum.depth == layers && datum.batch == examples"
        )
        .transform_fold(list(COSTS), as_=["cost", "flops"])
        .transform_calculate(seconds="datum.flops / (speed * 1e12)")
        .transform_calculate(time=_TIME_IN_WORDS)
        .encode(
            y=alt.Y("cost:N", sort=list(COSTS), title=None),
            x=alt.X("seconds:Q", title="how long it takes", scale=scale, axis=axis),
        )
    )
    return chart
