import json
import re
from xml.etree import ElementTree

import altair as alt
import pytest

import d2l_utils as d2l
from d2l_utils.display import figures


def picture(color: str = "blue", alt: str = "a rising line") -> figures.Picture:
    figure, axes = d2l.new_figure()
    axes.plot([0, 1, 2], [1, 2, 4], color=d2l.COLORS[color], label="y < 5")
    axes.set_xlabel("x")
    axes.legend()
    return d2l.show(figure, alt)


def test_same_figure_gives_the_same_bytes() -> None:
    assert picture().svg == picture().svg


def test_picture_is_well_formed_described_and_self_contained() -> None:
    svg = picture(alt='a "rising" line & more').svg
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'a "rising" line & more'
    assert "<style" not in svg  # a style sheet would apply to the whole page
    assert not re.findall(r'(?:href|src)="(?!#)', svg)


def test_ids_of_two_pictures_differ_and_every_reference_resolves() -> None:
    ids = []
    for shown in (picture("blue"), picture("orange")):
        defined = set(re.findall(r'\sid="([^"]+)"', shown.svg))
        used = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', shown.svg))
        assert {a or b for a, b in used} == defined
        ids.append(defined)
    assert not ids[0] & ids[1]


def test_named_colours_follow_the_theme_and_keep_their_light_value() -> None:
    svg = picture("orange").svg
    assert "var(--d2l-orange, #c25000)" in svg
    assert "var(--d2l-ink, #1a1a1a)" in svg
    assert not re.search(r"(?<!, )#(?:c25000|1a1a1a)", svg)


def test_legends_and_notes_added_later_follow_the_theme_too() -> None:
    figure, axes = d2l.new_figure()
    axes.plot([0, 1], [0, 1], label="a line")
    axes.legend()
    axes.text(0.5, 0.5, "a note")
    shown = d2l.show(figure, "a line with a note")
    assert "#000000" not in shown.svg
    assert "#ffffff" not in shown.svg
    for words in ("a line", "a note"):
        (style,) = re.findall(rf'<text style="([^"]*)"[^>]*>{words}</text>', shown.svg)
        assert "var(--d2l-ink" in style


def test_theming_moves_attributes_into_one_style() -> None:
    svg = '<svg><rect fill="#1a1a1a" stroke="#fffffe" style="opacity: 1" x="1"/></svg>'
    tag = figures.themed(svg)
    assert tag.count("style=") == 1
    assert 'x="1"' in tag
    assert "fill: var(--d2l-ink, #1a1a1a)" in tag
    assert "opacity: 1" in tag
    ElementTree.fromstring(tag)


def test_bundle_carries_the_alternative_text() -> None:
    data, metadata = picture(alt="a line")._repr_mimebundle_()
    assert set(data) == {"image/svg+xml", "text/plain"}
    assert data["text/plain"] == "a line"
    assert metadata == {"image/svg+xml": {"alt": "a line"}}


def test_chart_is_stored_as_its_specification() -> None:
    def build() -> figures.Chart:
        values = alt.Data(values=[{"x": 1, "y": 2}])
        chart = alt.Chart(values).mark_point().encode(x="x:Q", y="y:Q")
        return d2l.show(chart, "one point")

    data, metadata = build()._repr_mimebundle_()
    assert data["text/plain"] == "one point"
    assert data[figures.Chart.MIME]["description"] == "one point"
    assert metadata == {figures.Chart.MIME: {"alt": "one point"}}
    assert json.dumps(data) == json.dumps(build()._repr_mimebundle_()[0])


@pytest.mark.parametrize("alt_text", ["", "  "])
def test_alternative_text_is_required(alt_text: str) -> None:
    figure, _ = d2l.new_figure()
    with pytest.raises(ValueError, match="alt: expected a description"):
        d2l.show(figure, alt_text)


def test_other_objects_are_refused() -> None:
    with pytest.raises(TypeError, match="expected a matplotlib Figure or an Altair chart, got int"):
        d2l.show(3, "three")  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="alt: expected a string, got 3"):
        d2l.show(d2l.new_figure()[0], 3)  # type: ignore[call-overload]


def test_menu_is_a_native_one_with_its_label_and_first_value() -> None:
    values = alt.Data(values=[{"n": 3}, {"n": 4}])
    chart = alt.Chart(values).mark_point().encode(x="n:Q").transform_filter("datum.n == chosen")
    spec = d2l.show(chart.add_params(figures.menu("chosen", "size n ", (3, 4), 4)), "a point").spec
    (param,) = spec["params"]
    assert (param["name"], param["value"]) == ("chosen", 4)
    assert param["bind"] == {"input": "select", "options": [3, 4], "name": "size n "}


def test_text_on_fills_does_not_follow_the_theme() -> None:
    style = f"fill: {figures.TEXT_ON_FILL}"
    assert figures.themed(f'<text style="{style}">') == f'<text style="{style}">'


def test_colours_are_distinct_so_that_each_maps_to_one_name() -> None:
    assert len(set(d2l.COLORS.values())) == len(d2l.COLORS)
    assert all(re.fullmatch(r"#[0-9a-f]{6}", value) for value in d2l.COLORS.values())
