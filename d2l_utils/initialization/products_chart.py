"""The picture of products (D2L 5.4, exercise 3): a circle through random factors of two kinds."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    import altair

DEPTH = 8
KINDS = ("Gaussian", "orthogonal")
_POINTS = 48


@cache
def _products() -> tuple[list[Tensor], list[Tensor]]:
    """For each kind the products of 0, 1, ..., `DEPTH` factors, 2 by 2."""
    generator = torch.Generator().manual_seed(0)
    gaussian = [torch.eye(2, dtype=torch.float64)]
    orthogonal = [torch.eye(2, dtype=torch.float64)]
    for _ in range(DEPTH):
        W = torch.randn(2, 2, generator=generator, dtype=torch.float64)
        gaussian.append(W @ gaussian[-1])
        orthogonal.append(torch.linalg.qr(W)[0] @ orthogonal[-1])
    return gaussian, orthogonal


def condition_numbers() -> tuple[list[float], list[float]]:
    """Compute the condition numbers that `explore_products` shows.

    Returns:
        For Gaussian and for orthogonal factors those of the products of 0 to 8 factors.
    """
    gaussian, orthogonal = (
        [torch.linalg.cond(M).item() for M in products] for products in _products()
    )
    return gaussian, orthogonal


def explore_products() -> altair.FacetChart:
    """Draw a circle after several random factors, with a slider for their number.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    slider = alt.binding_range(min=0, max=DEPTH, step=1, name="depth ")
    chosen = alt.param("product_depth", value=3, bind=slider)
    scale = alt.Scale(domain=[-1.1, 1.4])
    place: dict[str, Any] = {
        "x": alt.X("x:Q", scale=scale, title=None),
        "y": alt.Y("y:Q", scale=scale, title=None),
    }
    base = alt.Chart(alt.InlineData(values=_rows())).transform_filter("datum.k == product_depth")
    outline = base.mark_line(strokeWidth=2).encode(**place, order="i:O")
    words = base.transform_filter("datum.i == 0").mark_text(align="left", fontSize=12)
    words = words.encode(x=alt.datum(-1.05), y=alt.datum(1.25), text="says:N")
    panels = alt.layer(outline, words).properties(width=200, height=200)
    facet = alt.Facet("kind:N", title=None, sort=list(KINDS))
    chart: altair.FacetChart = panels.facet(facet=facet, columns=1).add_params(chosen)
    return chart


def _rows() -> list[dict[str, Any]]:
    angles = torch.arange(_POINTS + 1, dtype=torch.float64) * (2 * math.pi / _POINTS)
    circle = torch.stack([angles.cos(), angles.sin()])
    rows = []
    for kind, products, numbers in zip(KINDS, _products(), condition_numbers(), strict=True):
        for k, (M, number) in enumerate(zip(products, numbers, strict=True)):
            outline = M @ circle / torch.linalg.matrix_norm(M, 2)
            for i, (x, y) in enumerate(outline.T.tolist()):
                row = {"kind": kind, "k": k, "i": i, "x": round(x, 3) + 0.0, "y": round(y, 3) + 0.0}
                rows.append(row | ({"says": f"condition number {number:.1f}"} if i == 0 else {}))
    return rows
