"""Curves of a training run, drawn while it goes on and once more, exactly, at its end.

Collecting a point stores a reference to a tensor and never waits for the device. Drawing is what
costs: a redraw takes as long as many training steps, so while training the board redraws only when
the last redraw's cost has become a small part of the time since.
"""

from __future__ import annotations

import time
from typing import Any

import torch
from torch import Tensor

from d2l_utils.border import checked
from d2l_utils.checks.arguments import positive, positive_int
from d2l_utils.display.figures import SERIES, Picture, new_figure, show

DASHES: tuple[str, ...] = ("-", "--", ":", "-.")
"""Line styles in order, so that curves differ in more than their colour."""


class ProgressBoard:
    """Collects points and draws one line per label (D2L section 3.2.1).

    Attributes:
        xlabel: Label of the horizontal axis.
        live: Whether to redraw while points come in; needs a notebook.
        budget: Largest share of the running time that live redraws may take.
        redraws: Number of live redraws so far.
    """

    @checked
    def __init__(self, xlabel: str = "epoch", *, live: bool = False, budget: float = 0.1) -> None:
        """Create an empty board.

        Args:
            xlabel: Label of the horizontal axis.
            live: Whether to redraw while points come in.
            budget: Largest share of the running time for redraws, above 0.

        Raises:
            ValueError: If `budget` is not positive.
        """
        self.xlabel = xlabel
        self.live = live
        self.budget = positive("budget", budget)
        self.redraws = 0
        self._points: dict[str, list[tuple[float, float]]] = {}
        self._pending: dict[str, list[tuple[float, Tensor | float]]] = {}
        self._canvas: _Canvas | None = None
        self._next_redraw = 0.0

    def draw(self, x: float, y: Tensor | float, label: str, every_n: int = 1) -> None:
        """Add a point to a line.

        Args:
            x: Horizontal position.
            y: Height; a tensor of one element is not read before it has to be drawn.
            label: The line.
            every_n: Average this many points into one.

        Raises:
            TypeError: If `every_n` is not an integer.
            ValueError: If `y` has more than one element or `every_n` is less than 1.
        """
        positive_int("every_n", every_n)
        if isinstance(y, Tensor):
            if y.numel() != 1:
                raise ValueError(f"y: expected one number, got shape {tuple(y.shape)}")
            y = y.detach()
        pending = self._pending.setdefault(label, [])
        pending.append((x, y))
        if len(pending) >= every_n:
            self._points.setdefault(label, [])
            self._reduce(label)
            self._redraw_if_due()

    def finish(self) -> None:
        """Bring a live figure up to date once more: the last points may not have been due."""
        if self._canvas is not None:
            self._canvas.update(self.lines())

    def lines(self) -> dict[str, list[tuple[float, float]]]:
        """Return the points of each line, complete averages only."""
        return {
            label: [(_mean([x]), _mean([y])) for x, y in points]
            for label, points in self._points.items()
        }

    def figure(self, alt: str, ylabel: str = "") -> Picture:
        """Draw all lines, rounded to four decimals so that the picture is reproducible.

        Args:
            alt: What the curves show.
            ylabel: Label of the vertical axis.

        Raises:
            ValueError: If there is no point yet, or `alt` is blank.
        """
        lines = self.lines()
        if not lines:
            raise ValueError("lines: expected at least one point before drawing, got none")
        figure, axes = new_figure()
        for number, (label, points) in enumerate(lines.items()):
            axes.plot(
                [round(x, 4) for x, _ in points],
                [round(y, 4) for _, y in points],
                DASHES[number % len(DASHES)],
                color=SERIES[number % len(SERIES)],
                label=label,
            )
        axes.set_xlabel(self.xlabel)
        axes.set_ylabel(ylabel)
        axes.legend()
        return show(figure, alt)

    def _reduce(self, label: str) -> None:
        pending = self._pending[label]
        xs, ys = [x for x, _ in pending], [y for _, y in pending]
        y = ys[0] if len(ys) == 1 else _mean_lazily(ys)
        self._points[label].append((_mean(xs), y))  # type: ignore[arg-type]
        pending.clear()

    def _redraw_if_due(self) -> None:
        if not self.live:
            return
        if time.perf_counter() < self._next_redraw:
            return
        if self._canvas is None:
            self._canvas = _Canvas(self.xlabel)  # loads matplotlib: once, not a redraw's cost
        started = time.perf_counter()
        self._canvas.update(self.lines())
        self.redraws += 1
        cost = time.perf_counter() - started
        self._next_redraw = time.perf_counter() + cost * (1 / self.budget - 1)


class _Canvas:
    """One figure in the notebook whose lines are moved instead of drawn again."""

    def __init__(self, xlabel: str) -> None:
        from IPython.display import display

        self.figure, self.axes = new_figure()
        self.axes.set_xlabel(xlabel)
        self._lines: dict[str, Any] = {}
        self._handle: Any = display(self._bundle(), raw=True, display_id=True)

    def update(self, lines: dict[str, list[tuple[float, float]]]) -> None:
        """Move the lines to the new points and send the figure to the notebook."""
        for number, (label, points) in enumerate(lines.items()):
            if label not in self._lines:
                style, color = DASHES[number % len(DASHES)], SERIES[number % len(SERIES)]
                (self._lines[label],) = self.axes.plot([], [], style, color=color, label=label)
                self.axes.legend()
            self._lines[label].set_data(*zip(*points, strict=True))
        self.axes.relim()
        self.axes.autoscale_view()
        if self._handle is not None:
            self._handle.update(self._bundle(), raw=True)

    def _bundle(self) -> dict[str, object]:
        import io

        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=80)
        return {"image/png": buffer.getvalue(), "text/plain": "training curves, still moving"}


def _mean_lazily(values: list[Tensor | float]) -> Tensor | float:
    if all(isinstance(value, Tensor) for value in values):
        return torch.stack([torch.as_tensor(value) for value in values]).mean()
    return _mean(values)


def _mean(values: list[Any]) -> float:
    return sum(float(value) for value in values) / len(values)
