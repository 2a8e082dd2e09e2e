"""A built page as it is read without code: what remains of it on paper and in electronic books.

Everything folded is open. A cell is the line that says what it proved, and what it shows; the code
that is itself the lesson stays. Charts are their still pictures, the worked example is its table.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from d2l_book.export.trees import (
    MATH,
    SVG,
    Nodes,
    changed,
    classes,
    element,
    first,
    local,
    parse,
    tag,
    text_of,
)

DROPPED = {
    "above-input",
    "cell_input",
    "d2l-chart-live",
    "d2l-checks",
    "d2l-copy",
    "d2l-fold-bare",
    "d2l-links",
    "d2l-said",
    "d2l-ways",
    "headerlink",
    "toctree-wrapper",
}
"""Classes of what serves the screen only, or is code."""

SHOWN = "tag_show-input"
_SCRIPTED = {"script", "style", "template", "form", "button", "input", "select"}
_KEPT_ATTRIBUTES = {"id", "class", "href", "src", "alt", "scope", "colspan", "rowspan", "start"}
_KEPT_ATTRIBUTES |= {"style", "lang", "cite", "title", "role"}
_PAINT = re.compile(r"var\(--[\w-]+, *(#[0-9a-fA-F]{3,6})\)")


@dataclass(frozen=True)
class Page:
    """A page in this form.

    Attributes:
        name: Its name in the book, without ending.
        title: What it is called.
        body: An element ``section`` of HTML. Addresses of other pages of the book begin with the
            page's name: ``chapters/x.html#place``.
        places: The ids in it.
    """

    name: str
    title: str
    body: Element
    places: frozenset[str]


def read_pages(html: Path, names: Collection[str]) -> list[Page]:
    """Read pages of a built book.

    Args:
        html: The folder of the built pages.
        names: The pages, without ending; links to others are no links any more.

    Raises:
        FileNotFoundError: If a page was not built.
    """
    pages = [read_page((html / f"{name}.html").read_text(encoding="utf-8"), name) for name in names]
    places = {page.name: page.places for page in pages}
    return [
        Page(page.name, page.title, changed(page.body, _linked(page.name, places)), page.places)
        for page in pages
    ]


def read_page(html: str, name: str) -> Page:
    """Read one page; its links are as they were.

    Args:
        html: The page.
        name: Its name in the book.

    Raises:
        ValueError: If it has no article.
    """
    article = first(parse(html), "article")
    if article is None:
        raise ValueError(f"{name}: expected a page with an article, got one without")
    body = changed(article, _read)
    body.tag, body.attrib = tag("section"), {}
    heading = first(body, "h1")
    title = text_of(heading) if heading is not None else name
    places = frozenset(node.get("id", "") for node in body.iter()) - {""}
    return Page(name, title, body, places)


def _read(node: Element) -> Nodes:
    """Say what comes in the place of an element."""
    name, own = local(node), classes(node)
    if "d2l-fold" in own and "d2l-fold-bare" not in own:
        return [_proved(node)]
    if (own & DROPPED and not own & {SHOWN}) or name in _SCRIPTED:
        return []
    if name == "mjx-container":
        return [_formula(node)]
    if str(node.tag).startswith(f"{{{SVG}}}"):
        return [_picture(node)]
    if SHOWN in own:
        return [_with_code(node)]
    if "data-d2l-stepper" in node.attrib:
        return [changed(child, _read) for child in node if local(child) == "table"]
    if name == "details":
        return [_opened(node)]
    node.attrib = {key: value for key, value in node.items() if key in _KEPT_ATTRIBUTES}
    return [node]


def _proved(line: Element) -> Element:
    """The line of a cell's checks, as a paragraph."""
    parts = [text_of(part) for part in line if "d2l-fold-code" not in classes(part)]
    return element("p", " ".join(parts), class_="d2l-proved")


def _opened(fold: Element) -> Element:
    """A fold as a box with its line as a title."""
    opened = changed(fold, lambda node: [] if local(node) == "summary" else _read(node))
    summary = next((child for child in fold if local(child) == "summary"), None)
    title = text_of(summary) if summary is not None else ""
    box = element("div", class_="d2l-opened")
    if "id" in fold.attrib:
        box.set("id", fold.attrib["id"])
    box.append(element("p", title, class_="d2l-opened-title"))
    box[-1].tail = opened.text
    box.extend(opened)
    return box


def _with_code(cell: Element) -> Element:
    """A cell whose code is what there is to read."""

    def read(node: Element) -> Nodes:
        return [node] if "cell_input" in classes(node) else _read(node)

    copy = changed(cell, read)
    copy.attrib = {key: value for key, value in cell.items() if key in ("id", "class")}
    return copy


def _formula(container: Element) -> Element:
    """The MathML that MathJax put beside its drawing, or an error."""
    found = next((node for node in container.iter() if local(node) == "math"), None)
    if found is None:
        raise ValueError("a formula: expected MathML beside it, got none")
    return _in_namespace(found, MATH)


def _in_namespace(node: Element, namespace: str) -> Element:
    attributes = {
        key: value for key, value in node.items() if not key.startswith(("data-", "{", "xmlns"))
    }
    copy = Element(f"{{{namespace}}}{local(node)}", attributes)
    copy.text, copy.tail = node.text, None
    for child in node:
        if isinstance(child.tag, str):
            below = _in_namespace(child, namespace)
            below.tail = child.tail
            copy.append(below)
    return copy


def _picture(svg: Element) -> Element:
    """A picture in the colours of paper, with its words where all readers look for them."""
    copy = changed(svg, lambda node: [node])
    for node in copy.iter():
        for key, value in node.items():
            node.set(key, _PAINT.sub(r"\1", value))
        if node.text and local(node) == "style":
            node.text = _PAINT.sub(r"\1", node.text)
    words = svg.get("aria-label", "")
    if words and copy.find(f"{{{SVG}}}title") is None:
        title = Element(f"{{{SVG}}}title")
        title.text = words
        copy.insert(0, title)
    return copy


def _linked(name: str, places: dict[str, frozenset[str]]) -> Callable[[Element], Nodes]:
    """Return a change that gives links in a page the form that `Page` describes."""

    def link(node: Element) -> Nodes:
        if local(node) != "a" or "href" not in node.attrib:
            return [node]
        target = node.attrib.pop("href")
        parts = urlsplit(target)
        if parts.scheme:
            node.set("href", target)
            return [node]
        folder = posixpath.dirname(name)
        path = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
        page = name if not parts.path else path.removesuffix(".html")
        if page in places:
            place = parts.fragment if parts.fragment in places[page] else ""
            node.set("href", f"{page}.html" + (f"#{place}" if place else ""))
        else:
            node.tag = tag("span")
        return [node]

    return link


def is_page(address: str) -> bool:
    """Return whether an address in a `Page` is that of a page of the book."""
    return not urlsplit(address).scheme and address.partition("#")[0].endswith(".html")
