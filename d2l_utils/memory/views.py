"""Ledgers and timelines: footprints and measurements as tables and figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from d2l_utils.border import Count, checked
from d2l_utils.checks.claims import CheckError
from d2l_utils.display.figures import COLORS, new_figure
from d2l_utils.display.tables import Cell, Table
from d2l_utils.memory.formula import Footprint, Mode, Optimizer, Penalty, footprint
from d2l_utils.memory.meter import Measurement
from d2l_utils.memory.programs import program

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MIB = 2**20
_NARROW = 4
"""Up to so many events, a phase's band is narrower than its name."""

FIELDS = {
    "parameters": "parameters",
    "gradients": "gradients",
    "optimizer_state": "optimizer state",
    "data": "data",
    "transient": "transient",
    "peak": "peak",
    "phase": "peak is in",
    "saved_activations": "saved",
}
"""Fields of a footprint, as a ledger calls them; all but the last three add up to the peak."""


@checked
def ledger(
    num_inputs: Count,
    num_hiddens: Sequence[Count],
    num_outputs: Count,
    batch_size: Count,
    optimizer: Optimizer = "sgd",
    *,
    bias: bool = True,
    penalty: Penalty = "none",
) -> Table:
    """Tabulate a training step and a prediction, by formula and as measured.

    Args:
        num_inputs: As for `footprint`, like all that follow.
        num_hiddens: Widths of the hidden layers.
        num_outputs: Number of outputs.
        batch_size: Number of examples.
        optimizer: The optimizer.
        bias: Whether the layers have biases.
        penalty: Where the penalty is; a prediction has none.

    Returns:
        A table in bytes with four columns of numbers.

    Raises:
        CheckError: If formula and measurement differ in any field.
        TypeError: As `footprint`.
        ValueError: As `footprint`.
    """
    columns: list[Footprint] = []
    for mode in get_args(Mode):
        arguments = (num_inputs, num_hiddens, num_outputs, batch_size, optimizer, mode)
        formula = footprint(*arguments, bias=bias, penalty=penalty)
        measured = program(*arguments, bias=bias, penalty=penalty).measure().footprint
        if formula != measured:
            raise CheckError(f"{mode}: the formula says {formula}, measured was {measured}")
        columns += [formula, measured]
    rows: list[list[Cell]] = [
        [name, *(getattr(column, field) for column in columns)] for field, name in FIELDS.items()
    ]
    widths = "-".join(str(width) for width in (num_inputs, *num_hiddens, num_outputs))
    caption = f"{widths}, batch of {batch_size}, {optimizer}: bytes by formula and as measured"
    return Table(["", "training", "measured", "prediction", "measured"], rows, caption)


@checked
def phase_table(measurements: dict[str, Measurement]) -> Table:
    """Tabulate the lowest and the highest level of each phase, in bytes.

    Args:
        measurements: Name -> measurement, whose phases are told apart by that name.

    Returns:
        A table with one row per phase: its number of events, and the two levels.
    """
    rows: list[list[Cell]] = []
    for name, measurement in measurements.items():
        for phase, first, last in _spans(measurement):
            levels = [event.alive for event in measurement.timeline[first:last]]
            rows.append([f"{name}: {phase}", last - first, min(levels), max(levels)])
    return Table(["phase", "events", "lowest", "highest"], rows, "Bytes alive during each phase")


@checked
def timeline_chart(training: Measurement, prediction: Measurement) -> Figure:
    """Plot the bytes alive after every event of a training step and, below it, of a prediction.

    Args:
        training: Measurement of a training step; its phases are named in the figure.
        prediction: Measurement of a prediction.

    Returns:
        A matplotlib figure, for `d2l_utils.show`.
    """
    figure: Figure
    figure, (above, below) = new_figure(height=5.0, rows=2)
    top = training.peak / MIB
    for ax, name, measurement, color in (
        (above, "training step", training, COLORS["blue"]),
        (below, "prediction", prediction, COLORS["orange"]),
    ):
        levels = [measurement.before, *(event.alive for event in measurement.timeline)]
        mib = [round(level / MIB, 4) for level in levels]
        ax.step(range(len(mib)), mib, color=color, where="post", linewidth=1.8)
        ax.set(xlabel=f"event of the {name}", ylabel="MiB alive", xlim=(0, len(mib)))
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.set_ylim(0, top * (1.3 if measurement is training else 1.05))
    above.axhline(training.before / MIB, color=COLORS["ink"], linewidth=0.8, linestyle=":")
    _name_phases(above, training, top)
    return figure


def _name_phases(ax: Axes, training: Measurement, top: float) -> None:
    """Separate the phases by lines; the names of narrow ones stand above the lines."""
    spans = _spans(training)
    end = len(training.timeline) + 1
    for number, (phase, first, last) in enumerate(spans):
        if number:
            ax.vlines(first + 0.5, 0, top * 1.15, color=COLORS["grid"], linewidth=1)
        if last - first > _NARROW:
            place: tuple[float, str] = ((first + last) / 2 + 0.5, "center")
        elif number == 0:
            place = (0.2, "left")
        else:
            place = (end - 0.2, "right")
        height = top * (1.06 if last - first > _NARROW else 1.18)
        ax.text(place[0], height, phase, ha=place[1], va="bottom", fontsize=10)


def _spans(measurement: Measurement) -> list[tuple[str, int, int]]:
    """Return each phase with the numbers of its first event and of the one after its last."""
    spans: list[tuple[str, int, int]] = []
    for number, event in enumerate(measurement.timeline):
        if spans and spans[-1][0] == event.phase:
            spans[-1] = (event.phase, spans[-1][1], number + 1)
        else:
            spans.append((event.phase, number, number + 1))
    return spans
