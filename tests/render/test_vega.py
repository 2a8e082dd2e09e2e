"""Charts: their look, their still picture, and the script that draws them."""

import hashlib
import json
import re
from typing import Any

from d2l_book.render import vega
from d2l_utils.display.figures import COLORS
from tests.pages.contents import ROOT

CHARTS = vega.STATIC / "charts"
TOOL = ROOT / "tools" / "chart_library"

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


def test_chart_is_compiled_for_the_runtime() -> None:
    compiled = vega.compiled(vega.styled(SPEC))
    assert "vega/v" in compiled["$schema"]
    assert "containerSize" in next(s for s in compiled["signals"] if s["name"] == "width")["init"]
    assert compiled == vega.compiled(vega.styled(SPEC))
    assert vega.absent_transforms(compiled) == []


def test_transform_that_the_runtime_lacks_is_noticed() -> None:
    world = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [0, 0]}}
    spec = {"data": {"values": [world]}, "mark": "geoshape", "projection": {"type": "mercator"}}
    assert vega.absent_transforms(vega.compiled(vega.styled(spec))) == ["geoshape"]


def classic(text: str) -> bool:
    """Whether a script may be loaded without being a module."""
    return not re.search(r"^(import|export)\b", text, re.MULTILINE)


def test_the_runtime_is_the_one_that_is_documented() -> None:
    readme = (CHARTS / "README.md").read_text(encoding="utf-8")
    [[name, expected]] = re.findall(r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$", readme, re.MULTILINE)
    runtime = CHARTS / name
    assert runtime == vega.STATIC / vega.RUNTIME
    assert hashlib.sha256(runtime.read_bytes()).hexdigest() == expected
    assert classic(runtime.read_text(encoding="utf-8"))
    command = re.search(r"^    npm --prefix (\S+) run (\w+)$", readme, re.MULTILINE)
    assert command is not None
    assert command[2] in json.loads((ROOT / command[1] / "package.json").read_text())["scripts"]


def test_every_package_in_the_runtime_comes_with_its_terms() -> None:
    text = (CHARTS / "LICENSES.txt").read_text(encoding="utf-8")
    terms = set(re.findall(r"^(\S+) (\d[\d.]+) \([\w-]+\)$", text, re.MULTILINE))
    lock = json.loads((TOOL / "package-lock.json").read_text())["packages"]
    locked = {(path.split("node_modules/")[-1], each.get("version")) for path, each in lock.items()}
    assert len(terms) > 30
    assert terms <= locked
    assert {"vega-view", "vega-parser", "vega-interpreter", "vega-tooltip"} <= dict(terms).keys()
    # One that stands inside of another package, in a version of its own, has its own terms.
    inside = [
        path for path in lock if path.startswith("node_modules/vega-selections/node_modules/")
    ]
    for path in inside:
        assert (path.split("node_modules/")[-1], lock[path]["version"]) in terms
    assert len(inside) == 1
    assert "Copyright (c) 2015-2023, University of Washington Interactive Data Lab" in text


def test_versions_are_exact_and_no_host_is_named() -> None:
    wanted = json.loads((TOOL / "package.json").read_text())["devDependencies"]
    assert [v for v in wanted.values() if not re.fullmatch(r"\d+\.\d+\.\d+", v)] == []
    assert '"resolved"' not in (TOOL / "package-lock.json").read_text()
