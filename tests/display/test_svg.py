from xml.etree import ElementTree

import pytest

from d2l_utils.display.svg import described, standalone

SVG = """<?xml version="1.0"?>
<svg width="9" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
<!-- made by a layout engine -->
 <metadata><creator>a program</creator></metadata>
 <defs>
  <style type="text/css">*{stroke-linejoin: round}</style>
 </defs>
<g id="unused"><title>n0</title><defs><path id="mark" d="M 0 0"/><clipPath id="clip"/></defs>
<use xlink:href="#mark" clip-path="url(#clip)"/></g></svg>"""


def test_what_would_reach_beyond_the_picture_is_removed() -> None:
    svg = standalone(SVG)
    ElementTree.fromstring(svg)
    assert not [word for word in ("<style", "<!--", "<metadata", "<title", "unused") if word in svg]
    assert svg.startswith("<svg")


def test_ids_in_use_are_kept_apart_by_the_content() -> None:
    svg, other = standalone(SVG), standalone(SVG.replace("M 0 0", "M 0 1"))
    assert svg == standalone(SVG)
    root = ElementTree.fromstring(svg)
    ids = {str(tag.get("id")) for tag in root.iter() if tag.get("id")}
    assert {name.partition("-")[2] for name in ids} == {"mark", "clip"}
    assert all(f'href="#{name}"' in svg or f"url(#{name})" in svg for name in ids)
    assert not any(name in other for name in ids)


@pytest.mark.parametrize("alt", ["a line", 'a "rising" line & <more>', "it's"])
def test_name_is_read_back_as_it_was_given(alt: str) -> None:
    root = ElementTree.fromstring(described(standalone(SVG), alt))
    assert (root.get("role"), root.get("aria-label")) == ("img", alt)
