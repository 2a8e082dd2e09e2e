"""What bounds the speed of a matrix product: arithmetic or memory (D2L 5.2, exercise 7).

The model is the roofline of Williams, Waterman and Patterson (2009): a processor does at most
`peak` operations a second, and its memory brings at most `bandwidth` bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from d2l_utils.border import Count, Positive, checked

if TYPE_CHECKING:
    import altair

WIDTH = 1024
BATCHES = tuple(2**k for k in range(11))
PEAK, BANDWIDTH = 100, 20  # GFLOP/s and GB/s, where the sliders begin
LOWEST, HIGHEST = 0.25, 512  # FLOPs per byte, the ends of the chart's axis
_SAYS = {
    9000: "'memory bounds ' + datum.bound + ' of 11 batch sizes'",
    4500: "'one example reaches ' + "
    "format(min(1, datum.least * roof_bandwidth / roof_peak), '.0%') + ' of the peak'",
}
"""Two lines of words, by their height."""


@dataclass(frozen=True)
class Product:
    """One product under a roofline.

    Attributes:
        batch: Rows of the left factor.
        intensity: FLOPs per byte.
        speed: The most GFLOP/s that the model allows.
        bound: What limits it.
    """

    batch: int
    intensity: float
    speed: float
    bound: str


@checked
def product_intensity(m: Count, k: Count, n: Count, dtype: torch.dtype = torch.float32) -> float:
    """Divide the operations of a product by the bytes of its three matrices.

    Args:
        m: Rows of the left factor.
        k: Its columns, and rows of the right factor.
        n: Columns of the right factor.
        dtype: Type of all entries.

    Returns:
        FLOPs per byte, each matrix crossing the bus once; no order of the work does with fewer.
    """
    return 2 * m * k * n / (dtype.itemsize * (m * k + k * n + m * n))


@checked
def roofline(peak: Positive = PEAK, bandwidth: Positive = BANDWIDTH) -> list[Product]:
    """Bound the speed of a batch times a 1024 by 1024 matrix of float32, for eleven batch sizes.

    Args:
        peak: GFLOP/s of the processor.
        bandwidth: GB/s of its memory.

    Returns:
        One product for each batch size 1, 2, 4, ..., 1024.
    """
    products = []
    for batch in BATCHES:
        intensity = product_intensity(batch, WIDTH, WIDTH)
        bound = "memory" if intensity * bandwidth < peak else "arithmetic"
        products.append(Product(batch, intensity, min(peak, intensity * bandwidth), bound))
    return products


def explore_roofline() -> altair.LayerChart:
    """Draw the roofline with a slider for each of the two numbers of a machine.

    Returns:
        An Altair chart; pass it to `d2l_utils.show` with its description.
    """
    import altair as alt

    def slider(name: str, words: str, most: int, step: int, value: int) -> alt.Parameter:
        bind = alt.binding_range(min=step, max=most, step=step, name=words)
        return alt.param(name, value=value, bind=bind)

    peak = slider("roof_peak", "peak in GFLOP/s ", 2000, 20, PEAK)
    bandwidth = slider("roof_bandwidth", "bandwidth in GB/s ", 500, 5, BANDWIDTH)
    x = alt.X("x:Q", title="FLOPs per byte (logarithmic)", scale=_log(LOWEST, HIGHEST))
    y = alt.Y("y:Q", title="GFLOP/s (logarithmic)", scale=_log(1, 16384))
    ends = alt.Chart(alt.InlineData(values=[{"at": at} for at in (LOWEST, -1.0, HIGHEST)]))
    ends = ends.transform_calculate(
        x=f"datum.at < 0 ? max({LOWEST}, roof_peak / roof_bandwidth) : datum.at",
        y="max(1, min(roof_peak, datum.x * roof_bandwidth))",
    )
    roof = ends.mark_line(strokeWidth=2).encode(x=x, y=y)
    base = alt.Chart(alt.InlineData(values=_rows())).transform_calculate(
        y="max(1, min(roof_peak, datum.x * roof_bandwidth))",
        bound="datum.x * roof_bandwidth < roof_peak ? 'memory' : 'arithmetic'",
    )
    scale = alt.Scale(domain=["memory", "arithmetic"])
    points = base.mark_point(size=80, filled=True, opacity=1).encode(
        x=x,
        y=y,
        shape=alt.Shape("bound:N", title="bounded by", scale=scale),
        color=alt.Color("bound:N", title="bounded by", scale=scale),
        tooltip=["batch:Q", alt.Tooltip("x:Q", format=".2f"), alt.Tooltip("y:Q", format=".1f")],
    )
    words = base.transform_calculate(one="datum.bound == 'memory' ? 1 : 0")
    words = words.transform_aggregate(bound="sum(one)", least="min(x)")
    lines = [
        words.transform_calculate(says=says)
        .mark_text(align="left", fontSize=12)
        .encode(x=alt.datum(LOWEST * 1.1), y=alt.datum(height), text="says:N")
        for height, says in _SAYS.items()
    ]
    chart: altair.LayerChart = alt.layer(roof, points, *lines).add_params(peak, bandwidth)
    return chart.properties(height=280)


def _log(low: float, high: float) -> altair.Scale:
    import altair as alt

    return alt.Scale(type="log", base=2, domain=[low, high], nice=False)


def _rows() -> list[dict[str, float]]:
    return [{"batch": each.batch, "x": round(each.intensity, 4)} for each in roofline()]
