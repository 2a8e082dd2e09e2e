"""The picture of a score against the best constant (D2L 5.7, exercise 1), epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from d2l_utils.border import Positive, checked
from d2l_utils.display.figures import COLORS

if TYPE_CHECKING:
    import altair

STARTS = {"zero": "bias starts at 0", "mean": "bias starts at the mean"}
"""Key of a row -> what the chart calls it."""

CONSTANT = "best constant"
_KEYS = ("epochs", *STARTS)


@checked
def explore_recipe(rows: Sequence[Mapping[str, float]], constant: Positive) -> altair.LayerChart:
    """Draw the scores of both starts after some epochs beside the best constant's.

    Args:
        rows: One per number of epochs: ``epochs``, and the scores of a bias that starts at 0
            (``zero``) and at the mean of the labels (``mean``). Epochs are evenly spaced from 0.
        constant: The best constant's score.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.

    Raises:
        ValueError: If a row lacks one of these or a score is not above 0, or the epochs are not
            evenly spaced from 0.
    """
    import altair as alt

    for place, row in enumerate(rows):
        if set(row) != set(_KEYS):
            raise ValueError(f"rows[{place}]: expected {', '.join(_KEYS)}, got {', '.join(row)}")
        for key in STARTS:
            if not 0 < row[key] < 1e9:
                raise ValueError(f"rows[{place}]: expected {key} above 0, got {row[key]!r}")
    epochs = [int(row["epochs"]) for row in rows]
    if len(epochs) < 2 or epochs[1] < 1 or epochs != [k * epochs[1] for k in range(len(epochs))]:
        raise ValueError(f"rows: expected epochs, evenly spaced from 0, got {epochs[:9]}")
    slider = alt.binding_range(min=0, max=epochs[-1], step=epochs[1], name="epochs: ")
    names = [*STARTS.values(), CONSTANT]
    scale = alt.Scale(type="log", domain=_ends(rows, constant))
    axis = alt.Axis(values=[0.1, 0.3, 1, 3, 10], format="~g")  # as many as a phone has room for
    place_of: dict[str, Any] = {
        "x": alt.X("score:Q", scale=scale, title="score (lower is better)", axis=axis),
        "y": alt.Y("model:N", sort=names, title=None),
    }
    colors = alt.Scale(domain=names, range=[COLORS["orange"], COLORS["blue"], COLORS["ink"]])
    base = alt.Chart().transform_filter("datum.epochs == recipe_epochs")
    marks = base.mark_point(size=110, filled=True, opacity=1).encode(
        **place_of,
        color=alt.Color("model:N", scale=colors, legend=None),
        shape=alt.Shape("model:N", sort=names, legend=None),
    )
    words = base.transform_calculate(says="format(datum.score, '.3f')")
    words = words.mark_text(align="left", dx=9, fontSize=12, color=COLORS["ink"])
    rule = alt.Chart().mark_rule(strokeDash=[5, 4], color=COLORS["ink"], size=1.5, aria=False)
    chart: altair.LayerChart = (
        alt.layer(
            rule.encode(x=alt.XDatum(constant, scale=scale)),
            marks,
            words.encode(**place_of, text="says:N"),
            data=alt.Data(values=_long(rows, constant)),
        )
        .add_params(alt.param("recipe_epochs", value=0, bind=slider))
        .properties(width="container", height=150)
    )
    return chart


def _long(rows: Sequence[Mapping[str, float]], constant: float) -> list[dict[str, Any]]:
    """One row per mark."""
    found: list[dict[str, Any]] = []
    for row in rows:
        scores = {name: row[key] for key, name in STARTS.items()} | {CONSTANT: constant}
        for model, score in scores.items():
            found.append({"epochs": int(row["epochs"]), "model": model, "score": round(score, 4)})
    return found


def _ends(rows: Sequence[Mapping[str, float]], constant: float) -> list[float]:
    scores = [constant, *(row[key] for row in rows for key in STARTS)]
    return [round(min(scores) / 1.5, 4), round(max(scores) * 8, 4)]
