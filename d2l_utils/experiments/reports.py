"""One look for results: a table and a chart of means over runs, with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from d2l_utils.border import Number, Words, checked
from d2l_utils.display.figures import Picture, new_figure, show
from d2l_utils.display.tables import Cell, Table
from d2l_utils.experiments.intervals import Interval, Level, mean_interval

MARKERS = ("o", "s", "^", "D", "v", "P")
"""A shape per series, so that none is known by its colour alone."""

Digits = Annotated[int, Number(at_least=0, at_most=12)]


@checked
def table_of_means(
    runs: Mapping[str, Sequence[float]],
    caption: Words,
    *,
    digits: Digits = 1,
    level: Level = 0.95,
) -> Table:
    """Make a table of means over runs with their intervals.

    Args:
        runs: What was varied -> one number per run, at least two.
        caption: What the numbers are, with their unit.
        digits: Digits behind the point; few enough that the last one repeats on every machine.
        level: Share of repetitions in which an interval holds the expected value.

    Returns:
        One row per entry: runs, mean, both ends of the interval.

    Raises:
        TypeError: If something is not a number.
        ValueError: If there is no entry, or one has fewer than two numbers or one not finite.
    """
    if not runs:
        raise ValueError("runs: expected at least one entry, got none")
    rows: list[list[Cell]] = []
    for name, values in runs.items():
        found = _interval(f"runs[{name!r}]", values, level)
        ends = f"{found.low:.{digits}f} to {found.high:.{digits}f}"
        rows.append([name, len(values), f"{found.mean:.{digits}f}", ends])
    return Table(["", "runs", "mean", f"{level:.0%} interval"], rows, caption)


@checked
def chart_of_means(
    series: Mapping[str, Sequence[Sequence[float]]],
    x: Sequence[float] | Sequence[str],
    x_label: Words,
    y_label: Words,
    alt: Words,
    *,
    log: bool = False,
    level: Level = 0.95,
) -> Picture:
    """Draw means over runs with their intervals; series differ in colour and in shape.

    Args:
        series: Name -> for each x, one number per run; at most six series.
        x: Numbers, whose means are joined by lines, or names, whose means are not.
        x_label: What x is.
        y_label: What the numbers are, with their unit.
        alt: What the chart shows and what follows.
        log: Whether x is on a logarithmic scale.
        level: Share of repetitions in which an interval holds the expected value.

    Returns:
        The chart. Put `table_of_means` beside it.

    Raises:
        TypeError: If something is of another type.
        ValueError: If there is no series or there are more than six, lengths differ, an entry has
            fewer than two numbers, x is not positive on a logarithmic scale, or a text cannot be
            drawn.
    """
    _check_series(series, x, log)
    _check_texts([x_label, y_label, *series, *map(str, x)])
    names = [str(each) for each in x]
    as_names = any(isinstance(each, str) for each in x)
    figure, axes = new_figure()
    for place, (name, points) in enumerate(series.items()):
        found = [_interval(f"series[{name!r}][{i}]", p, level) for i, p in enumerate(points)]
        means = [each.mean for each in found]
        below = [each.mean - each.low for each in found]
        above = [each.high - each.mean for each in found]
        shift = 0.12 * (place - (len(series) - 1) / 2) if as_names else 0.0
        at = [i + shift for i in range(len(x))] if as_names else [float(each) for each in x]
        line = "none" if as_names else "-"
        axes.errorbar(
            at, means, (below, above), marker=MARKERS[place], capsize=3, linestyle=line, label=name
        )
    if as_names:
        axes.set_xticks(range(len(x)), names)
    elif log:
        axes.set_xscale("log")
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.grid(axis="y")
    if len(series) > 1:
        axes.legend()
    return show(figure, alt)


def _interval(place: str, values: Sequence[float], level: float) -> Interval:
    try:
        return mean_interval(values, level)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error


def _check_texts(texts: Sequence[str]) -> None:
    for text in texts:
        if not text.isprintable():
            raise ValueError(f"chart: expected texts on one line, got {text!r}")


def _check_series(
    series: Mapping[str, Sequence[Sequence[float]]], x: Sequence[float] | Sequence[str], log: bool
) -> None:
    if not 1 <= len(series) <= len(MARKERS):
        raise ValueError(f"series: expected 1 to {len(MARKERS)} of them, got {len(series)}")
    if not len(x):
        raise ValueError("x: expected at least one place, got none")
    for name, points in series.items():
        if len(points) != len(x):
            raise ValueError(
                f"series[{name!r}]: expected {len(x)} entries, one per x, got {len(points)}"
            )
    low = min((each for each in x if not isinstance(each, str)), default=0)
    if log and low <= 0:
        raise ValueError(f"x: expected positive numbers on a logarithmic scale, got {low}")
