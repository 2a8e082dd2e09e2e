"""The picture of a nonlinearity over a minibatch (D2L 5.1, exercise 6): one example moves all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from d2l_utils.display.figures import COLORS

if TYPE_CHECKING:
    import altair

FIXED = (-1.0, 0.0, 1.0)
"""The inputs of the three examples that stay; the slider sets the fourth."""

STATISTICS = ("of this batch", "kept: mean 0, deviation 1")
"""The choices of the menu."""

_SIZE = len(FIXED) + 1
_SQUARES = sum(x * x for x in FIXED)
_END = 6


def explore_company() -> altair.LayerChart:
    """Draw what batch normalization makes of four examples, one of which a slider moves.

    The inputs that stay add up to zero. Nothing is added to the variance: it never is zero here.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    slider = alt.binding_range(min=-_END, max=_END, step=0.5, name="input of the fourth example: ")
    menu = alt.binding_select(options=list(STATISTICS), name="statistics: ")
    own = f"company_choice == '{STATISTICS[0]}'"
    variance = f"({_SQUARES} + company_input * company_input) / {_SIZE} - pow(company_mean, 2)"
    return (
        alt.layer(_line(), _points(), _words())
        .add_params(
            alt.param("company_input", value=1.5, bind=slider),
            alt.param("company_choice", value=STATISTICS[0], bind=menu),
            alt.param("company_mean", expr=f"{own} ? company_input / {_SIZE} : 0"),
            alt.param("company_deviation", expr=f"{own} ? sqrt({variance}) : 1"),
        )
        .properties(width="container", height=320)
    )


def _place() -> dict[str, Any]:
    import altair as alt

    scale = alt.Scale(domain=[-_END - 0.5, _END + 0.5])
    return {
        "x": alt.X("input:Q", title="input", scale=scale),
        "y": alt.Y("output:Q", title="output", scale=scale),
    }


def _mapped(rows: list[dict[str, float]]) -> altair.Chart:
    """Rows with an input, or none for the fourth example's, and their outputs."""
    import altair as alt

    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .transform_calculate(input="isValid(datum.at) ? datum.at : company_input")
        .transform_calculate(output="(datum.input - company_mean) / company_deviation")
    )
    return chart


def _line() -> altair.Chart:
    rows = [{"at": -_END - 0.5}, {"at": _END + 0.5}]
    chart: altair.Chart = (
        _mapped(rows).mark_line(clip=True, color=COLORS["grid"], strokeWidth=3).encode(**_place())
    )
    return chart


def _points() -> altair.Chart:
    """Circles for the three that stay, a triangle for the fourth."""
    import altair as alt

    rows: list[dict[str, float]] = [{"at": x} for x in FIXED]
    shapes = alt.condition(
        "isValid(datum.at)", alt.value("circle"), alt.value("triangle-up"), empty=False
    )
    chart: altair.Chart = (
        _mapped([*rows, {}])
        .mark_point(clip=True, size=110, filled=True, opacity=1, color=COLORS["blue"])
        .encode(**_place(), shape=shapes)
    )
    return chart


def _words() -> altair.Chart:
    """The statistics, and what they make of the example whose input is 1."""
    import altair as alt

    place = _place()
    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=[{"line": 0}, {"line": 1}]))
        .transform_calculate(
            says="datum.line == 0 ? 'mean ' + format(company_mean, '.3f') + "
            "', deviation ' + format(company_deviation, '.3f') : "
            "'input 1 gives ' + format((1 - company_mean) / company_deviation, '.3f')",
            output=f"{_END - 0.2} - 0.9 * datum.line",
        )
        .mark_text(align="left", fontSize=12, color=COLORS["ink"])
        .encode(x=alt.datum(-_END - 0.3), y=place["y"], text="says:N")
    )
    return chart
