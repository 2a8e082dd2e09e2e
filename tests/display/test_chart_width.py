"""A chart has a number for its width in a notebook, and its column's on a page."""

import json
from typing import Any

import altair as alt
import pytest

import d2l_utils as d2l
from d2l_utils.display import chart_width
from tests.pages.contents import ROOT

FILLED: dict[str, Any] = {"mark": "bar", "width": "container", "height": 300}
PANELS: dict[str, Any] = {
    "vconcat": [FILLED, {"layer": [{"mark": "line"}], "width": "container"}, {"width": 90}],
    "usermeta": {"other": 1},
}
FACETS: dict[str, Any] = {"facet": {"field": "a"}, "spec": FILLED}


@pytest.mark.parametrize("spec", [FILLED, PANELS, FACETS], ids=["one", "panels", "facets"])
def test_width_of_the_column_comes_back_on_a_page(spec: dict[str, Any]) -> None:
    stored = chart_width.fixed(spec)
    assert '"container"' not in json.dumps(stored)
    assert chart_width.filling(json.loads(json.dumps(stored))) == spec


def test_chart_with_widths_of_its_own_stays_as_it_is() -> None:
    spec = {"mark": "bar", "width": chart_width.NOTEBOOK_WIDTH}
    assert chart_width.fixed(spec) == spec
    assert chart_width.filling(spec) == spec


def test_data_named_like_a_width_are_data() -> None:
    spec = FILLED | {"data": {"values": [{"width": "container"}]}}
    assert chart_width.fixed(spec)["data"] == spec["data"]


def test_displayed_chart_holds_a_number() -> None:
    chart = alt.Chart(alt.Data(values=[{"a": 1}])).mark_bar().properties(width="container")
    data, _ = d2l.show(chart, "a bar")._repr_mimebundle_()
    assert data["application/vnd.vegalite.v5+json"]["width"] == chart_width.NOTEBOOK_WIDTH


def test_no_notebook_stores_a_width_that_stops_jupyterlab() -> None:
    notebooks = sorted(ROOT.glob("chapters/**/[!.]*/*.ipynb"))
    assert len(notebooks) > 20
    texts = {path.name: path.read_text(encoding="utf-8") for path in notebooks}
    assert [name for name, text in texts.items() if '"width": "container"' in text] == []
