"""The chart of noisy labels (D2L 5.5.4): what is fitted when, and where stopping stops."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from d2l_utils.border import checked
from d2l_utils.display.figures import COLORS
from d2l_utils.generalization.noisy_runs import NoisyRuns
from d2l_utils.generalization.stopping import StoppingRule

if TYPE_CHECKING:
    import altair

SERIES = {
    "right labels fitted": ("clean_fit", "blue", [1, 0]),
    "wrong labels fitted": ("flipped_fit", "orange", [7, 4]),
    "test error": ("test_error", "green", [2, 3]),
}
"""What is drawn -> its curve, colour and dashes."""

DRAWN = (*range(1, 21), *range(22, 51, 2), *range(55, 151, 5))
"""Epochs that are drawn: all, where much happens."""


@checked
def stopped(runs: NoisyRuns, curve: Tensor, rule: StoppingRule) -> Tensor:
    """Read a curve at the epochs that a rule restores, by the noisy validation loss.

    Args:
        runs: Whose validation loss is monitored.
        curve: One of the runs' curves, of shape `(rates, seeds, epochs)`.
        rule: When to stop, and what to restore.

    Returns:
        The curve at these epochs, shape `(rates, seeds)`.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If the curve has another shape than the runs'.
    """
    if curve.shape != runs.validation_loss.shape:
        shape = tuple(runs.validation_loss.shape)
        raise ValueError(f"curve: expected shape {shape}, got {tuple(curve.shape)}")
    epochs = stop_epochs(runs, rule)[1]
    return curve.gather(2, epochs.unsqueeze(2) - 1).squeeze(2)


@checked
def stop_epochs(runs: NoisyRuns, rule: StoppingRule) -> tuple[Tensor, Tensor]:
    """Apply a rule to the noisy validation loss of every run.

    Args:
        runs: Whose validation loss is monitored.
        rule: When to stop, and what to restore.

    Returns:
        The epochs trained, and those restored, each of shape `(rates, seeds)`, int64.

    Raises:
        TypeError: If an argument is of another type.
    """
    found = torch.tensor([[rule.apply(curve) for curve in row] for row in runs.validation_loss])
    return found[..., 0], found[..., 1]


@checked
def explore_noise(runs: NoisyRuns, rule: StoppingRule) -> altair.LayerChart:
    """Draw fits and test error over epochs, as means over seeds, with a slider for the noise.

    Args:
        runs: At rates 0 %, 10 %, ... in steps of 10 %.
        rule: Whose restored epochs are marked, one tick for each seed.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If the rates are others.
    """
    import altair as alt

    percents = [round(100 * rate) for rate in runs.rates]
    if percents != list(range(0, 10 * len(percents), 10)):
        raise ValueError(f"runs: expected rates 0, 0.1, 0.2, ..., got {list(runs.rates)}")
    slider = alt.binding_range(min=0, max=percents[-1], step=10, name="wrong labels in %: ")
    return (
        alt.layer(_lines(runs), _ticks(runs, rule), *_words(runs, rule))
        .add_params(alt.param("noise_percent", value=20, bind=slider))
        .properties(width="container", height=300)
    )


def _x() -> altair.X:
    import altair as alt

    scale = alt.Scale(type="log", domain=[1, DRAWN[-1]])
    axis = alt.Axis(values=[1, 2, 5, 10, 20, 50, 100, 150], format="d")
    return alt.X("epoch:Q", title="epochs (logarithmic scale)", scale=scale, axis=axis)


def _lines(runs: NoisyRuns) -> altair.Chart:
    import altair as alt

    epochs = [epoch for epoch in DRAWN if epoch <= runs.test_error.shape[2]]
    rows: list[dict[str, Any]] = []
    for i, rate in enumerate(runs.rates):
        means = {name: getattr(runs, SERIES[name][0])[i].mean(0) for name in SERIES}
        for epoch in epochs:
            row = {name: round(float(mean[epoch - 1]), 3) for name, mean in means.items()}
            kept = {name: value for name, value in row.items() if not math.isnan(value)}
            rows.append({"noise": round(100 * rate), "epoch": epoch} | kept)
    names, looks = list(SERIES), list(SERIES.values())
    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .transform_filter("datum.noise == noise_percent")
        .transform_fold([*SERIES], as_=["what", "share"])
        .transform_filter("isValid(datum.share)")
        .mark_line(strokeWidth=2.5)
        .encode(
            x=_x(),
            y=alt.Y("share:Q", title="share, mean of the runs", scale=alt.Scale(domain=[0, 1])),
            color=alt.Color(
                "what:N",
                title=None,
                sort=names,
                scale=alt.Scale(domain=names, range=[COLORS[look[1]] for look in looks]),
                legend=alt.Legend(orient="bottom", columns=2, symbolSize=400),
            ),
            strokeDash=alt.StrokeDash(
                "what:N",
                title=None,
                sort=names,
                scale=alt.Scale(domain=names, range=[look[2] for look in looks]),
            ),
        )
    )
    return chart


def _ticks(runs: NoisyRuns, rule: StoppingRule) -> altair.Chart:
    """One for each run, at the epoch that is restored."""
    import altair as alt

    rows = [
        {"noise": round(100 * rate), "epoch": epoch}
        for rate, epochs in zip(runs.rates, stop_epochs(runs, rule)[1].tolist(), strict=True)
        for epoch in epochs
    ]
    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .transform_filter("datum.noise == noise_percent")
        .mark_tick(thickness=2, size=14, color=COLORS["ink"], opacity=1)
        .encode(x=_x(), y=alt.value(150))
    )
    return chart


def words_at(runs: NoisyRuns, rule: StoppingRule) -> dict[int, tuple[str, str]]:
    """What the chart says: percent of wrong labels -> two lines."""
    epochs = stop_epochs(runs, rule)[1].double().mean(1)
    early, late = stopped(runs, runs.test_error, rule), runs.test_error[:, :, -1]
    return {
        round(100 * rate): (
            f"ticks: epochs restored, mean {float(epoch):.0f}",
            f"test error {_percent(a)} %, at the end {_percent(b)} %",
        )
        for rate, epoch, a, b in zip(runs.rates, epochs, early, late, strict=True)
    }


def _percent(errors: Tensor) -> str:
    return f"{100 * float(errors.mean()):.1f}"


def _words(runs: NoisyRuns, rule: StoppingRule) -> list[altair.Chart]:
    import altair as alt

    said = words_at(runs, rule)
    rows = [{"noise": noise, "one": one, "two": two} for noise, (one, two) in said.items()]
    base = alt.Chart(alt.InlineData(values=rows)).transform_filter("datum.noise == noise_percent")
    return [
        base.mark_text(align="left", fontSize=12, color=COLORS["ink"]).encode(
            x=alt.value(0), y=alt.value(height), text=f"{line}:N"
        )
        for line, height in (("one", -24), ("two", -9))
    ]
