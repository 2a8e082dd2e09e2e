"""Formulas drawn as pictures."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest

from d2l_book.export.formulas import drawn
from d2l_book.export.trees import MATH, SVG
from tests.export.sample import MATHML


def test_each_formula_gets_its_picture_with_its_text_as_title() -> None:
    other = f'<math xmlns="{MATH}" display="block"><mfrac><mi>a</mi><mi>b</mi></mfrac></math>'
    pictures = drawn([fromstring(text) for text in (MATHML, other, MATHML)])
    assert [picture.tag for picture in pictures] == [f"{{{SVG}}}svg"] * 3
    assert [picture[0].text for picture in pictures] == ["x = 1", "a/b", "x = 1"]
    assert pictures[0].get("viewBox") != pictures[1].get("viewBox")
    assert pictures[0] is not pictures[2]
    assert drawn([]) == []


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(RuntimeError, match="MathJax: expected a formula, got x"):
        drawn([fromstring(f'<p xmlns="{MATH}">x</p>')])
