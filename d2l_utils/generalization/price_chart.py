"""The chart of patience's price (D2L 5.5.5): epochs trained against the error they buy."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from d2l_utils.border import checked
from d2l_utils.display.figures import COLORS
from d2l_utils.generalization.noise_chart import stop_epochs, stopped
from d2l_utils.generalization.noisy_runs import read_noisy_runs
from d2l_utils.generalization.stopping import StoppingRule

if TYPE_CHECKING:
    import altair

PATIENCES = (*range(1, 11), 12, 15, 20, 25, 30, 35, 40)
"""Where the curve is drawn."""

LONGEST = 40


@cache
def price_rows() -> list[dict[str, Any]]:
    """For each rate and patience: epochs trained and test error in percent, means of the runs."""
    runs = read_noisy_runs()
    rows: list[dict[str, Any]] = []
    for patience in range(1, LONGEST + 1):
        rule = StoppingRule(patience)
        ends = stop_epochs(runs, rule)[0].double()
        errors = stopped(runs, runs.test_error, rule)
        for rate, end, error in zip(runs.rates, ends, errors, strict=True):
            place = {"noise": round(100 * rate), "patience": patience}
            means = float(end.mean()), float(100 * error.mean())
            words = (
                f"{float(end.sum()):.0f} epochs of {end.numel() * runs.test_error.shape[2]}",
                f"test error {means[1]:.1f} %",
            )
            measured = {"epochs": round(means[0], 2), "error": round(means[1], 2)}
            rows.append(place | measured | dict(zip(("one", "two"), words, strict=True)))
    return rows


@checked
def explore_price() -> altair.LayerChart:
    """Draw the test error over the epochs trained, with sliders for patience and noise.

    Returns:
        An Altair chart of the stored runs; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    rates = read_noisy_runs().rates
    noise = alt.binding_range(
        min=0, max=round(100 * rates[-1]), step=10, name="wrong labels in %: "
    )
    patience = alt.binding_range(min=1, max=LONGEST, step=1, name="patience: ")
    return (
        alt.layer(_curve(), *_now())
        .add_params(
            alt.param("price_noise", value=20, bind=noise),
            alt.param("price_patience", value=1, bind=patience),
        )
        .properties(width="container", height=280)
    )


def _place() -> dict[str, Any]:
    import altair as alt

    return {
        "x": alt.X(
            "epochs:Q",
            title="epochs trained",
            scale=alt.Scale(domain=[0, 100]),
            axis=alt.Axis(values=[0, 20, 40, 60, 80, 100]),
        ),
        "y": alt.Y("error:Q", title="test error in %", scale=alt.Scale(zero=True)),
    }


def _curve() -> altair.Chart:
    import altair as alt

    rows = [
        {key: row[key] for key in ("noise", "patience", "epochs", "error")}
        for row in price_rows()
        if row["patience"] in PATIENCES
    ]
    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .transform_filter("datum.noise == price_noise")
        .mark_line(strokeWidth=2, color=COLORS["blue"])
        .encode(**_place(), order=alt.Order("patience:Q"))
    )
    return chart


def _now() -> list[altair.Chart]:
    """A dot at the patience that is set, and what it costs and gives."""
    import altair as alt

    base = alt.Chart(alt.InlineData(values=price_rows())).transform_filter(
        "datum.noise == price_noise && datum.patience == price_patience"
    )
    dot = base.mark_point(size=120, filled=True, opacity=1, color=COLORS["orange"])
    return [
        dot.encode(**_place()),
        *(
            base.mark_text(align="left", fontSize=12, color=COLORS["ink"]).encode(
                x=alt.value(0), y=alt.value(height), text=f"{line}:N"
            )
            for line, height in (("one", -24), ("two", -9))
        ),
    ]
