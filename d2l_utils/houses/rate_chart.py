"""The picture of a step limit (D2L 5.7, exercise 5): descent on the loss of two columns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import torch
from torch import Tensor

from d2l_utils.border import Number, Positive, checked
from d2l_utils.display.figures import COLORS, menu

if TYPE_CHECKING:
    import altair

CORRELATION = 0.4
"""Of the two columns, which both have mean 0; the first has standard deviation 1."""

SCALES = (1, 3, 10)
"""Standard deviations of the second column that the chart offers."""

STEPS = 20
_OUTLINE = 40
_LEVELS = (0.05, 0.3, 1.0)
"""Heights of the outlines, in proportion to the loss at the start."""

Share = Annotated[float, Number(above=0, at_most=2)]


@dataclass(frozen=True)
class RateOutcome:
    """What a learning rate does to the loss of two columns.

    Attributes:
        limit: Twice one over the largest curvature.
        lr: The learning rate.
        steep: What a step multiplies the distance from the minimum by, along the steep direction.
        flat: The same along the flat one.
        loss: After `STEPS` steps, in proportion to that at the start.
    """

    limit: float
    lr: float
    steep: float
    flat: float
    loss: float


@checked
def rate_outcome(scale: Positive, share: Share) -> RateOutcome:
    """Compute what `explore_rate` says, from the eigenvalues of the Hessian.

    Args:
        scale: Standard deviation of the second column.
        share: The learning rate in proportion to its limit.

    Returns:
        Limit, rate, factors and loss.

    Raises:
        TypeError: If an argument is no number.
        ValueError: If it is not positive, or the share above 2.
    """
    values, _, start = _descent(scale)
    limit = 2 / values[1].item()
    factors = 1 - share * limit * values
    height = values * start**2
    loss = (height * factors ** (2 * STEPS)).sum() / height.sum()
    return RateOutcome(limit, share * limit, factors[1].item(), factors[0].item(), loss.item())


def hessian(scale: float) -> Tensor:
    """Of the mean squared error of the two columns: twice their covariance matrix."""
    mixed = CORRELATION * scale
    return 2 * torch.tensor([[1.0, mixed], [mixed, scale**2]], dtype=torch.float64)


def _descent(scale: float) -> tuple[Tensor, Tensor, Tensor]:
    """Eigenvalues from small to large, eigenvectors, and the start (0, 0) seen from the minimum.

    The minimum is at `(1, 1 / scale)`: one standard deviation of each column counts the same.
    """
    values, vectors = torch.linalg.eigh(hessian(scale))
    return values, vectors, vectors.T @ torch.tensor([-1.0, -1.0 / scale], dtype=torch.float64)


def explore_rate() -> altair.LayerChart:
    """Draw outlines of the loss and `STEPS` steps, with a slider for the rate across its limit.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    slider = alt.binding_range(min=0.05, max=1.1, step=0.05, name="rate, of its limit: ")
    scale = alt.Scale(domain=[-0.8, 2.8], nice=False)
    place: dict[str, Any] = {
        "x": alt.X("x:Q", scale=scale, title="weight of the first column"),
        "y": alt.Y("y:Q", scale=scale, title="weight of the second"),
    }
    outlines = _chosen(_outline_rows()).mark_line(
        clip=True, strokeWidth=1, color=COLORS["ink"], strokeOpacity=0.55
    )
    outlines = outlines.encode(**place, order="i:O", detail="level:N")
    path = _chosen(_step_rows()).transform_calculate(
        steep="datum.v0 * pow(1 - 2 * rate_share, datum.t)",
        flat="datum.u0 * pow(1 - 2 * rate_share * datum.ratio, datum.t)",
    )
    path = path.transform_calculate(
        x="1 + datum.steep * datum.v1 + datum.flat * datum.u1",
        y="1 / datum.scale + datum.steep * datum.v2 + datum.flat * datum.u2",
    )
    line = path.mark_line(clip=True, strokeWidth=1.5, color=COLORS["blue"])
    points = path.mark_point(clip=True, filled=True, size=28, opacity=1, color=COLORS["blue"])
    chart: altair.LayerChart = alt.layer(
        outlines,
        line.encode(**place, order="t:O"),
        points.encode(**place),
        *_words(),
    )
    return chart.add_params(
        menu("rate_scale", "second column, deviation: ", SCALES, 3),
        alt.param("rate_share", value=0.9, bind=slider),
    ).properties(width=300, height=300)


def _chosen(rows: list[dict[str, float]]) -> altair.Chart:
    """A chart of the rows of the scale that is chosen."""
    import altair as alt

    chart: altair.Chart = alt.Chart(alt.InlineData(values=rows))
    return chart.transform_filter("datum.scale == rate_scale")


def _words() -> list[altair.Chart]:
    """Two lines above the plot: limit and rate, and what the loss is at last."""
    base = _chosen(_step_rows()).transform_filter("datum.t == 0")
    base = base.transform_calculate(
        limit="datum.limit",
        after=f"datum.height * pow(1 - 2 * rate_share, {2 * STEPS})"
        f" + (1 - datum.height) * pow(1 - 2 * rate_share * datum.ratio, {2 * STEPS})",
    )
    says = (
        "'limit ' + format(datum.limit, '.4f')"
        " + ', rate ' + format(rate_share * datum.limit, '.4f')",
        f"'loss after {STEPS} steps: ' + format(datum.after, '.1e') + ' of the first'",
    )
    return [_line_above(base, text, dy) for text, dy in zip(says, (-22, -6), strict=True)]


def _line_above(base: altair.Chart, says: str, dy: int) -> altair.Chart:
    import altair as alt

    chart: altair.Chart = (
        base.transform_calculate(says=says)
        .mark_text(align="left", fontSize=12, color=COLORS["ink"], dy=dy)
        .encode(x=alt.value(0), y=alt.value(0), text="says:N")
    )
    return chart


def _step_rows() -> list[dict[str, float]]:
    """For each scale and step: eigenvectors, the start along them, and curvatures."""
    rows = []
    for scale in SCALES:
        values, vectors, start = _descent(scale)
        height = values * start**2 / (values * start**2).sum()
        fixed = {
            "scale": scale,
            "limit": 2 / values[1].item(),
            "ratio": (values[0] / values[1]).item(),
            "height": height[1].item(),
            "u0": start[0].item(),
            "v0": start[1].item(),
        }
        for name, column in (("u", 0), ("v", 1)):
            fixed |= {f"{name}{k + 1}": vectors[k, column].item() for k in (0, 1)}
        fixed = {name: round(value, 9) for name, value in fixed.items()}
        rows += [fixed | {"t": t} for t in range(STEPS + 1)]
    return rows


def _outline_rows() -> list[dict[str, float]]:
    """Where the loss above its minimum has a share of that at the start: ellipses."""
    rows = []
    angles = torch.arange(_OUTLINE + 1, dtype=torch.float64) * (2 * math.pi / _OUTLINE)
    circle = torch.stack([angles.cos(), angles.sin()])
    for scale in SCALES:
        values, vectors, start = _descent(scale)
        height = (values * start**2).sum()
        for level in _LEVELS:
            axes = (level * height / values).sqrt()
            x, y = vectors @ (axes[:, None] * circle)
            points = zip((1 + x).tolist(), (1 / scale + y).tolist(), strict=True)
            rows += [
                {"scale": scale, "level": level, "i": i, "x": round(a, 3), "y": round(b, 3)}
                for i, (a, b) in enumerate(points)
            ]
    return rows
