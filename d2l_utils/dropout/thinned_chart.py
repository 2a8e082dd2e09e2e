"""The picture of thinned networks (D2L 5.6, exercise 4): dots, their means, the full network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from d2l_utils.border import checked
from d2l_utils.display.figures import COLORS
from d2l_utils.dropout.ensembles import Thinned, thinned_outputs

if TYPE_CHECKING:
    import altair

UNITS = 5
CHOICES = tuple(k / 10 for k in range(1, 10))
KINDS = ("softmax only", "ReLU layer, then softmax")
_MARKS = ("thinned network", "arithmetic mean", "geometric mean", "full network")
_SHAPES = ("circle", "cross", "diamond", "square")


@dataclass(frozen=True)
class Means:
    """Probabilities of three classes, as three ways to predict give them.

    Attributes:
        kind: What follows the units that are dropped.
        arithmetic: Mean of the thinned networks' probabilities, shape `(3,)`.
        geometric: Their geometric mean, divided by its sum.
        full: The full network's.
    """

    kind: str
    arithmetic: Tensor
    geometric: Tensor
    full: Tensor

    def gaps(self) -> tuple[float, float]:
        """By how much the arithmetic and the geometric mean leave the full network, at most."""
        pair = (self.arithmetic, self.geometric)
        first, second = (float((mean - self.full).abs().max()) for mean in pair)
        return first, second


@checked
def thinned_means(p: float) -> list[Means]:
    """Compute what `explore_thinned` shows at a dropout probability.

    Args:
        p: Probability that a unit is dropped, at least 0 and below 1.

    Returns:
        For softmax right after the units, and for a hidden layer of ReLU units between.

    Raises:
        TypeError: If `p` is no number.
        ValueError: If it is out of range.
    """
    return [_means(kind, thinned) for kind, thinned in zip(KINDS, _thinned(p), strict=True)]


def _means(kind: str, thinned: Thinned) -> Means:
    powers = thinned.probabilities.unsqueeze(1)
    geometric = (thinned.outputs.log() * powers).sum(0).softmax(0)
    return Means(kind, thinned.mean(), geometric, thinned.full)


def explore_thinned() -> altair.FacetChart:
    """Draw the predictions of all thinned networks for one example, with a slider for p.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    slider = alt.binding_range(min=0.1, max=0.9, step=0.1, name="p ")
    chosen = alt.param("dropped_share", value=0.5, bind=slider)
    scale = alt.Scale(domain=[0, 1])
    place: dict[str, Any] = {
        "x": alt.X("x:Q", scale=scale, title="probability of class 1"),
        "y": alt.Y("y:Q", scale=scale, title="probability of class 2"),
    }
    base = alt.Chart(alt.InlineData(values=_rows())).transform_filter(
        "datum.k == round(10 * dropped_share)"
    )
    colors = [COLORS[name] for name in ("sky", "orange", "purple", "ink")]
    dots = base.transform_filter("datum.size > 0").mark_point(strokeWidth=1.5)
    dots = dots.encode(
        **place,
        size=alt.Size("size:Q", scale=None),
        shape=alt.Shape(
            "mark:N",
            scale=alt.Scale(domain=list(_MARKS), range=list(_SHAPES)),
            legend=alt.Legend(title=None, orient="bottom", columns=2),
        ),
        color=alt.Color("mark:N", scale=alt.Scale(domain=list(_MARKS), range=colors)),
    )
    words = base.transform_filter("datum.size == 0").mark_text(align="right", fontSize=12)
    words = words.encode(x=alt.datum(0.99), y="y:Q", text="says:N")
    panels = alt.layer(dots, words).properties(width=260, height=230)
    facet = alt.Facet("kind:N", title=None, sort=list(KINDS))
    chart: altair.FacetChart = panels.facet(facet=facet, columns=1).add_params(chosen)
    return chart


def said(gap: float, name: str) -> str:
    """The chart's words about the distance of a mean from the full network.

    Args:
        gap: The distance.
        name: Of the mean.
    """
    return f"{name} mean off by {gap:.3f}"


@cache
def _network() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(7)
    h = 0.5 + torch.rand(UNITS, generator=generator, dtype=torch.float64)
    W, V = (
        torch.randn(n, m, generator=generator, dtype=torch.float64)
        for n, m in ((UNITS, 3), (UNITS, 6))
    )
    U = torch.randn(6, 3, generator=generator, dtype=torch.float64)
    return h, W, V, U


def _thinned(p: float) -> tuple[Thinned, Thinned]:
    h, W, V, U = _network()
    nets: list[Callable[[Tensor], Tensor]] = [
        lambda units: (units @ W).softmax(1),
        lambda units: ((units @ V).relu() @ U / 2).softmax(1),
    ]
    first, second = (thinned_outputs(net, h, p) for net in nets)
    return first, second


def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for k, p in enumerate(CHOICES, start=1):
        for means, thinned in zip(thinned_means(p), _thinned(p), strict=True):
            here = {"k": k, "kind": means.kind}
            dots = zip(thinned.outputs.tolist(), thinned.probabilities.tolist(), strict=True)
            for (x, y, _), share in dots:
                place = {"x": round(x, 3), "y": round(y, 3), "size": round(8 + 400 * share, 1)}
                rows.append({**here, "mark": _MARKS[0], **place})
            trio = (means.arithmetic, means.geometric, means.full)
            for mark, (x, y, _), size in zip(
                _MARKS[1:], (each.tolist() for each in trio), (90, 90, 220), strict=True
            ):
                rows.append(
                    {**here, "mark": mark, "x": round(x, 3), "y": round(y, 3), "size": size}
                )
            for name, gap, y in zip(
                ("arithmetic", "geometric"), means.gaps(), (0.97, 0.89), strict=True
            ):
                rows.append({**here, "size": 0, "y": y, "says": said(gap, name)})
    return rows
