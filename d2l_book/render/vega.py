"""Vega-Lite charts for the book: one look, a still picture, and the script that draws them.

A notebook stores a chart as its bare specification. For the page we add the book's look to it, draw
a still picture of its first state (for print and for readers without scripts) and ship the Vega
libraries as one file, taken from the installed ``vl_convert`` so that nothing is downloaded.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

VEGA_LITE = "5.20"
STILL_WIDTH = 480
"""Width in pixels that a chart which fills its column has in its still picture, without labels."""

RESERVED = ("width", "height", "padding", "autosize", "background", "cursor")
"""Names of signals that every Vega view has."""

_REMARK = "`The compiled spec uses Vega"

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
        spec: A Vega-Lite 5 specification.
    """
    result: Spec = _in_javascript(spec)
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

    svg: str = vl_convert.vegalite_to_svg(_with_width(spec), vl_version=VEGA_LITE)
    return themed(svg[svg.index("<svg") :])


def script_name() -> str:
    """Return the file name of the Vega bundle; it changes with the version of what is inside."""
    return f"vega-{VEGA_LITE}-{version('vl-convert-python')}.js"


def write_bundle(folder: Path) -> None:
    """Write Vega, Vega-Lite and Vega-Embed as one classic script, unless it is there already.

    Args:
        folder: Where static files of the book are served from.
    """
    path = folder / script_name()
    if path.is_file():
        return
    import vl_convert

    bundle: str = vl_convert.javascript_bundle(
        "window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE
    )
    # Vega-Lite 5 compiles for Vega 5, and the bundle's Vega 6 would remark on it for every chart.
    bundle = bundle.replace(f"console.warn({_REMARK}", f"void ({_REMARK}")
    folder.mkdir(parents=True, exist_ok=True)
    # The bundle is written as a module: a function keeps its short names off the page.
    path.write_text(f'(function () {{\n"use strict";\n{bundle}\n}})();\n', encoding="utf-8")


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


def _with_width(part: Spec) -> Spec:
    """Replace the width that only a page knows by a number, at every level."""
    result: Spec = {}
    for key, value in part.items():
        if key == "width" and value == "container":
            result[key] = STILL_WIDTH
        elif isinstance(value, dict):
            result[key] = _with_width(value)
        elif key in ("layer", "concat", "hconcat", "vconcat"):
            result[key] = [_with_width(each) for each in value]
        else:
            result[key] = value
    return result
