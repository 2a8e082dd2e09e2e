"""The chart of epochs (D2L 5.6, exercise 2): curves without and with dropout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from d2l_utils.border import checked
from d2l_utils.display.figures import COLORS

if TYPE_CHECKING:
    import altair

MEASURES = ("test error in %", "train error in %", "test cross-entropy", "train cross-entropy")
ARMS = ("without dropout", "with dropout")
DIGITS = 3
"""Of what is drawn."""


@checked
def explore_epochs(rows: Sequence[Mapping[str, object]]) -> altair.LayerChart:
    """Draw one measure over the epochs for both arms, with a menu for it and a slider to read it.

    Args:
        rows: One per epoch and arm: ``"epoch"``, ``"arm"`` (one of `ARMS`), and a number for each
            of `MEASURES`. Both arms have the same epochs, equally far apart.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.

    Raises:
        TypeError: If something is of another type.
        ValueError: If a row lacks something, or the arms differ in their epochs.
    """
    import altair as alt

    epochs = _check(rows)
    menu = alt.binding_select(options=list(MEASURES), name="measure: ")
    step = epochs[1] - epochs[0]
    slider = alt.binding_range(min=epochs[0], max=epochs[-1], step=step, name="epoch: ")
    values = [
        {"epoch": row["epoch"], "arm": row["arm"]}
        | {name: round(float(str(row[name])), DIGITS) for name in MEASURES}
        for row in rows
    ]
    return (
        alt.layer(*_lines(), _words(), data=alt.InlineData(values=values))
        .add_params(
            alt.param("epochs_measure", value=MEASURES[0], bind=menu),
            alt.param("epochs_read", value=epochs[len(epochs) // 4], bind=slider),
        )
        .properties(width="container", height=300)
    )


def _check(rows: Sequence[Mapping[str, object]]) -> list[int]:
    found: dict[str, list[int]] = {arm: [] for arm in ARMS}
    for place, row in enumerate(rows):
        for name in MEASURES:
            if isinstance(row.get(name), bool) or not isinstance(row.get(name), int | float):
                raise ValueError(
                    f"rows[{place}]: expected a number {name!r}, got {row.get(name)!r:.60}"
                )
        epoch, arm = row.get("epoch"), row.get("arm")
        if not isinstance(epoch, int) or not isinstance(arm, str) or arm not in found:
            raise ValueError(
                f"rows[{place}]: expected an epoch and an arm of {ARMS}, got {epoch!r:.60} and "
                f"{arm!r:.60}"
            )
        found[arm].append(epoch)
    one, two = found.values()
    if one != two or len(one) < 2:
        raise ValueError(
            f"rows: expected both arms at the same epochs, two or more, got {len(one)} and "
            f"{len(two)}"
        )
    return one


def _lines() -> tuple[altair.Chart, altair.Chart]:
    import altair as alt

    names = list(ARMS)
    colors = alt.Scale(domain=names, range=[COLORS["orange"], COLORS["blue"]])
    dashes = alt.Scale(domain=names, range=[[1, 0], [6, 3]])
    shapes = alt.Scale(domain=names, range=["square", "circle"])
    base = (
        alt.Chart()
        .transform_calculate(value="datum[epochs_measure]")
        .encode(
            x=alt.X("epoch:Q", title="epoch"),
            y=alt.Y("value:Q", title="value of the measure", scale=alt.Scale(zero=True)),
            color=alt.Color("arm:N", scale=colors, sort=names, title=None),
        )
    )
    lines = base.mark_line(strokeWidth=2).encode(
        strokeDash=alt.StrokeDash("arm:N", scale=dashes, sort=names, title=None)
    )
    points = (
        base.transform_filter("datum.epoch == epochs_read")
        .mark_point(filled=True, opacity=1, size=80)
        .encode(shape=alt.Shape("arm:N", scale=shapes, sort=names, title=None))
    )
    return lines, points


def _words() -> altair.Chart:
    import altair as alt

    chart: altair.Chart = (
        alt.Chart()
        .transform_filter("datum.epoch == epochs_read")
        .transform_calculate(value="datum[epochs_measure]")
        .transform_pivot("arm", value="value")
        .transform_calculate(
            says="'epoch ' + epochs_read + ', without ' + format(datum['without dropout'], '.2f')"
            " + ', with ' + format(datum['with dropout'], '.2f')"
        )
        .mark_text(align="right", baseline="top", fontSize=12, color=COLORS["ink"])
        .encode(x=alt.value("width"), y=alt.value(4), text="says:N")
    )
    return chart
