"""The chart of starts (D2L 5.2, exercise 2): how large hidden layers are before any training."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from d2l_utils.border import Count, Positive, checked
from d2l_utils.display.figures import COLORS

if TYPE_CHECKING:
    import altair

STARTS = ("your sigma", "torch", "He")
LAYERS = 8
DOMAIN = (1e-13, 1e8)
"""Of the sizes that the sliders reach, with room for words above."""

_COLORS = ("blue", "orange", "green")
_SHAPES = ("circle", "square", "triangle-up")

_GAIN = "signal_units * signal_sigma * signal_sigma / 2"
_MEAN_SQUARE = {
    # n layers after the first: each multiplies the mean square by its gain.
    "your sigma": f"datum.first * signal_sigma * signal_sigma / 2 * pow({_GAIN}, datum.layer - 1)",
    # Biases add 1 / (6 n) in each layer: the sum is geometric, with the limit 1 / (5 n).
    "torch": "datum.torch * pow(6, 1 - datum.layer)"
    " + (1 - pow(6, 1 - datum.layer)) / (5 * signal_units)",
    "He": "datum.he",
}


@checked
def explore_signal(num_inputs: Count, mean_square: Positive) -> altair.LayerChart:
    """Draw the size of each hidden layer before training, with sliders for width and sigma.

    The size is the root of the expected mean square of a layer's outputs, for ReLU.

    Args:
        num_inputs: Inputs of the network.
        mean_square: Mean of their squares.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    units = alt.binding_range(min=16, max=512, step=16, name="units per layer: ")
    sigma = alt.binding_range(min=0.01, max=0.4, step=0.01, name="sigma: ")
    return (
        alt.layer(
            _lines(),
            _words(),
            data=alt.InlineData(values=_rows(num_inputs, mean_square)),
        )
        .add_params(
            alt.param("signal_units", value=64, bind=units),
            alt.param("signal_sigma", value=0.01, bind=sigma),
        )
        .properties(width="container", height=300)
    )


def _rows(num_inputs: int, mean_square: float) -> list[dict[str, float | str]]:
    """Each layer of each start, with what the first layer's mean square is made of."""
    fixed = {
        "first": num_inputs * mean_square,
        "torch": mean_square / 6 + 1 / (6 * num_inputs),
        "he": mean_square,
    }
    return [
        {"layer": layer, "start": start, **{name: round(x, 9) for name, x in fixed.items()}}
        for start, layer in product(STARTS, range(1, LAYERS + 1))
    ]


def _lines() -> altair.LayerChart:
    import altair as alt

    chosen = " : ".join(f"datum.start == '{start}' ? {_MEAN_SQUARE[start]}" for start in STARTS[:2])
    colors = alt.Scale(domain=list(STARTS), range=[COLORS[name] for name in _COLORS])
    shapes = alt.Scale(domain=list(STARTS), range=list(_SHAPES))
    base = (
        alt.Chart()
        .transform_calculate(size=f"sqrt({chosen} : {_MEAN_SQUARE['He']})")
        .encode(
            x=alt.X("layer:O", title="hidden layer", axis=alt.Axis(labelAngle=0)),
            y=alt.Y(
                "size:Q",
                title="size of its outputs (logarithmic scale)",
                scale=alt.Scale(type="log", domain=list(DOMAIN)),
                axis=alt.Axis(format="~g", tickCount=6),
            ),
            color=alt.Color("start:N", scale=colors, sort=list(STARTS), title=None),
        )
    )
    shape = alt.Shape("start:N", scale=shapes, sort=list(STARTS), title=None)
    points = base.mark_point(size=45, filled=True, opacity=1).encode(shape=shape)
    chart: altair.LayerChart = alt.layer(base.mark_line(strokeWidth=2), points)
    return chart


def _words() -> altair.Chart:
    """Say by what factor a layer multiplies, and which sigma would keep the size."""
    import altair as alt

    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=[{}]))
        .transform_calculate(
            says=f"'factor ' + format(sqrt({_GAIN}), '.3f')"
            " + ' per layer, 1 at sigma ' + format(sqrt(2 / signal_units), '.3f')"
        )
        .mark_text(align="left", baseline="top", fontSize=12, color=COLORS["ink"])
        .encode(x=alt.value(6), y=alt.value(4), text="says:N")
    )
    return chart
