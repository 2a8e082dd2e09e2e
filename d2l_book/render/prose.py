"""What a page says in words, section by section: the text that the search looks through.

Code, what it printed, figures, and what an overview quotes of other pages are left out; a formula
in a line is read as plain text where that is short, and otherwise an ellipsis.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from docutils import nodes

_LEFT_OUT = (
    nodes.literal_block,
    nodes.math_block,
    nodes.image,
    nodes.comment,
    nodes.Invisible,
    nodes.title,
    nodes.section,
)
_LEFT_OUT_CLASSES = {"cell", "cell_output", "d2l-exercises", "d2l-excerpt", "d2l-proof"}
_DRAWN = re.compile(r"<(script|style|svg)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]+>")

_SIGNS = {
    "partial": "∂",
    "nabla": "∇",
    "times": "×",
    "cdot": "·",
    "odot": "⊙",
    "le": "≤",
    "leq": "≤",
    "ge": "≥",
    "geq": "≥",
    "ne": "≠",
    "neq": "≠",
    "approx": "≈",
    "in": "∈",
    "to": "→",
    "top": "ᵀ",
    "infty": "∞",
    "sum": "Σ",
    "prod": "Π",
    "ell": "l",
    "dots": "…",
    "ldots": "…",
    "cdots": "…",
    "|": "‖",
    "prime": "′",
    "langle": "⟨",
    "rangle": "⟩",
}
_FONT = re.compile(
    r"\\(?:math(?:bf|rm|bb|cal|sf|it|tt|frak)|text(?:bf|it|rm|tt)?|operatorname\*?|boldsymbol|bm)"
    r"\s*\{([^{}]*)\}"
)
_FRACTION = re.compile(r"\\[dt]?frac\s*(?:\{([^{}]*)\}|(\w))\s*(?:\{([^{}]*)\}|(\w))")
_RAISED = re.compile(r"[_^]\s*\{([^{}]*)\}")
_SPACE = re.compile(r"\\(?:[,;:!> ]|quad|qquad|left|right|[bB]igg?[lr]?)(?![a-z])")
_COMMAND = re.compile(r"\\([A-Za-z]+|\|)")
_FUNCTIONS = {"arg", "cos", "det", "diag", "exp", "lim", "ln", "log", "max", "min", "sin", "tanh"}
_LIMIT = 40


@dataclass
class Section:
    """A section's own text, without the sections below it.

    Attributes:
        anchor: The id of its heading, empty at the top of a page.
        heading: Its heading.
        text: Its words, one paragraph after the other.
    """

    anchor: str
    heading: str
    text: str


def sections(document: nodes.document) -> list[Section]:
    """Return the sections of a page, in reading order; the first one begins with its title.

    Args:
        document: The page, as read.
    """
    found = [
        Section(
            section["ids"][0] if section["ids"] else "",
            _line(section.next_node(nodes.title) or nodes.title()),
            " ".join(_paragraphs(section)),
        )
        for section in document.findall(nodes.section)
    ]
    if found:
        found[0].anchor = ""
    return found


def plain_math(tex: str) -> str:
    r"""Return a short formula as plain text, and an ellipsis for a long one.

    Args:
        tex: The formula, such as ``\frac{1}{2} \mathbf{X}^\top``.
    """
    text = _SPACE.sub(" ", tex)
    was = ""
    while was != text:
        was, text = text, _FRACTION.sub(_over, _RAISED.sub(r"\1", _FONT.sub(r"\1", text)))
    text = _COMMAND.sub(lambda command: _spoken(command[1]), text)
    text = re.sub(r"[_^{}]|\\", "", text).replace("~", " ")
    text = " ".join(text.split())
    return text if len(text) <= _LIMIT else "…"


def _over(fraction: re.Match[str]) -> str:
    return f"{fraction[1] or fraction[2]}/{fraction[3] or fraction[4]}"


def _spoken(command: str) -> str:
    """Return what a command stands for; one that only arranges its surroundings is dropped."""
    return _SIGNS.get(command) or _greek(command) or (command if command in _FUNCTIONS else "")


def _greek(command: str) -> str:
    """Return the Greek letter that a command such as ``varphi`` or ``Lambda`` names, if any."""
    size = "CAPITAL" if command[0].isupper() else "SMALL"
    name = command.removeprefix("var").upper().replace("LAMBDA", "LAMDA")
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {name}")
    except KeyError:
        return ""


def _paragraphs(node: nodes.Element) -> Iterator[str]:
    for child in node.children:
        if _skipped(child):
            continue
        if isinstance(child, nodes.raw):
            yield from _raw(child)
        elif isinstance(child, nodes.TextElement):
            if line := _line(child):
                yield line
        elif isinstance(child, nodes.Element):
            yield from _paragraphs(child)


def _line(node: nodes.Element) -> str:
    # What is left out may leave a gap before a comma, or nothing between parentheses.
    text = " ".join("".join(_inline(node)).split())
    return re.sub(r" \( ?\)(?!\w)| (?=[,.;:?!])", "", text)


def _inline(node: nodes.Element) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, nodes.Text):
            yield child.astext()
        elif isinstance(child, nodes.math):
            yield plain_math(child.astext())
        elif isinstance(child, nodes.raw):
            yield from _raw(child)
        elif isinstance(child, nodes.Element) and not _skipped(child):
            yield from _inline(child)


def _raw(node: nodes.raw) -> Iterator[str]:
    text = unescape(_TAG.sub("", _DRAWN.sub("", node.astext()))).strip()
    if text and node.get("format") == "html":
        yield text


def _skipped(node: nodes.Node) -> bool:
    if not isinstance(node, nodes.Element):
        return False
    # A citation is still a key here, which says nothing to a reader.
    return (
        isinstance(node, _LEFT_OUT)
        or bool(_LEFT_OUT_CLASSES & set(node.get("classes", [])))
        or (node.get("refdomain") == "cite")
    )
