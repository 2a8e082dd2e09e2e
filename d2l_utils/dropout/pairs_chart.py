"""The picture of two units under dropout and under DropConnect (D2L 5.6, exercise 6)."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import torch
from torch import Tensor

from d2l_utils.border import Number, checked
from d2l_utils.display.figures import COLORS
from d2l_utils.dropout.masks import all_masks

if TYPE_CHECKING:
    import altair

KINDS = ("dropout", "DropConnect")
CHOICES = tuple(k / 4 for k in range(-4, 5))
_INPUTS = torch.tensor([1.0, 0.7, 1.6], dtype=torch.float64)
_FIRST = torch.tensor([1.0, -0.9, 0.6], dtype=torch.float64)

Similarity = Annotated[float, Number(at_least=-1, at_most=1)]


@checked
def unit_correlations(similarity: Similarity) -> tuple[float, float]:
    """Compute the correlations that `explore_pairs` shows.

    Two units read the same three inputs. Over all masks, which are equally likely at p = 1/2, their
    pre-activations correlate by the cosine of the vectors w_i h_i under dropout, and by 0 if each
    weight has a mask of its own.

    Args:
        similarity: That cosine.

    Returns:
        The correlation under dropout and under DropConnect, by adding up all masks.

    Raises:
        TypeError: If `similarity` is no number.
        ValueError: If it is below -1 or above 1.
    """
    first, second = (_correlation(points) for points in _points(similarity))
    return first, second


def explore_pairs() -> altair.FacetChart:
    """Draw two units' pre-activations under every mask, with a slider for their similarity.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    slider = alt.binding_range(min=-1, max=1, step=0.25, name="similarity ")
    chosen = alt.param("similarity", value=1, bind=slider)
    scale = alt.Scale(domain=[-4, 6])
    place: dict[str, Any] = {
        "x": alt.X("x:Q", scale=scale, title="first unit"),
        "y": alt.Y("y:Q", scale=scale, title="second unit"),
    }
    base = alt.Chart(alt.InlineData(values=_rows())).transform_filter("datum.s == similarity")
    dots = base.transform_filter("!datum.says").mark_point(
        size=60, filled=True, opacity=0.7, color=COLORS["blue"]
    )
    words = base.transform_filter("!!datum.says").mark_text(align="left", fontSize=12)
    words = words.encode(x=alt.datum(-3.8), y=alt.datum(5.5), text="says:N")
    panels = alt.layer(dots.encode(**place), words).properties(width=240, height=220)
    facet = alt.Facet("kind:N", title=None, sort=list(KINDS))
    chart: altair.FacetChart = panels.facet(facet=facet, columns=1).add_params(chosen)
    return chart


def said(correlation: float) -> str:
    """The chart's words about a correlation.

    Args:
        correlation: Over all masks.
    """
    return f"correlation {round(correlation, 2) + 0.0:.2f}"


def _points(similarity: float) -> tuple[Tensor, Tensor]:
    """Pre-activations of both units under all masks at p = 1/2: shapes `(8, 2)` and `(64, 2)`."""
    terms = torch.stack([_first_terms(), _second_terms(similarity)], dim=1)
    shared = all_masks(3).unsqueeze(2).expand(-1, -1, 2)
    own = all_masks(6).reshape(-1, 3, 2)
    first, second = ((2 * masks * terms).sum(1) for masks in (shared, own))
    return first, second


def _first_terms() -> Tensor:
    return _FIRST * _INPUTS


def _second_terms(similarity: float) -> Tensor:
    """What the second unit adds up: as long as the first unit's terms, at this cosine to them."""
    first = _first_terms()
    other = torch.tensor([1.0, 1.0, -0.5], dtype=torch.float64)
    other = other - (other @ first) / (first @ first) * first
    other = other * first.norm() / other.norm()
    terms: Tensor = similarity * first + math.sqrt(max(0.0, 1 - similarity**2)) * other
    return terms


def _correlation(points: Tensor) -> float:
    off = points - points.mean(0)
    x, y = off.T
    return float(x @ y / (x.norm() * y.norm()))


@cache
def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for s in CHOICES:
        for kind, points, correlation in zip(KINDS, _points(s), unit_correlations(s), strict=True):
            here = {"s": s, "kind": kind}
            rows += [{**here, "x": round(x, 2), "y": round(y, 2)} for x, y in points.tolist()]
            rows.append({**here, "says": said(correlation)})
    return rows
