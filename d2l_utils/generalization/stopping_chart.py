"""The chart of stopping (D2L 5.5.4): one stored run, and what a rule makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

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
DELTAS = (0, 2, 4, 6, 8, 10)
"""Values of min_delta that the slider takes, in hundredths."""


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
    delta = alt.binding_range(min=0, max=DELTAS[-1], step=2, name="min_delta in 1/100: ")
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
        {"run": run, "epoch": epoch, "loss": round(loss, 3)}
        for run in RUNS
        for epoch, loss in enumerate(_curve(runs.validation_loss, run).tolist(), start=1)
    ]
    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .transform_filter("datum.run == stopping_run")
        .mark_line(strokeWidth=2, color=COLORS["blue"])
        .encode(
            x=alt.X("epoch:Q", title="epoch", scale=alt.Scale(domain=[0, 150])),
            y=alt.Y("loss:Q", title="validation loss", scale=alt.Scale(zero=True)),
        )
    )
    return chart


def _rows(runs: NoisyRuns) -> list[dict[str, Any]]:
    """What each rule does, from which patience to which."""
    rows: list[dict[str, Any]] = []
    for run in RUNS:
        loss = [round(each, 3) for each in _curve(runs.validation_loss, run).tolist()]
        for delta in DELTAS:
            for patience in PATIENCES:
                stop, best = _apply(runs, run, patience, delta)
                one, two = rule_in_words(runs, run, patience, delta)
                row = {"run": run, "delta": delta, "stop": stop, "best": best}
                row |= {"low": loss[best - 1], "one": one, "two": two}
                if patience > 1 and rows[-1].items() >= row.items():
                    rows[-1]["last"] = patience
                else:
                    rows.append(row | {"first": patience, "last": patience})
    return rows


def _marks(runs: NoisyRuns) -> list[altair.Chart]:
    """A dashed line where training stops, a dot at what is restored, and words above."""
    import altair as alt

    now = alt.Chart(alt.InlineData(values=_rows(runs))).transform_filter(
        "datum.run == stopping_run && datum.delta == stopping_delta"
        " && datum.first <= stopping_patience && stopping_patience <= datum.last"
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
