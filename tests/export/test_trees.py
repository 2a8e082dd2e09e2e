"""Pages as trees, and written as XHTML."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring, tostring

from d2l_book.export.trees import (
    HTML,
    MATH,
    SVG,
    XLINK,
    Nodes,
    add,
    changed,
    element,
    first,
    parse,
    tag,
    text_of,
    xhtml,
)

PAGE = "<p>a &amp; b<br>c<span></span></p><svg viewBox='0 0 1 1'><use xlink:href='#x'/></svg>"


def test_xhtml_is_read_as_the_same_tree_with_each_part_in_its_own_namespace() -> None:
    root = parse(PAGE)
    text = xhtml(root)
    assert tostring(fromstring(text)) == tostring(root)
    assert "<br/>" in text
    assert "<span></span>" in text  # which browsers would not take for closed
    assert f'<svg xmlns="{SVG}" viewBox="0 0 1 1"><use ' in text
    assert 'xlink:href="#x"/>' in text
    assert text.startswith(f'<html xmlns="{HTML}">')
    formula = Element(f"{{{MATH}}}math")
    assert xhtml(formula) == f'<math xmlns="{MATH}"/>'


def test_what_could_end_an_attribute_or_a_tag_is_written_otherwise() -> None:
    text = xhtml(element("p", "1 < 2 & 3", title='say "<"'))
    assert 'title="say &quot;&lt;&quot;"' in text
    assert ">1 &lt; 2 &amp; 3<" in text
    assert fromstring(text).get("title") == 'say "<"'


def test_change_may_drop_replace_and_unwrap_and_text_between_stays() -> None:
    def change(node: Element) -> Nodes:
        if node.tag == tag("b"):
            return []
        if node.tag == tag("i"):
            return [text_of(node).upper(), element("br")]
        return [node]

    body = first(parse("<p>1<b>x</b>2<i>y</i>3<u>4<b>z</b>5</u>6</p><!-- gone -->7"), "body")
    assert body is not None
    found = changed(body, change)
    assert text_of(found) == "12Y3 4 56 7".replace(" ", "")
    assert [node.tag for node in found.iter()] == [tag(n) for n in ("body", "p", "br", "u")]
    assert "1x2y3" in text_of(body)  # the tree itself is as it was


def test_text_is_added_behind_the_last_element() -> None:
    node = element("p", "a")
    for part in ("b", element("br"), "c", "d"):
        add(node, part)
    assert xhtml(node, HTML) == "<p>ab<br/>cd</p>"
    assert element("p", class_="x").get("class") == "x"
    assert XLINK.startswith("{")
