"""Formulas in one line of text."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest

from d2l_book.export.spoken import spoken


@pytest.mark.parametrize(
    ("mathml", "text"),
    [
        ("<mi>x</mi>", "x"),
        ("<mrow><mi>a</mi><mo>=</mo><mi>b</mi></mrow>", "a = b"),
        ("<mfrac><mi>a</mi><mn>12</mn></mfrac>", "a/(12)"),
        ("<msup><mi>W</mi><mrow><mo>(</mo><mn>1</mn><mo>)</mo></mrow></msup>", "W^(1)"),
        ("<msub><mi>b</mi><mi>i</mi></msub>", "b_i"),
        ("<msubsup><mi>b</mi><mi>i</mi><mn>2</mn></msubsup>", "b_i^2"),
        ("<mover><mi>z</mi><mo>¯</mo></mover>", "z bar"),
        ("<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover>", "∑_i^n"),
        ("<msqrt><mi>x</mi></msqrt>", "√(x)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "root 3 of x"),
        ("<mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr></mtable>", "[a, b]"),
        ("<mrow><mi>f</mi><mo>\u2061</mo><mi>x</mi></mrow>", "fx"),
    ],
)
def test_formula_is_said_in_the_order_in_which_it_is_read(mathml: str, text: str) -> None:
    assert spoken(fromstring(f"<math>{mathml}</math>")) == text
