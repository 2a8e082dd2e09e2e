"""Charts: their look, their still picture, and the script that draws them."""

import re
from pathlib import Path
from typing import Any

from d2l_book.render import vega
from d2l_utils.display.figures import COLORS

SPEC: dict[str, Any] = {
    "data": {"values": [{"a": 1, "b": "<x>"}, {"a": 2, "b": "y"}]},
    "mark": {"type": "bar", "color": COLORS["orange"]},
    "width": "container",
    "encoding": {"x": {"field": "a", "type": "quantitative"}, "y": {"field": "b"}},
}


def test_still_picture_follows_the_theme() -> None:
    svg = vega.still(vega.styled(SPEC))
    for name in ("ink", "grid", "orange"):
        assert f"var(--d2l-{name}, {COLORS[name]})" in svg
    assert 'fill="#000"' not in svg


def test_still_picture_has_a_width_where_the_chart_fills_its_column() -> None:
    [width] = re.findall(r'<svg[^>]* width="([\d.]+)"', vega.still(vega.styled(SPEC)))
    assert float(width) >= vega.STILL_WIDTH  # axis labels come on top


def test_integer_that_javascript_cannot_hold_becomes_a_float() -> None:
    spec = SPEC | {"data": {"values": [{"a": 2**70, "b": "x"}, {"a": 2**53, "b": "y"}]}}
    styled = vega.styled(spec)
    assert repr(styled["data"]["values"][0]["a"]) == repr(float(2**70))
    assert repr(styled["data"]["values"][1]["a"]) == repr(2**53)
    assert vega.still(styled).startswith("<svg")


def test_look_gives_way_to_the_author() -> None:
    styled = vega.styled(SPEC | {"config": {"axis": {"gridColor": "#123456"}}})
    assert styled["config"]["axis"]["gridColor"] == "#123456"
    assert styled["config"]["axis"]["labelColor"] == COLORS["ink"]
    assert "config" not in SPEC


def test_vega_is_one_classic_script_that_keeps_its_names(tmp_path: Path) -> None:
    vega.write_bundle(tmp_path)
    text = (tmp_path / vega.script_name()).read_text(encoding="utf-8")
    assert text.startswith("(function () {")
    assert "window.vegaEmbed" in text[-200:]
    assert not re.search(r"^(import|export)\b", text, re.MULTILINE)
