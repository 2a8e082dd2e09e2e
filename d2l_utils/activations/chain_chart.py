"""The picture of vanishing and exploding gradients (D2L 5.1, exercise 7): a chain of sigmoids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from d2l_utils.display.figures import COLORS

if TYPE_CHECKING:
    import altair

SMALLEST = -149
"""Float32's smallest number is two to this power."""
_DEPTH, _LOW, _HIGH = 80, -60, 30
_WORDS = (
    "factor < 1 ? 'below float32’s smallest number from layer ' + "
    # what is a whole number of layers must not be one less for a rounding error
    f"format(floor({-SMALLEST} * LN2 / -log(factor) + 1e-9) + 1, ',') : "
    "factor > 1 ? 'grows without bound' : 'stays as it is'"
)


def explore_chain() -> altair.LayerChart:
    """Draw the gradient through a chain of sigmoids by depth, with sliders for weight and input.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    weight = alt.binding_range(min=0.5, max=8, step=0.5, name="weight of each layer: ")
    place = alt.binding_range(min=-6, max=6, step=0.5, name="input of each sigmoid: ")
    return (
        alt.layer(_line(), _end(), _words())
        .add_params(
            alt.param("chain_weight", value=1, bind=weight),
            alt.param("chain_input", value=0, bind=place),
            alt.param("chain_value", expr="1 / (1 + exp(-chain_input))"),
            alt.param("factor", expr="chain_weight * chain_value * (1 - chain_value)"),
        )
        .properties(width="container", height=300)
    )


def _height() -> altair.Y:
    import altair as alt

    scale = alt.Scale(domain=[_LOW, _HIGH])
    return alt.Y("power:Q", title="gradient, as a power of ten", scale=scale)


def _line() -> altair.Chart:
    import altair as alt

    rows = [{"layers": layers} for layers in range(5, _DEPTH + 1, 5)]
    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .transform_calculate(power="datum.layers * log(factor) / LN10")
        .mark_line(point={"filled": True, "size": 45}, clip=True, color=COLORS["blue"])
        .encode(
            x=alt.X("layers:Q", title="layers", scale=alt.Scale(domain=[0, _DEPTH])), y=_height()
        )
    )
    return chart


def _end() -> altair.Chart:
    """A dashed line at float32's smallest number."""
    import altair as alt

    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=[{}]))
        .transform_calculate(power=f"{SMALLEST} * LN2 / LN10")
        .mark_rule(strokeDash=[6, 3], color=COLORS["orange"])
        .encode(y=_height())
    )
    return chart


def _words() -> altair.Chart:
    """What each layer does, and what follows."""
    import altair as alt

    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=[{"line": 0}, {"line": 1}]))
        .transform_calculate(
            says=f"datum.line == 0 ? 'factor per layer: ' + format(factor, '.4f') : {_WORDS}",
            power=f"{_HIGH - 4} - 6 * datum.line",
        )
        .mark_text(align="left", fontSize=12, color=COLORS["ink"])
        .encode(x=alt.datum(2), y=_height(), text="says:N")
    )
    return chart
