"""The pictures of the page on partitioning: who holds what, and who works when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from d2l_utils.display.figures import COLORS, menu, new_figure
from d2l_utils.partition.schedules import SCHEDULES, Timeline, simulate

if TYPE_CHECKING:
    import altair
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.path import Path

_LAYERS, _PARTS = 4, 4
_PROCESS_COLORS = ("blue", "amber")

# Who holds the weight of each layer, and who keeps the activations of (part of the batch, layer):
# "0" or "1" for one process, "0+1" for a copy each, "0|1" for a half each, "" for nobody.
_Panel = tuple[list[str], list[list[str]]]


def who_holds_what() -> Figure:
    """Draw, for each way to partition, who holds which weights and which activations.

    Columns are the layers of a network of four layers, the top row holds their weights, the rows
    below the activations that are kept of four parts of the minibatch. Numbers are processes:
    ``0+1`` a copy each; a line between ``0`` and ``1`` a half each; nobody keeps an empty cell.

    Returns:
        A matplotlib figure, for `d2l_utils.show`.
    """
    panels = _panels()
    figure, unused = new_figure(5.2, 6.6)
    unused.remove()
    grid = figure.subplots(4, 2)
    for ax, (title, panel) in zip(grid.flat, panels.items(), strict=True):
        _draw_panel(ax, title, *panel)
    _explain(figure)
    return figure


def _explain(figure: Figure) -> None:
    """Say below the panels which colour is which process, and how copies and halves look."""
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=COLORS[color], label=f"process {process}")
        for process, color in enumerate(_PROCESS_COLORS)
    ]
    title = "0+1: a copy on each process; 0 | 1: a half on each; empty: not kept"
    legend = figure.legend(
        handles=handles, title=title, loc="outside lower center", ncols=2, frameon=False
    )
    legend.get_title().set_fontsize(10)


def _panels() -> dict[str, _Panel]:
    whole = [["0"] * _LAYERS for _ in range(_PARTS)]
    halves = ["0", "0", "1", "1"]
    by_layer = [halves for _ in range(_PARTS)]
    by_part = [[name] * _LAYERS for name in halves]
    one = [["0"] * _LAYERS] + [[""] * _LAYERS] * (_PARTS - 1)
    in_flight = [halves, ["0", "0", "", ""], [""] * _LAYERS, [""] * _LAYERS]
    kept = [["0", "", "0", ""] for _ in range(_PARTS)]
    inside = [["0|1", "0+1", "0|1", "0+1"] for _ in range(_PARTS)]
    return {
        "single": (["0"] * _LAYERS, whole),
        "accumulate": (["0"] * _LAYERS, one),
        "checkpoint": (["0"] * _LAYERS, kept),
        "split, gpipe": (halves, by_layer),
        "1f1b": (halves, in_flight),
        "ddp": (["0+1"] * _LAYERS, by_part),
        "fsdp": (["0|1"] * _LAYERS, by_part),
        "tensor": (["0|1"] * _LAYERS, inside),
    }


def _draw_panel(ax: Axes, title: str, weights: list[str], activations: list[list[str]]) -> None:
    from matplotlib.patches import PathPatch

    ax.set_axis_off()
    ax.set_title(title)
    ax.set_xlim(-0.1, _LAYERS + 0.1)
    ax.set_ylim(_PARTS + 1.45, -0.1)
    rows = [(0.0, weights), *((row + 1.35, owners) for row, owners in enumerate(activations))]
    cells = [(layer, y, owner) for y, owners in rows for layer, owner in enumerate(owners)]
    for process, color in enumerate(_PROCESS_COLORS):
        boxes = [box for cell in cells for box in _shares(*cell) if box[0] == process]
        if boxes:
            path = _outline([box[1:] for box in boxes])
            ax.add_patch(PathPatch(path, facecolor=COLORS[color], edgecolor="none"))
    grid = _outline([(x, y, 1.0) for x, y, _ in cells])
    ax.add_patch(PathPatch(grid, facecolor="none", edgecolor=COLORS["ink"], linewidth=0.8))
    halved = [(x, y) for x, y, owner in cells if "|" in owner]
    ax.vlines(
        [x + 0.5 for x, _ in halved],
        [y for _, y in halved],
        [y + 1 for _, y in halved],
        color=COLORS["ink"],
        linewidth=0.8,
    )
    for x, y, owner in cells:
        names = [name for name in owner.split("|") if name]
        for number, name in enumerate(names):
            middle = x + (number + 0.5) / len(names)
            ax.text(middle, y + 0.52, name, ha="center", va="center", color=COLORS["paper"])


def _shares(x: float, y: float, owner: str) -> list[tuple[int, float, float, float]]:
    """Cut a cell into one box per owner: process, left, top, width."""
    owners = [int(name) for name in owner if name.isdigit()]
    width = 1 / max(len(owners), 1)
    return [(process, x + i * width, y, width) for i, process in enumerate(owners)]


def _outline(boxes: Sequence[tuple[float, float, float]]) -> Path:
    """One path around all boxes (left, top, width), each of height 1: a small SVG."""
    from matplotlib.path import Path

    corners = [
        [(x, y), (x + width, y), (x + width, y + 1), (x, y + 1), (x, y)] for x, y, width in boxes
    ]
    return Path.make_compound_path(*(Path(box, closed=True) for box in corners))


def schedule_chart(
    stages: Sequence[int] = (2, 3, 4), microbatches: Sequence[int] = (1, 2, 4, 8)
) -> altair.LayerChart:
    """Draw GPipe's and 1F1B's minibatch as bars in time, for numbers that the reader chooses.

    Every bar comes from `schedules.simulate`, with a backward pass twice as long as a forward
    pass. Above the stages of each schedule stands in words what follows from the bars.

    Args:
        stages: Numbers of stages p to choose from; the last is shown first.
        microbatches: Numbers of microbatches m to choose from; the last but one is shown first.

    Returns:
        An Altair chart, for `d2l_utils.show`.

    Raises:
        ValueError: If there is nothing to choose from, or a number is not positive.
    """
    import altair as alt

    if not stages or not microbatches:
        raise ValueError(
            "stages, microbatches: expected at least one number each, "
            f"got {list(stages)} and {list(microbatches)}"
        )
    pick_p = menu("stages", "stages p ", stages, stages[-1])
    pick_m = menu("microbatches", "microbatches m ", microbatches, microbatches[-2:][0])
    order = alt.EncodingSortField("line", op="min")
    y = alt.Y("row:N", title=None, sort=order, axis=alt.Axis(labelLimit=200))
    base = alt.Chart().transform_filter(_CHOSEN).encode(y=y)
    bars = [_bars(base, kind, size) for kind, size in (("forward", 20), ("backward", 13))]
    numbers = (
        base.transform_calculate(middle="(datum.start + datum.end) / 2")
        .mark_text(color=COLORS["paper"], fontSize=10)
        .properties(name="numbers")
        .encode(x="middle:Q", text="microbatch:Q", tooltip=_TOLD)
    )
    totals = (
        alt.Chart(alt.Data(values=schedule_totals(stages, microbatches)))
        .transform_filter(_CHOSEN)
        .mark_text(align="left", x=4)
        .properties(name="totals")
        .encode(y=y, text="total:N")
    )
    data = alt.Data(values=schedule_rows(stages, microbatches))
    chart = alt.layer(*bars, numbers, totals, data=data).add_params(pick_p, pick_m)
    return chart.properties(width="container", height=alt.Step(26))


_CHOSEN = "datum.p == stages && datum.m == microbatches"
_TOLD = ["row:N", "kind:N", "microbatch:Q", "start:Q", "end:Q"]


def _bars(base: altair.Chart, kind: str, size: int) -> altair.Chart:
    import altair as alt

    colors = [COLORS["blue"], COLORS["orange"]]
    color = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=["forward", "backward"], range=colors),
        legend=alt.Legend(orient="top"),
    )
    bars = (
        base.transform_filter(f"datum.kind == '{kind}'")
        .mark_bar(size=size, stroke=COLORS["paper"], strokeWidth=1)
        .properties(name=f"{kind}_bars")
    )
    encoded: altair.Chart = bars.encode(
        x=alt.X("start:Q", title="time (one forward pass = 1)"),
        x2="end:Q",
        color=color,
        tooltip=_TOLD,
    )
    return encoded


def schedule_rows(stages: Sequence[int], microbatches: Sequence[int]) -> list[dict[str, Any]]:
    """Simulate both schedules for every pair of numbers, one row per bar of the chart.

    Args:
        stages: Numbers of stages p.
        microbatches: Numbers of microbatches m.

    Returns:
        Rows with the keys ``p``, ``m``, ``row`` (schedule and stage), ``line`` (the row's place
        from the top), ``kind``, ``microbatch``, ``start`` and ``end``; times in forward passes.

    Raises:
        ValueError: If a number is not positive.
    """
    return [
        setting
        | {
            "row": f"{setting['row']}, stage {event.stage}",
            "line": setting["line"] + 1 + event.stage,
            "kind": event.kind,
            "microbatch": event.microbatch,
            "start": event.start,
            "end": event.end,
        }
        for setting, timeline in _timelines(stages, microbatches)
        for event in timeline.events
    ]


def schedule_totals(stages: Sequence[int], microbatches: Sequence[int]) -> list[dict[str, Any]]:
    """Say in words what follows from the bars, one row per schedule and pair of numbers.

    Args:
        stages: Numbers of stages p.
        microbatches: Numbers of microbatches m.

    Returns:
        Rows with the keys ``p``, ``m``, ``row`` (schedule), ``line`` (the row's place from the top)
        and ``total``: when the last pass ends, the share of the stages' time that is spent waiting,
        and the most microbatches that a stage keeps activations of.

    Raises:
        ValueError: If a number is not positive.
    """
    rows = []
    for setting, timeline in _timelines(stages, microbatches):
        in_flight = max(timeline.in_flight(stage) for stage in range(timeline.num_stages))
        total = f"ends at {timeline.makespan}; {timeline.bubble} idle; {in_flight} in flight"
        rows.append(setting | {"total": total})
    return rows


def _timelines(
    stages: Sequence[int], microbatches: Sequence[int]
) -> Iterator[tuple[dict[str, Any], Timeline]]:
    """Simulate every schedule for every pair of numbers; its own line comes before its stages'."""
    titles = {"gpipe": "GPipe", "1f1b": "1F1B"}
    for p, m in product(stages, microbatches):
        for number, schedule in enumerate(SCHEDULES):
            setting = {"p": p, "m": m, "row": titles[schedule], "line": number * (p + 1)}
            yield setting, simulate(schedule, p, m)
