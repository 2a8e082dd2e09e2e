"""A formula in one line of text: its alternative text where it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from d2l_book.export.trees import local

_BARS = {"¯": "bar", "^": "hat", "~": "tilde", "˙": "dot", "→": "vector", "―": "bar"}
_UNSEEN = str.maketrans("", "", "\u2061\u2062\u2063\u2064\u200b")


def spoken(node: Element) -> str:
    """Return a formula as text, such as ``∂J/∂W^((1))``.

    Args:
        node: A formula in MathML, or a part of one.
    """
    parts = [spoken(child) for child in node]
    write = _WRITTEN.get(local(node))
    if write is not None and len(parts) >= 2:
        return write(parts)
    own = (node.text or "").strip().translate(_UNSEEN)
    if local(node) == "mo" and own in _SPACED:
        own = f" {own} "
    if local(node) == "mtr":
        return ", ".join(parts)
    if local(node) == "mtable":
        return "[" + "; ".join(parts) + "]"
    if local(node) == "msqrt":
        return f"√({''.join(parts)})"
    return " ".join((own + "".join(parts)).split()) if parts else own


_SPACED = {"=", "+", "−", "-", "<", ">", "≤", "≥", "≠", "≈", "∈", "→", "⊙", "·", "×", "⋅", "∼"}


def _over(parts: list[str]) -> str:
    name = _BARS.get(parts[1])
    return f"{parts[0]} {name}" if name else f"{parts[0]}^{_grouped(parts[1])}"


def _grouped(part: str) -> str:
    is_grouped = part.startswith("(") and part.find(")") == len(part) - 1
    return part if len(part) <= 1 or is_grouped else f"({part})"


_WRITTEN: dict[str, Callable[[list[str]], str]] = {
    "mfrac": lambda p: f"{_grouped(p[0])}/{_grouped(p[1])}",
    "msup": lambda p: f"{p[0]}^{_grouped(p[1])}",
    "msub": lambda p: f"{p[0]}_{_grouped(p[1])}",
    "msubsup": lambda p: f"{p[0]}_{_grouped(p[1])}^{_grouped(p[2])}",
    "mover": _over,
    "munder": lambda p: f"{p[0]}_{_grouped(p[1])}",
    "munderover": lambda p: f"{p[0]}_{_grouped(p[1])}^{_grouped(p[2])}",
    "mroot": lambda p: f"root {p[1]} of {_grouped(p[0])}",
}
