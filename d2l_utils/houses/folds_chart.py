"""The picture of a choice by folds (D2L 5.7, exercise 3): one curve for each partition."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from d2l_utils.border import checked
from d2l_utils.display.figures import COLORS

if TYPE_CHECKING:
    import altair

CURVES = ("this partition", "mean of all")
_KEYS = ("partition", "lambd", "score")


@checked
def explore_folds(rows: Sequence[Mapping[str, float]]) -> altair.LayerChart:
    """Draw the scores of a path of penalties, with a slider for the partition into folds.

    Args:
        rows: One per partition and penalty: ``partition`` from 0 without gaps, ``lambd`` above 0,
            and the ``score``. Each partition has the same penalties.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.

    Raises:
        ValueError: If a row lacks one of these or has a number out of range, or a partition or a
            penalty is missing.
    """
    import altair as alt

    _check(rows)
    last = max(int(row["partition"]) for row in rows)
    slider = alt.binding_range(min=0, max=last, step=1, name="partition: ")
    place: dict[str, Any] = {
        "x": alt.X(
            "lambd:Q", scale=alt.Scale(type="log"), title="penalty λ", axis=alt.Axis(format="~g")
        ),
        "y": alt.Y("score:Q", scale=alt.Scale(zero=False), title="score of the folds"),
    }
    colors = alt.Scale(domain=list(CURVES), range=[COLORS["blue"], COLORS["ink"]])
    dashes = alt.Scale(domain=list(CURVES), range=[[1, 0], [5, 4]])
    base = alt.Chart().transform_filter(
        f"datum.curve == '{CURVES[1]}' || datum.partition == fold_partition"
    )
    lines = base.mark_line(strokeWidth=2).encode(
        **place,
        color=alt.Color("curve:N", scale=colors, sort=list(CURVES), title=None),
        strokeDash=alt.StrokeDash("curve:N", scale=dashes, sort=list(CURVES), title=None),
    )
    lowest = base.transform_filter(f"datum.lowest && datum.curve == '{CURVES[0]}'")
    point = lowest.mark_point(size=110, filled=True, opacity=1, color=COLORS["orange"])
    words = lowest.transform_calculate(
        says="'lowest ' + format(datum.score, '.3f') + ' at λ = ' + format(datum.lambd, '.3~g')"
    ).mark_text(dy=20, fontSize=12, color=COLORS["ink"])
    chart: altair.LayerChart = (
        alt.layer(
            lines,
            point.encode(**place),
            words.encode(**place, text="says:N"),
            data=alt.Data(values=_long(rows)),
        )
        .add_params(alt.param("fold_partition", value=0, bind=slider))
        .properties(width="container", height=280)
    )
    return chart


def _check(rows: Sequence[Mapping[str, float]]) -> None:
    for place, row in enumerate(rows):
        if set(row) != set(_KEYS):
            raise ValueError(f"rows[{place}]: expected {', '.join(_KEYS)}, got {', '.join(row)}")
        if not (0 < row["lambd"] < 1e12 and 0 < row["score"] < 1e9):
            raise ValueError(f"rows[{place}]: expected numbers above 0, got {dict(row)}")
    partitions = {row["partition"] for row in rows}
    if len(rows) == 0 or partitions != set(range(len(partitions))):
        raise ValueError(f"rows: expected partitions from 0, got {sorted(partitions)[:9]}")
    penalties = {row["lambd"] for row in rows}
    if len({(row["partition"], row["lambd"]) for row in rows}) != len(rows) or len(rows) != len(
        partitions
    ) * len(penalties):
        raise ValueError("rows: expected each penalty once in each partition, got another table")


def _long(rows: Sequence[Mapping[str, float]]) -> list[dict[str, Any]]:
    """The rows, each with whether it is its partition's lowest, and the mean curve."""
    lowest: dict[float, tuple[float, float]] = {}
    for row in rows:
        if row["partition"] not in lowest or row["score"] < lowest[row["partition"]][0]:
            lowest[row["partition"]] = (row["score"], row["lambd"])
    found: list[dict[str, Any]] = [
        {
            "curve": CURVES[0],
            "partition": int(row["partition"]),
            "lambd": float(f"{row['lambd']:.4g}"),
            "score": round(row["score"], 4),
            "lowest": lowest[row["partition"]][1] == row["lambd"],
        }
        for row in rows
    ]
    for lambd in sorted({row["lambd"] for row in rows}):
        scores = [row["score"] for row in rows if row["lambd"] == lambd]
        mean = {"curve": CURVES[1], "partition": -1, "lambd": float(f"{lambd:.4g}")}
        found.append(mean | {"score": round(math.fsum(scores) / len(scores), 4), "lowest": False})
    return found
