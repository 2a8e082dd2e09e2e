"""MathML as readers of electronic books draw it: MathML Core.

Core knows neither ``mathvariant``, for which Unicode has letters of their own, nor the alignment of
columns by attributes, for which it has style; see https://www.w3.org/TR/mathml-core/.
"""

from __future__ import annotations

import unicodedata
from itertools import chain, repeat
from xml.etree.ElementTree import Element

from d2l_book.export.trees import local


def to_core(formula: Element) -> None:
    """Change a formula, in place, to MathML Core.

    Args:
        formula: An element of MathML.
    """
    for node in formula.iter():
        variant = node.get("mathvariant", "normal")
        if variant != "normal":  # the one value that Core has
            del node.attrib["mathvariant"]
            node.text = "".join(letter(sign, variant) for sign in node.text or "")
        if local(node) == "mtable":
            _align(node)


def letter(sign: str, variant: str) -> str:
    """Return a letter or digit in a variant such as ``bold`` or ``double-struck``.

    Args:
        sign: One character; one without such a variant stays as it is.
        variant: A value of MathML's attribute ``mathvariant``.
    """
    try:
        name = unicodedata.name(sign)
    except ValueError:
        return sign
    kind = variant.upper().replace("BOLD-", "BOLD ").replace("-ITALIC", " ITALIC")
    for word in ("LATIN ", "GREEK ", "LETTER "):
        name = name.replace(word, "")
    for whole in (f"MATHEMATICAL {kind} {name}", f"{kind} {name}"):
        try:
            return unicodedata.lookup(whole)
        except KeyError:
            continue
    return sign


def _align(table: Element) -> None:
    """Say by style how the columns of a table are aligned."""
    asked = table.attrib.pop("columnalign", "").split()
    if asked:
        for row in table:
            columns = chain(asked, repeat(asked[-1]))
            for cell, side in zip(row, columns, strict=False):
                cell.set("style", f"text-align: {side}")
