"""The width of a chart, which fills its column on a page and is a number in a notebook.

JupyterLab draws charts again whenever a cell changes its width. If the notebook is longer than the
window, a chart as wide as its cell keeps it at that for ever: it stops answering. So a notebook
stores a number, and a mark by which the book finds where the column's width belongs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FILLS = "container"
"""What Vega-Lite calls the width of what surrounds a chart."""

NOTEBOOK_WIDTH = 560
"""Width of a chart in a notebook, in pixels, without labels."""

_MARK = "d2l_fills"
_PARTS = ("layer", "concat", "hconcat", "vconcat")

Spec = dict[str, Any]


def fixed(spec: Mapping[str, Any], width: int = NOTEBOOK_WIDTH) -> Spec:
    """Return a chart for a notebook: numbers for widths, and the mark, where it fills its column.

    Args:
        spec: A Vega-Lite 5 specification.
        width: The number, in pixels.
    """
    result = with_width(spec, FILLS, width)
    if result != spec:
        result["usermeta"] = {**result.get("usermeta", {}), _MARK: width}
    return result


def filling(spec: Mapping[str, Any]) -> Spec:
    """Undo `fixed`.

    Args:
        spec: A Vega-Lite 5 specification, with or without the mark.
    """
    meta = spec.get("usermeta")
    if not isinstance(meta, Mapping) or _MARK not in meta:
        return dict(spec)
    result = with_width(spec, meta[_MARK], FILLS)
    result["usermeta"] = {key: value for key, value in meta.items() if key != _MARK}
    if not result["usermeta"]:
        del result["usermeta"]
    return result


def with_width(spec: Mapping[str, Any], old: object, new: object) -> Spec:
    """Replace one width by another, of the chart and of its parts.

    Args:
        spec: A Vega-Lite 5 specification.
        old: The width to replace.
        new: What replaces it.
    """
    result: Spec = {}
    for key, value in spec.items():
        if key == "width" and value == old:
            result[key] = new
        elif key == "spec" and isinstance(value, Mapping):
            result[key] = with_width(value, old, new)
        elif key in _PARTS and isinstance(value, list):
            result[key] = [
                with_width(each, old, new) if isinstance(each, Mapping) else each for each in value
            ]
        else:
            result[key] = value
    return result
