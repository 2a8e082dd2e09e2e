"""Charts to play with: four sweeps step by step, and paths against edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from d2l_utils.autograd.paths import bottlenecks, count_edges, path_totals
from d2l_utils.autograd.sweeps import EDGES, ORDERS, sweep_steps
from d2l_utils.display.figures import SERIES

if TYPE_CHECKING:
    import altair

STATES = ("waits", "passed on, complete", "passed on too early")
MAX_STAGES = 20
_PLACES = {"w": (0.5, 0.86), "z": (0.82, 0.6), "y": (0.2, 0.36), "x": (0.62, 0.08)}
_GREY = "#8a8a8a"
TOP = 2.35
"""Where the legend ends: two rows of panels of height 1, then the states."""


def sweep_rows() -> list[dict[str, Any]]:
    """Compute what the chart of the four sweeps shows.

    Returns:
        One row per order, step and node: its place, its gradient in words and its state. An order
        that is done earlier keeps its last step.
    """
    traces = {order: sweep_steps(order) for order in ORDERS}
    last = max(map(len, traces.values()))
    rows = []
    for panel, (order, steps) in enumerate(traces.items()):
        for number in range(last):
            step = steps[min(number, len(steps) - 1)]
            for node in EDGES:
                x, y = _placed(node, panel)
                late = node in step.early
                state = STATES[2 if late else 1 if node in step.passed else 0]
                said = f"{node}: {step.gradients[node]}"
                rows.append(
                    {"order": order, "step": number, "x": x, "y": y, "says": said, "state": state}
                )
    return rows


def draw_sweeps() -> altair.LayerChart:
    """Draw the four sweeps with a slider for the step.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    rows = sweep_rows()
    slider = alt.binding_range(min=0, max=max(row["step"] for row in rows), step=1, name="step ")
    chosen = alt.param("sweep_step", value=2, bind=slider)
    place = {
        "x": alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 2])),
        "y": alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, TOP])),
    }
    nodes = alt.Chart(alt.InlineData(values=rows)).transform_filter("datum.step == sweep_step")
    tooltip = ["order:N", "says:N", "state:N"]
    marks = nodes.mark_point(size=260, filled=True, opacity=1)
    marks = marks.encode(**place, **_looks(), tooltip=tooltip)
    beside = nodes.transform_filter("substring(datum.says, 0, 1) != 'y'")
    below = nodes.transform_filter("substring(datum.says, 0, 1) == 'y'")  # edges leave to its right
    labels = (
        beside.mark_text(align="left", dx=13, fontSize=13).encode(**place, text="says:N"),
        below.mark_text(dy=20, fontSize=13).encode(**place, text="says:N"),
    )
    return (
        alt.layer(_edges(place), _names(place), *_legend(place), marks, *labels)
        .add_params(chosen)
        .properties(width="container", height=440)
    )


def draw_path_counts() -> altair.LayerChart:
    """Draw paths and edges of a chain with three parallel edges per stage, with a slider.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    slider = alt.binding_range(min=1, max=MAX_STAGES, step=1, name="stages ")
    chosen = alt.param("stages", value=4, bind=slider)
    base = alt.Chart(alt.InlineData(values=path_rows())).transform_filter("datum.k == stages")
    top = 3**MAX_STAGES
    x = alt.X(
        "count:Q",
        scale=alt.Scale(type="log", domain=[1, top * 100]),
        title="how many (logarithmic)",
        axis=alt.Axis(values=[10**n for n in range(0, 11, 2)], format="~s"),
    )
    y = alt.Y("what:N", title=None, sort=["paths", "edges"])
    bars = base.mark_bar(size=24).encode(
        x=x,
        x2=alt.datum(1),
        y=y,
        color=alt.Color("what:N", legend=None, scale=alt.Scale(range=[*SERIES[:2]])),
    )
    numbers = base.mark_text(align="left", dx=5, fontSize=13).encode(
        x=x, y=y, text=alt.Text("count:Q", format=",")
    )
    return alt.layer(bars, numbers).add_params(chosen).properties(width="container", height=110)


def path_rows() -> list[dict[str, Any]]:
    """Count paths and edges in chains of 1 to 20 stages, from the graphs themselves.

    Returns:
        Rows with ``k`` stages, ``what`` is counted and the ``count``.
    """
    rows = []
    for k in range(1, MAX_STAGES + 1):
        leaf, root = bottlenecks(k)
        paths = round(path_totals(root, lambda slope: 1)[leaf])
        rows += [{"k": k, "what": "paths", "count": paths}]
        rows += [{"k": k, "what": "edges", "count": count_edges(root)}]
    return rows


def _placed(node: str, panel: int) -> tuple[float, float]:
    x, y = _PLACES[node]
    return round(x * 0.85 + panel % 2, 3), round(y * 0.9 + 1 - panel // 2, 3)


def _edges(place: dict[str, Any]) -> Any:
    import altair as alt

    rows = []
    for panel in range(len(ORDERS)):
        for node, sources in EDGES.items():
            for number, source in enumerate(sources):
                (x, y), (x2, y2) = _placed(node, panel), _placed(source, panel)
                beside = 0.03 * (number if sources[0] == sources[-1] else 0)
                rows.append({"x": x, "y": y + beside, "x2": x2, "y2": y2 + beside})
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_rule(strokeWidth=1.5, color=_GREY)
        .encode(**place, x2="x2:Q", y2="y2:Q")
    )


def _looks() -> dict[str, Any]:
    """Colour and shape of each state."""
    import altair as alt

    def scale(values: list[str]) -> Any:
        return alt.Scale(domain=[*STATES], range=values)

    colors, shapes = [_GREY, *SERIES[:2]], ["circle", "square", "triangle-up"]
    return {
        "color": alt.Color("state:N", scale=scale(colors), legend=None),
        "shape": alt.Shape("state:N", scale=scale(shapes), legend=None),
    }


def _legend(place: dict[str, Any]) -> tuple[Any, Any]:
    """Draw the legend as marks: Vega's own loses its state when the page changes its theme."""
    import altair as alt

    rows = [
        {"x": 0.06, "y": TOP - 0.05 - 0.1 * row, "state": state} for row, state in enumerate(STATES)
    ]
    base = alt.Chart(alt.InlineData(values=rows))
    marks = base.mark_point(size=90, filled=True, opacity=1).encode(**place, **_looks())
    words = base.mark_text(align="left", dx=12, fontSize=12).encode(**place, text="state:N")
    return marks, words


def _names(place: dict[str, Any]) -> Any:
    import altair as alt

    rows = [
        {"x": panel % 2 + 0.02, "y": 1.95 - panel // 2, "says": order}
        for panel, order in enumerate(ORDERS)
    ]
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_text(align="left", fontSize=13, fontWeight="bold")
        .encode(**place, text="says:N")
    )
