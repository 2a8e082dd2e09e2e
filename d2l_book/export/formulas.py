"""Formulas as pictures, for what cannot lay out MathML: drawn by the MathJax that the book uses."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

from d2l_book.export.spoken import spoken
from d2l_book.export.trees import SVG, xhtml
from d2l_book.render.mathematics import mathjax_folder, node

SCRIPT = Path(__file__).with_name("formulas.js")


def drawn(formulas: Iterable[Element]) -> list[Element]:
    """Return a picture of each formula, with its text as title.

    Args:
        formulas: Elements ``math`` of MathML.

    Raises:
        RuntimeError: If MathJax cannot draw one.
    """
    formulas = list(formulas)
    asked = [
        json.dumps({"mathml": xhtml(each), "display": each.get("display") == "block"})
        for each in formulas
    ]
    known = {line: number for number, line in enumerate(dict.fromkeys(asked))}
    done = subprocess.run(
        [str(node()), str(SCRIPT), str(mathjax_folder())],
        input="".join(f"{line}\n" for line in known),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(known):
        raise RuntimeError(f"MathJax: expected {len(known)} pictures, got {len(answers)}")
    return [
        _picture(answers[known[line]], formula)
        for line, formula in zip(asked, formulas, strict=True)
    ]


def _picture(answer: dict[str, str], formula: Element) -> Element:
    if "error" in answer:
        raise RuntimeError(f"MathJax: expected a formula, got {spoken(formula)}: {answer['error']}")
    picture = fromstring(answer["svg"])
    title = Element(f"{{{SVG}}}title")
    title.text = spoken(formula)
    picture.insert(0, title)
    return picture
