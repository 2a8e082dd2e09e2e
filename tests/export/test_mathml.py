"""MathML Core: letters of their own instead of variants, style instead of attributes."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest

from d2l_book.export.mathml import letter, to_core


@pytest.mark.parametrize(
    ("sign", "variant", "expected"),
    [
        ("W", "bold", "𝐖"),
        ("z", "bold", "𝐳"),
        ("1", "bold", "𝟏"),
        ("Σ", "bold", "𝚺"),
        ("λ", "bold", "𝛌"),
        ("R", "double-struck", "ℝ"),
        ("E", "double-struck", "𝔼"),
        ("L", "script", "ℒ"),
        ("x", "bold-italic", "𝒙"),
        ("Z", "sans-serif", "𝖹"),
        ("a", "monospace", "𝚊"),
        ("∂", "bold", "𝛛"),
        ("⊙", "bold", "⊙"),
        (" ", "bold", " "),
        ("\n", "bold", "\n"),
    ],
)
def test_unicode_has_a_letter_for_a_variant(sign: str, variant: str, expected: str) -> None:
    assert letter(sign, variant) == expected


def test_formula_says_the_same_without_what_core_lacks() -> None:
    formula = fromstring(
        '<math><mi mathvariant="bold">W</mi><mi mathvariant="normal">d</mi><mtable columnalign='
        '"right left"><mtr><mtd><mi>a</mi></mtd><mtd/><mtd/></mtr></mtable></math>'
    )
    to_core(formula)
    assert [node.text for node in formula.iter("mi")] == ["𝐖", "d", "a"]
    assert [node.get("mathvariant") for node in formula.iter("mi")] == [None, "normal", None]
    sides = [node.get("style") for node in formula.iter("mtd")]
    assert sides == [f"text-align: {side}" for side in ("right", "left", "left")]
    assert "columnalign" not in formula[2].attrib
