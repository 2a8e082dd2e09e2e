"""The picture of double descent (D2L 5.5, exercise 1): error against the number of features."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import torch

from d2l_utils.border import Number, checked
from d2l_utils.display.figures import COLORS
from d2l_utils.generalization.bounds import uniform_bound
from d2l_utils.generalization.double_descent import min_norm_risk

if TYPE_CHECKING:
    import altair

EXAMPLES, ALL = 20, 50
"""Training examples, and features that there are; each adds 1 / 50 to the labels' variance."""

COUNTS = tuple(p for p in range(2, ALL + 1) if abs(p - EXAMPLES) > 1)
"""Numbers of features on the line; in between the error is infinite."""

SIMULATED = (2, 5, 8, 11, 14, 26, 30, 34, 38, 42, 46, 50)
"""Numbers of features of the dots; nearer to 20 their mean would not settle."""

DRAWS = 300
_NOISES = tuple(k / 10 for k in range(11))
_TOP = 60.0
_WORDS_AT = 42.0

Noise = Annotated[float, Number(at_least=0, at_most=1000)]


@checked
def feature_errors(noise: Noise) -> dict[int, float]:
    """Compute the line of `explore_features`: the expected squared error on a new example.

    Args:
        noise: Variance of the labels' noise; what the features explain together has variance 1.

    Returns:
        Number of features -> error.

    Raises:
        TypeError: If `noise` is not a number.
        ValueError: If it is negative or above 1000.
    """
    return {p: min_norm_risk(EXAMPLES, p, p / ALL, noise + 1 - p / ALL) for p in COUNTS}


def explore_features() -> altair.VConcatChart:
    """Draw the error of minimum-norm least squares, with a slider for the noise, and a bound.

    Above: the exact expectation as a line, means of 300 fits as dots. Below: what counting
    parameters of 32 bits promises for classifiers with as many weights.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    slider = alt.binding_range(min=0, max=1, step=0.1, name="noise ")
    chosen = alt.param("feature_noise", value=0.2, bind=slider)
    chart: altair.VConcatChart = alt.vconcat(_errors(), _bounds(), spacing=20).add_params(chosen)
    return chart


def _errors() -> altair.LayerChart:
    import altair as alt

    scale = alt.Scale(type="log", domain=[0.4, _TOP], clamp=True, nice=False)
    y = alt.Y(
        "error:Q", scale=scale, title="test error", axis=alt.Axis(values=[0.5, 1, 2, 5, 10, 20, 50])
    )
    rest = f"(feature_noise + 1 - datum.p / {ALL})"
    spread = f"(datum.p < {EXAMPLES} ? {EXAMPLES - 1} / ({EXAMPLES - 1} - datum.p)"
    spread += f" : (datum.p - 1) / (datum.p - {EXAMPLES + 1}))"
    rows = [{"p": p, "side": "fewer" if p < EXAMPLES else "more"} for p in COUNTS]
    line = (
        alt.Chart(alt.InlineData(values=rows))
        .transform_calculate(
            error=f"max(0, datum.p - {EXAMPLES}) / {ALL} + {rest} * {spread}",
        )
        .mark_line(strokeWidth=2.5, color=COLORS["blue"], clip=True)
        .encode(x=_x(), y=y, detail="side:N")
    )
    dots = (
        alt.Chart(alt.InlineData(values=simulated()))
        .transform_calculate(error=f"datum.missed + {rest} * (1 + datum.spread)")
        .mark_point(shape="diamond", size=60, filled=True, opacity=1, color=COLORS["orange"])
        .encode(x=_x(), y=y)
    )
    zero = alt.Chart(alt.InlineData(values=[{"p": COUNTS[0]}, {"p": ALL}]))
    zero = zero.transform_calculate(error="1 + feature_noise").mark_line(
        strokeDash=[2, 3], strokeWidth=1.2, color=COLORS["ink"]
    )
    words = (
        alt.Chart(alt.InlineData(values=_least()))
        .transform_filter("abs(datum.noise - feature_noise) < 0.01")
        .mark_text(align="right", baseline="top", fontSize=12)
        .encode(x=alt.datum(ALL), y=alt.datum(_WORDS_AT), text="says:N")
    )
    layers: altair.LayerChart = alt.layer(zero.encode(x=_x(), y=y), line, dots, words)
    return layers.properties(width=260, height=200)


def _bounds() -> altair.LayerChart:
    import altair as alt

    rows = [{"p": p, "bound": round(bound_at(p), 3)} for p in range(2, ALL + 1)]
    y = alt.Y("bound:Q", scale=alt.Scale(domain=[0, 6], nice=False), title="bound on the gap")
    curve = alt.Chart(alt.InlineData(values=rows)).mark_line(
        strokeWidth=2.5, strokeDash=[6, 3], color=COLORS["green"]
    )
    said = {"p": ALL, "bound": 1, "says": "above this line it says nothing"}
    one = alt.Chart(alt.InlineData(values=[{"p": 2, "bound": 1}, {"p": ALL, "bound": 1}]))
    words = alt.Chart(alt.InlineData(values=[said])).mark_text(align="right", dy=-9, fontSize=12)
    layers: altair.LayerChart = alt.layer(
        curve.encode(x=_x(), y=y),
        one.mark_line(strokeWidth=1.2, color=COLORS["ink"]).encode(x=_x(), y=y),
        words.encode(x=_x(), y=y, text="says:N"),
    ).properties(width=260, height=110)
    return layers


def bound_at(p: int) -> float:
    """The bound for classifiers with p weights on as many examples; it fails one time in 20."""
    return uniform_bound(p, EXAMPLES, 0.05)


def _x() -> altair.X:
    import altair as alt

    scale = alt.Scale(domain=[0, ALL + 1], nice=False)
    return alt.X("p:Q", title="number of features", scale=scale)


@cache
def simulated() -> list[dict[str, Any]]:
    """Both parts of the error, as means over fits: what is missed, and how noise is spread.

    The two lie in orthogonal spaces, so that one set of fits gives the error for every noise.
    """
    generator = torch.Generator().manual_seed(0)
    rows = []
    for p in SIMULATED:
        X = torch.randn(DRAWS, EXAMPLES, p, generator=generator, dtype=torch.float64)
        noise = torch.randn(DRAWS, EXAMPLES, 1, generator=generator, dtype=torch.float64)
        w = torch.full((p, 1), math.sqrt(1 / ALL), dtype=torch.float64)
        inverse = torch.linalg.pinv(X)
        missed = (w - inverse @ (X @ w)).square().sum((1, 2)).mean()
        spread = (inverse @ noise).square().sum((1, 2)).mean()
        parts = {"missed": round(float(missed), 4) + 0.0, "spread": round(float(spread), 4)}
        rows.append({"p": p} | parts)
    return rows


def _least() -> list[dict[str, Any]]:
    rows = []
    for noise in _NOISES:
        errors = feature_errors(noise)
        p = min(errors, key=errors.__getitem__)
        rows.append({"noise": noise, "says": f"least error {errors[p]:.2f} at p = {p}"})
    return rows
