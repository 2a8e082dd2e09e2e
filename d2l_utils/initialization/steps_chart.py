"""The picture of layerwise rates (D2L 5.4, exercise 4): who takes which step in a rescaled net."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from d2l_utils.border import Number, checked
from d2l_utils.display.figures import COLORS

if TYPE_CHECKING:
    import altair

RATE = 0.01
"""SGD's learning rate, and LARS's times its trust coefficient."""

LARGEST = 6
"""Of the sliders; the third layer's exponent is minus the sum of the first two."""

_SIZES = (5, 8, 6, 3)
_KINDS = ("weights", "gradient", "SGD step", "LARS step")

Power = Annotated[int, Number(at_least=-100, at_most=100)]


@dataclass(frozen=True)
class LayerSteps:
    """What a step without momentum and weight decay does to one layer.

    Attributes:
        weights: Euclidean norm of the weights.
        gradient: Norm of the loss's gradient.
        sgd: Norm of the step of gradient descent, in proportion to the weights'.
        lars: The same for layerwise rates.
    """

    weights: float
    gradient: float
    sgd: float
    lars: float


@checked
def layer_steps(first: Power, second: Power) -> list[LayerSteps]:
    """Compute norms and steps of the net that `explore_steps` shows.

    Args:
        first: The first layer's weights are multiplied by 2 to this power.
        second: The second layer's; the third's are divided by both, so that the function stays.

    Returns:
        One entry per layer; norms have four significant digits before the powers are applied.

    Raises:
        TypeError: If a power is not a whole number.
        ValueError: If it is beyond -100 to 100.
    """
    powers = (first, second, -first - second)
    found = []
    for (weights, gradient), power in zip(_norms(), powers, strict=True):
        w, g = weights * 2.0**power, gradient * 2.0**-power
        found.append(LayerSteps(w, g, RATE * g / w, RATE))
    return found


def net_and_loss() -> tuple[list[Tensor], Any]:
    """Build the net: three weight matrices with gradients, and the loss as their function."""
    generator = torch.Generator().manual_seed(0)
    X = torch.randn(20, _SIZES[0], generator=generator, dtype=torch.float64)
    y = torch.arange(20) % _SIZES[-1]
    W = [
        torch.randn(n, m, generator=generator, dtype=torch.float64) * (2 / n) ** 0.5
        for n, m in pairwise(_SIZES)
    ]

    def loss(W: list[Tensor]) -> Tensor:
        return cross_entropy(torch.relu(torch.relu(X @ W[0]) @ W[1]) @ W[2], y)

    return [w.requires_grad_() for w in W], loss


@cache
def _norms() -> list[tuple[float, float]]:
    W, loss = net_and_loss()
    gradients = torch.autograd.grad(loss(W), W)
    return [
        (float(f"{float(w.detach().norm()):.4g}"), float(f"{float(g.norm()):.4g}"))
        for w, g in zip(W, gradients, strict=True)
    ]


def explore_steps() -> altair.FacetChart:
    """Draw each layer's norms and steps, with sliders for powers of two on two layers.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    sliders = [
        alt.param(
            f"power_{place}",
            value=0,
            bind=alt.binding_range(min=-LARGEST, max=LARGEST, step=1, name=f"layer {place} "),
        )
        for place in (1, 2)
    ]
    base = alt.Chart(alt.InlineData(values=_rows())).transform_calculate(
        size="datum.base * pow(2, datum.times * (datum.layer == 'layer 1' ? power_1"
        " : datum.layer == 'layer 2' ? power_2 : -power_1 - power_2))"
    )
    scale = alt.Scale(type="log", domain=[1e-10, 1e10])
    axis = alt.Axis(values=[10.0**k for k in (-8, -4, 0, 4, 8)], format=".0e")
    place: dict[str, Any] = {
        "x": alt.X("size:Q", scale=scale, axis=axis, title="size, logarithmic"),
        "y": alt.Y("kind:N", sort=list(_KINDS), title=None),
    }
    marks = base.mark_point(size=70, filled=True, opacity=1, color=COLORS["blue"]).encode(
        **place, shape=alt.Shape("kind:N", sort=list(_KINDS), legend=None)
    )
    words = base.transform_calculate(says="format(datum.size, '.2e')")
    words = words.mark_text(align="left", dx=8, fontSize=12).encode(**place, text="says:N")
    panels = alt.layer(marks, words).properties(width=230, height=90)
    facet = alt.Facet("layer:N", title=None)
    chart: altair.FacetChart = panels.facet(facet=facet, columns=1).add_params(*sliders)
    return chart


def _rows() -> list[dict[str, Any]]:
    """Sizes at power 0, and by how many powers of two each moves per power of its layer."""
    rows = []
    for place, layer in enumerate(layer_steps(0, 0), start=1):
        sizes = (layer.weights, layer.gradient, layer.sgd, layer.lars)
        for kind, base, times in zip(_KINDS, sizes, (1, -1, -2, 0), strict=True):
            row = {"layer": f"layer {place}", "kind": kind}
            rows.append(row | {"base": float(f"{base:.6g}"), "times": times})
    return rows
