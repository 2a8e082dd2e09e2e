"""HTML as a list of elements, read by a parser; what it cannot read as a browser would is named."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

_LOOKS_LIKE_A_TAG = re.compile(r"<[a-zA-Z/!?][^\n]{0,20}")
_PLAIN_COMMENT = re.compile(r"\s[^<>]*\s|\s*")
_NAMELESS = "\ufffc"  # stands for an entity while the text is judged


@dataclass
class Element:
    """One element's start.

    Attributes:
        tag: Its name, in small letters.
        attributes: Names in small letters and decoded values, as often as they stand there.
        text: What a script or a style sheet contains; empty for all others.
    """

    tag: str
    attributes: list[tuple[str, str]]
    text: str = ""

    def get(self, name: str) -> str:
        """Return the value of an attribute, empty without it; the first one counts.

        Args:
            name: Its name, in small letters.
        """
        return next((value for key, value in self.attributes if key == name), "")


@dataclass
class Markup:
    """What a page or a part of it consists of.

    Attributes:
        elements: In their order.
        text: What readers see, decoded.
        odd: What a browser may read in another way than this program.
    """

    elements: list[Element] = field(default_factory=list)
    text: str = ""
    odd: list[str] = field(default_factory=list)


def read_markup(html: str) -> Markup:
    """Read HTML.

    Args:
        html: A page or a part of it.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.markup.odd += _LOOKS_LIKE_A_TAG.findall("".join(reader.raw))
    reader.markup.text = "".join(reader.seen)
    return reader.markup


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)  # to tell "&lt;b" from a tag that was not read
        self.markup = Markup()
        self.raw: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        decoded = [(name, value or "") for name, value in attrs]
        self.markup.elements.append(Element(tag, decoded))
        self.raw.append(_NAMELESS)
        self.seen.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.raw.append(_NAMELESS)
        self.seen.append(" ")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is not None:
            self.markup.elements[-1].text += data
        else:
            self.raw.append(data)
            self.seen.append(data)

    def handle_entityref(self, name: str) -> None:
        self.raw.append(_NAMELESS)
        self.seen.append(unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self.raw.append(_NAMELESS)
        self.seen.append(unescape(f"&#{name};"))

    def handle_comment(self, data: str) -> None:
        if not _PLAIN_COMMENT.fullmatch(data):
            self.markup.odd.append(f"<!--{data[:20]}")

    def handle_decl(self, decl: str) -> None:
        if decl.lower() != "doctype html":
            self.markup.odd.append(f"<!{decl[:20]}")

    def unknown_decl(self, data: str) -> None:
        self.markup.odd.append(f"<![{data[:20]}")

    def handle_pi(self, data: str) -> None:
        if not data.startswith("xml "):
            self.markup.odd.append(f"<?{data[:20]}")
