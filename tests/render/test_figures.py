"""Figures and charts on their way to the page: described, apart from each other, deterministic."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from myst_nb.core.render import MimeData

from d2l_book.render.figures import (
    CHART,
    SVG,
    FigureRenderer,
    chart_figure,
    separated,
    svg_figure,
)
from d2l_utils.display.figures import COLORS
from d2l_utils.display.svg import described

DRAWING = (
    '<svg viewBox="0 0 1 1"><style>*{stroke: red} .a, .b{fill: none}</style>'
    '<clipPath id="p"><rect id="r"/></clipPath><g clip-path="url(#p)"><use href="#r"/></g></svg>'
)
SPEC: dict[str, Any] = {
    "data": {"values": [{"a": 1, "b": "<x>"}, {"a": 2, "b": "y"}]},
    "mark": {"type": "bar", "color": COLORS["orange"]},
    "width": "container",
    "encoding": {"x": {"field": "a", "type": "quantitative"}, "y": {"field": "b"}},
}


class Log:
    """Stands for the part of MyST-NB's renderer that the plugin talks to."""

    def __init__(self) -> None:
        self.logger = self
        self.said: list[str] = []

    def warning(self, message: str, **_: object) -> None:
        self.said.append(message)


def render(
    mime: str, content: object, alt: str = "some words", cell: int = 3
) -> tuple[str, list[str]]:
    log = Log()
    data = MimeData(mime, content, {}, {mime: {"alt": alt}}, cell_index=cell, output_index=0)  # type: ignore[arg-type]
    [node] = FigureRenderer.handle_mime(log, data, False) or []  # type: ignore[arg-type]
    return node.astext(), log.said


def test_svg_stands_inline_with_its_words() -> None:
    html, said = render(SVG, DRAWING, alt='a < b & "c"')
    assert html.startswith('<figure class="d2l-figure"')
    assert 'role="img" aria-label="a &lt; b &amp; &quot;c&quot;"' in html
    assert said == []


@pytest.mark.parametrize(("mime", "content"), [(SVG, DRAWING), (CHART, SPEC)])
def test_missing_words_are_reported_with_the_cell(mime: str, content: object) -> None:
    _, said = render(mime, content, alt=" ")
    assert len(said) == 1
    assert re.search("cell 3, output 0: a figure has no alternative text", said[0])


def test_parameter_with_a_name_of_vega_is_reported() -> None:
    params = [{"name": "width", "value": 1}, {"name": "num_hiddens", "value": 2}]
    _, said = render(CHART, SPEC | {"params": params})
    assert len(said) == 1
    assert re.search("cell 3, output 0: a chart's parameter is named 'width'", said[0])


def test_other_outputs_are_left_to_myst_nb() -> None:
    data = MimeData("text/plain", "words", cell_index=0, output_index=0)
    assert FigureRenderer.handle_mime(Log(), data, False) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(("mime", "content"), [(SVG, DRAWING), (CHART, SPEC)])
def test_same_figure_twice_shares_no_id_and_is_otherwise_the_same(
    mime: str, content: object
) -> None:
    first, second = render(mime, content, cell=3)[0], render(mime, content, cell=4)[0]
    ids = [set(re.findall(r'\sid="([^"]+)"', html)) for html in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]
    assert re.sub(r"fig-\w{10}", "", first) == re.sub(r"fig-\w{10}", "", second)
    assert render(mime, content, cell=3)[0] == first


def test_references_inside_a_figure_still_meet_their_targets() -> None:
    svg = separated(DRAWING, "one")
    assert 'id="one-p"' in svg
    assert "url(#one-p)" in svg
    assert 'href="#one-r"' in svg


def test_style_rules_of_a_figure_do_not_reach_the_page() -> None:
    svg = separated(DRAWING, "one")
    assert "#one *{stroke: red}" in svg
    assert "#one .a, #one .b{fill: none}" in svg


def test_words_replace_those_the_drawing_had() -> None:
    svg = described('<svg role="graphics-document" aria-label="old" width="1"></svg>', "new")
    assert svg == '<svg role="img" aria-label="new" width="1"></svg>'


def test_text_before_the_drawing_is_dropped() -> None:
    assert "xml" not in svg_figure(f'<?xml version="1.0"?>\n{DRAWING}', "words", "one")


def test_chart_carries_its_data_unchanged_and_cannot_end_its_script_early() -> None:
    html = chart_figure(SPEC, "words", "one")
    [text] = re.findall(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    assert "<" not in text
    payload = json.loads(text)
    assert payload["spec"]["data"][0]["values"] == SPEC["data"]["values"]
    assert payload["colors"] == {value: name for name, value in COLORS.items()}


def test_chart_is_a_still_picture_until_drawn() -> None:
    html = chart_figure(SPEC, "words", "one")
    assert re.search(r'<div class="d2l-chart-live" hidden>', html)
    assert re.search(r'<div class="d2l-chart-still"><svg role="img" aria-label="words"', html)


def test_a_chart_that_is_not_a_specification_is_refused() -> None:
    with pytest.raises(TypeError, match="expected a Vega-Lite specification, got list"):
        render(CHART, [1, 2])
