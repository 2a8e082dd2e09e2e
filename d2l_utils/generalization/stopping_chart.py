"""The chart of stopping (D2L 5.5.3): one stored run, and what a rule makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from torch import Tensor

from d2l_utils.border import Number, checked
from d2l_utils.display.figures import COLORS, menu
from d2l_utils.generalization.noisy_runs import NoisyRuns
from d2l_utils.generalization.stopping import Stop, StoppingRule

if TYPE_CHECKING:
    import altair

RUNS: Mapping[str, tuple[int, int]] = {
    "all labels right": (0, 5),
    "20 % wrong labels": (2, 0),
    "40 % wrong labels": (4, 4),
}
"""What the menu offers -> positions of rate and seed."""

PATIENCES = range(1, 41)
DELTAS = (0, 5, 10)
"""Values of min_delta that the slider takes, in hundredths."""


_CHOSEN = f"indexof({list(RUNS)}, stopping_run)"


@checked
def rule_in_words(
    runs: NoisyRuns,
    run: str,
    patience: Annotated[int, Number(at_least=0)],
    delta: Annotated[int, Number(at_least=0)],
) -> tuple[str, str]:
    """Say what a rule makes of a run.

    Args:
        runs: Where it is stored.
        run: One of `RUNS`.
        patience: The rule's patience, in epochs.
        delta: The rule's min_delta, in hundredths.

    Returns:
        Two lines: when training stops and what is restored, and the test errors of the last and of
        the restored weights.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If there is no such run, or a number is negative.
    """
    if run not in RUNS:
        raise ValueError(f"run: expected one of {', '.join(RUNS)}, got {run!r}")
    stop, best = _apply(runs, run, patience, delta)
    error = 100 * _curve(runs.test_error, run)
    return (
        f"stops after {stop}, restores epoch {best}",
        f"test error {error[best - 1]:.1f} %, of the last {error[stop - 1]:.1f} %",
    )


@checked
def explore_stopping(runs: NoisyRuns) -> altair.LayerChart:
    """Draw a run's losses over epochs, with sliders for the patience and the minimal change.

    Args:
        runs: The stored runs; a menu offers three of them.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.

    Raises:
        TypeError: If the argument is of another type.
    """
    import altair as alt

    patience = alt.binding_range(min=1, max=PATIENCES[-1], step=1, name="patience: ")
    delta = alt.binding_range(min=0, max=DELTAS[-1], step=5, name="min_delta in 1/100: ")
    return (
        alt.layer(_line(runs), *_marks(runs))
        .add_params(
            menu("stopping_run", "run: ", list(RUNS), "20 % wrong labels"),
            alt.param("stopping_patience", value=3, bind=patience),
            alt.param("stopping_delta", value=0, bind=delta),
        )
        .properties(width="container", height=280)
    )


def _curve(curve: Tensor, run: str) -> Tensor:
    return curve[RUNS[run]]


def _apply(runs: NoisyRuns, run: str, patience: int, delta: int) -> Stop:
    return StoppingRule(patience, delta / 100).apply(_curve(runs.validation_loss, run))


def _line(runs: NoisyRuns) -> altair.Chart:
    import altair as alt

    rows = [
        {"r": place, "epoch": epoch, "loss": round(loss, 3)}
        for place, run in enumerate(RUNS)
        for epoch, loss in enumerate(_curve(runs.validation_loss, run).tolist(), start=1)
    ]
    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .transform_filter(f"datum.r == {_CHOSEN}")
        .mark_line(strokeWidth=2, color=COLORS["blue"])
        .encode(
            x=alt.X("epoch:Q", title="epoch", scale=alt.Scale(domain=[0, 150])),
            y=alt.Y("loss:Q", title="validation loss", scale=alt.Scale(zero=True)),
        )
    )
    return chart


def rule_rows(runs: NoisyRuns) -> list[dict[str, float]]:
    """What each rule does to each run, under short names: hundreds of rows travel with the page.

    Args:
        runs: Where the runs are stored.

    Returns:
        Rows of run ``r``, min_delta ``d`` and patience ``p``, with the epochs ``stop`` and
        ``best``, the loss restored, ``low``, and the test errors in percent of the restored
        weights, ``e``, and of the last ones, ``f``.
    """
    rows: list[dict[str, float]] = []
    for place, run in enumerate(RUNS):
        loss = _curve(runs.validation_loss, run).tolist()
        error = (100 * _curve(runs.test_error, run)).tolist()
        for delta in DELTAS:
            for patience in PATIENCES:
                stop, best = _apply(runs, run, patience, delta)
                row = {"r": place, "d": delta, "p": patience, "stop": stop, "best": best}
                errors = {"e": round(error[best - 1], 3), "f": round(error[stop - 1], 3)}
                rows.append(row | {"low": round(loss[best - 1], 3)} | errors)
    return rows


def _marks(runs: NoisyRuns) -> list[altair.Chart]:
    """A dashed line where training stops, a dot at what is restored, and words above."""
    import altair as alt

    now = (
        alt.Chart(alt.InlineData(values=rule_rows(runs)))
        .transform_filter(
            f"datum.r == {_CHOSEN} && datum.d == stopping_delta && datum.p == stopping_patience"
        )
        .transform_calculate(
            one="'stops after ' + datum.stop + ', restores epoch ' + datum.best",
            two="'test error ' + format(datum.e, '.1f') + ' %, of the last '"
            " + format(datum.f, '.1f') + ' %'",
        )
    )
    words = [
        now.mark_text(align="left", fontSize=12, color=COLORS["ink"]).encode(
            x=alt.value(0), y=alt.value(height), text=f"{line}:N"
        )
        for line, height in (("one", -24), ("two", -9))
    ]
    return [
        now.mark_rule(strokeWidth=2, strokeDash=[6, 4], color=COLORS["orange"]).encode(
            x=alt.X("stop:Q", title="epoch")
        ),
        now.mark_point(size=110, filled=True, opacity=1, color=COLORS["orange"]).encode(
            x=alt.X("best:Q", title="epoch"), y="low:Q"
        ),
        *words,
    ]
