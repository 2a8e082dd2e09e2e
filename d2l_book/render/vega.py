"""Vega-Lite charts for the book: one look, a still picture, and what draws them.

A notebook stores a chart as its bare specification. For the page we add the book's look to it, draw
a still picture of its first state (until the chart is near, for print and for readers without
scripts) and compile it to Vega, so that a page needs only the smaller of the two libraries,
``static/charts/vega-runtime.js``. A live page meets new charts, which its server compiles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from d2l_utils.display import chart_width

STATIC = Path(__file__).resolve().parent / "static"

VEGA_LITE = "5.20"
STILL_WIDTH = 480
"""Width in pixels that a chart which fills its column has in its still picture, without labels."""

RESERVED = ("width", "height", "padding", "autosize", "background", "cursor")
"""Names of signals that every Vega view has."""

RUNTIME = "charts/vega-runtime.js"
"""What draws charts, below the book's static files."""

ABSENT = ("geojson", "geopath", "geopoint", "geoshape", "graticule")
"""Transforms of Vega's maps, which the runtime was made without."""

Spec = dict[str, Any]


def look() -> Spec:
    """Return the Vega-Lite configuration that all charts share, in light-theme colours."""
    from d2l_utils.display.figures import COLORS, SERIES

    ink, grid = COLORS["ink"], COLORS["grid"]
    text = {"labelColor": ink, "titleColor": ink, "labelFontSize": 12, "titleFontSize": 12}
    text["titleFontWeight"] = "normal"
    return {
        "background": "transparent",
        "font": "system-ui, 'DejaVu Sans', sans-serif",
        "axis": {"domainColor": ink, "tickColor": ink, "gridColor": grid, **text},
        "header": text,
        "legend": {"orient": "top", **text},
        "title": {"color": ink, "subtitleColor": ink, "fontSize": 14, "anchor": "start"},
        "text": {"color": ink, "fontSize": 12},
        "rule": {"color": ink},
        "mark": {"color": SERIES[0]},
        "range": {"category": list(SERIES)},
        "view": {"stroke": None},
    }


def styled(spec: Spec) -> Spec:
    """Return a copy of a specification in the book's look; what the author set wins.

    Args:
        spec: A Vega-Lite 5 specification, as a notebook may store it (`chart_width.fixed`).
    """
    result: Spec = _in_javascript(chart_width.filling(spec))
    result["config"] = _merged(look(), result.get("config", {}))
    return result


def reserved_parameters(spec: Spec) -> list[str]:
    """List the parameters whose names belong to Vega, so that the chart would not see their values.

    Args:
        spec: A Vega-Lite 5 specification.
    """
    names = [str(parameter.get("name")) for parameter in spec.get("params", [])]
    return [name for name in names if name in RESERVED]


def still(spec: Spec) -> str:
    """Draw a chart's first state as SVG whose named colours follow the page's theme.

    Args:
        spec: A specification from `styled`.

    Returns:
        The markup, starting with ``<svg``.
    """
    import vl_convert

    from d2l_utils.display.figures import themed

    svg: str = vl_convert.vegalite_to_svg(_with_number(spec), vl_version=VEGA_LITE)
    return themed(svg[svg.index("<svg") :])


def compiled(spec: Spec) -> Spec:
    """Return the Vega specification of a chart.

    Args:
        spec: A specification from `styled`.
    """
    import vl_convert

    result: Spec = vl_convert.vegalite_to_vega(spec, vl_version=VEGA_LITE)
    return result


def absent_transforms(spec: Spec) -> list[str]:
    """List the transforms that a chart uses and the runtime lacks, once each.

    Args:
        spec: A specification from `compiled`.
    """
    return sorted(set(_transforms(spec)) & set(ABSENT))


def _transforms(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        steps = part.get("transform", [])
        yield from (str(each["type"]) for each in steps if isinstance(each, dict))
        for below in part.values():
            yield from _transforms(below)
    elif isinstance(part, list):
        for below in part:
            yield from _transforms(below)


def script_data() -> dict[str, Any]:
    """Return the attributes by which ``chart.js`` learns where its library lies beside it."""
    runtime = STATIC.joinpath(RUNTIME).read_bytes()
    key = hashlib.sha256(runtime).hexdigest()[:8]  # a browser may keep what has not changed
    return {"data-vega": f"{RUNTIME}?v={key}"}


def _merged(base: Spec, top: Spec) -> Spec:
    result = dict(base)
    for key, value in top.items():
        below = result.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        result[key] = _merged(below, value) if both else value  # type: ignore[arg-type]
    return result


def _in_javascript(value: object) -> Any:
    """Copy a JSON value; integers too large for JavaScript to hold exactly become floats."""
    if isinstance(value, dict):
        return {key: _in_javascript(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_in_javascript(each) for each in value]
    return float(value) if isinstance(value, int) and abs(value) > 2**53 else value


def _with_number(spec: Spec) -> Spec:
    """Replace the width that only a page knows by a number."""
    return chart_width.with_width(spec, chart_width.FILLS, STILL_WIDTH)
