"""The picture of a layer with one unit (D2L 5.2, exercise 3): a line per class, and the highest."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from d2l_utils.activations.envelope import Stretch, upper_envelope
from d2l_utils.border import Number, checked
from d2l_utils.display.figures import COLORS, SERIES

if TYPE_CHECKING:
    import altair

STEP = 0.5
"""Width of a bar, and how far one step of the slider moves the bias."""

_BARS = 0.3  # part of the height that the highest bar takes
_ROOM = 0.45  # above the lines, for names and words, in parts of the lines' height
_LINE = 0.08  # from one line of words to the next, likewise
_DIGITS = 4

Height = Annotated[float, Number(above=0, at_most=1000)]


@checked
def explore_envelope(
    slopes: Sequence[float],
    intercepts: Sequence[float],
    inputs: Sequence[float],
    labels: Sequence[int],
    names: Sequence[str],
    reach: Height,
) -> altair.LayerChart:
    """Draw the logits of a network with one ReLU unit, with a slider that moves the unit's bias.

    The logits are lines over the unit's output h, and the class chosen is the highest line. Bars
    count examples by h, which the slider moves along; what would fall below 0 stands at 0.

    Args:
        slopes: Of each class the weight from the unit.
        intercepts: Of each class the bias.
        inputs: Of each example what goes into the unit, with the bias as trained.
        labels: Of each example its class.
        names: Of each class its name.
        reach: How far the axis of h goes; the slider goes as far to the left, half to the right.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If numbers of classes or of examples differ, or there are none.
    """
    import altair as alt

    _check_sizes(slopes, intercepts, inputs, labels, names)
    stretches = upper_envelope(slopes, intercepts, 0)
    steps = range(-math.ceil(reach / STEP), math.ceil(reach / STEP) // 2 + 1)
    slider = alt.binding_range(
        min=steps[0] * STEP, max=steps[-1] * STEP, step=STEP, name="bias moved by "
    )
    chosen = alt.param("neuron_shift", value=0, bind=slider)
    lines = [(float(a), float(c)) for a, c in zip(slopes, intercepts, strict=True)]
    ends = [a * h + c for a, c in lines for h in (0.0, float(reach))]
    room = _ROOM * (max(ends) - min(ends))
    scale = alt.Scale(domain=[round(min(ends), 1), round(max(ends) + room, 1)])
    logits = alt.layer(
        _all_lines(lines, reach, scale),
        *_highest(stretches, lines, names, reach, scale),
        _words(_effects(stretches, inputs, labels, steps), reach, scale),
    )
    layers: altair.LayerChart = (
        alt.layer(_bars(inputs, reach), logits)
        .resolve_scale(y="independent")
        .add_params(chosen)
        .properties(width="container", height=380)
    )
    return layers


def _effects(
    stretches: Sequence[Stretch],
    inputs: Sequence[float],
    labels: Sequence[int],
    steps: Sequence[int],
) -> list[dict[str, Any]]:
    """For each place of the slider: examples at 0, classes chosen, examples that are right."""
    borders = [float(each.left) for each in stretches[1:] if each.left is not None]
    rows = []
    for step in steps:
        h = [max(0.0, x + step * STEP) for x in inputs]
        chosen = [stretches[bisect_left(borders, each)].line for each in h]
        off = sum(each == 0 for each in h)
        right = sum(k == y for k, y in zip(chosen, labels, strict=True))
        classes = len(set(chosen))
        noun = "class" if classes == 1 else "classes"
        rows.append({"step": step, "says": f"{off:,} of {len(h):,} examples at 0", "line": 0})
        rows.append({"step": step, "says": f"{classes} {noun} chosen, {right:,} right", "line": 1})
    return rows


def _x(reach: float) -> altair.X:
    import altair as alt

    return alt.X("h:Q", title="output h of the unit", scale=alt.Scale(domain=[-STEP, float(reach)]))


def _bars(inputs: Sequence[float], reach: float) -> altair.Chart:
    """Examples per bar, moved by the slider; a bar's place is that of its left end, in steps."""
    import altair as alt

    counts = Counter(math.ceil(x / STEP) - 1 for x in inputs)
    rows = [{"place": place, "count": count} for place, count in sorted(counts.items())]
    highest = max(counts.values())
    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .transform_calculate(left=f"max(datum.place + neuron_shift / {STEP}, -1)")
        .transform_aggregate(examples="sum(count)", groupby=["left"])
        .transform_calculate(h=f"datum.left * {STEP}", end=f"(datum.left + 1) * {STEP}", zero="0")
        .transform_filter(f"datum.h < {float(reach)}")
        .mark_bar(color=COLORS["sky"], opacity=0.45, clip=True)
        .encode(
            x=_x(reach),
            x2="end:Q",
            y2="zero:Q",
            y=alt.Y(
                "examples:Q",
                title="examples (bars)",
                scale=alt.Scale(domain=[0, round(highest / _BARS)], clamp=True),
                axis=alt.Axis(orient="right", tickCount=4, grid=False),
            ),
        )
    )
    return chart


def _all_lines(
    lines: Sequence[tuple[float, float]], reach: float, scale: altair.Scale
) -> altair.Chart:
    import altair as alt

    rows = [
        {"line": k, "h": h, "logit": round(a * h + c, _DIGITS)}
        for k, (a, c) in enumerate(lines)
        for h in (0.0, float(reach))
    ]
    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(color=COLORS["ink"], strokeWidth=0.8, opacity=0.6, clip=True)
        .encode(
            x=_x(reach),
            y=alt.Y("logit:Q", title="logit (lines)", scale=scale),
            detail="line:N",
        )
    )
    return chart


def _highest(
    stretches: Sequence[Stretch],
    lines: Sequence[tuple[float, float]],
    names: Sequence[str],
    reach: float,
    scale: altair.Scale,
) -> tuple[altair.Chart, ...]:
    """The upper envelope, and above each of its stretches the name of the class."""
    import altair as alt

    rows: list[dict[str, Any]] = []
    middles: list[dict[str, Any]] = []
    for number, each in enumerate(stretches):
        left = float(each.left or 0)
        right = float(reach) if each.right is None else min(float(each.right), float(reach))
        if left >= right:
            continue
        a, c = lines[each.line]
        row = {"class": names[each.line], "color": number % len(SERIES)}
        places = [round(h, _DIGITS) for h in (left, right)]
        rows += [row | {"h": h, "logit": round(a * h + c, _DIGITS)} for h in places]
        middle = (left + right) / 2
        middles.append(row | {"h": round(middle, _DIGITS), "logit": round(a * middle + c, _DIGITS)})
    colors = alt.Color(
        "color:N",
        legend=None,
        scale=alt.Scale(domain=list(range(len(SERIES))), range=list(SERIES)),
    )
    place: dict[str, Any] = {"x": _x(reach), "y": alt.Y("logit:Q", scale=scale)}
    base = alt.Chart(alt.InlineData(values=rows)).mark_line(strokeWidth=4, strokeCap="butt")
    envelope = base.encode(**place, color=colors, detail="class:N")
    # Every other name stands higher, so that narrow neighbours do not meet.
    texts = [
        alt.Chart(alt.InlineData(values=middles[parity::2]))
        .mark_text(angle=270, align="left", dx=gap, fontSize=12)
        .encode(**place, text="class:N")
        for parity, gap in enumerate((8, 60))
    ]
    return envelope, *texts


def _words(rows: Sequence[dict[str, Any]], reach: float, scale: altair.Scale) -> altair.Chart:
    import altair as alt

    low, top = scale.domain
    height = (top - low) / (1 + _ROOM)
    chart: altair.Chart = (
        alt.Chart(alt.InlineData(values=list(rows)))
        .transform_filter(f"datum.step == neuron_shift / {STEP}")
        .transform_calculate(place=f"{top} - {_LINE * height:.4f} * datum.line")
        .mark_text(baseline="top", fontSize=12)
        .encode(x=alt.datum(reach / 2), y=alt.Y("place:Q", scale=scale), text="says:N")
    )
    return chart


def _check_sizes(
    slopes: Sequence[float],
    intercepts: Sequence[float],
    inputs: Sequence[float],
    labels: Sequence[int],
    names: Sequence[str],
) -> None:
    if not len(inputs):
        raise ValueError("inputs: expected at least one example, got none")
    if len(labels) != len(inputs):
        raise ValueError(f"labels: expected {len(inputs)}, one per example, got {len(labels)}")
    for name, values in (("intercepts", intercepts), ("names", names)):
        if len(values) != len(slopes):
            raise ValueError(f"{name}: expected {len(slopes)}, one per class, got {len(values)}")
