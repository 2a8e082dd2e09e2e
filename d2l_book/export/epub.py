"""The book as an EPUB 3: a file for each page, with a table of contents and formulas as MathML.

An EPUB is a ZIP archive of XHTML with a list of its parts; see https://www.w3.org/TR/epub-33/. The
same book gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from xml.etree.ElementTree import Element
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from d2l_book.export.contents import Book, Branch, nested
from d2l_book.export.mathml import to_core
from d2l_book.export.read_form import Page, is_page
from d2l_book.export.spoken import spoken
from d2l_book.export.trees import MATH, SVG, Nodes, changed, element, local, xhtml

STYLES = Path(__file__).with_name("epub.css")
OPF, DC, CONTAINER = (
    "http://www.idpf.org/2007/opf",
    "http://purl.org/dc/elements/1.1/",
    "urn:oasis:names:tc:opendocument:xmlns:container",
)
EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"

ACCESS = {
    "schema:accessMode": ("textual", "visual"),
    "schema:accessModeSufficient": ("textual",),
    "schema:accessibilityFeature": (
        "alternativeText",
        "MathML",
        "readingOrder",
        "structuralNavigation",
        "tableOfContents",
    ),
    "schema:accessibilityHazard": ("none",),
    "schema:accessibilitySummary": (
        "Every figure has alternative text and is said again as a table or in words; formulas are "
        "MathML.",
    ),
}
"""What the book says about who can read it, in the words of schema.org."""


def write_epub(book: Book, pages: Sequence[Page], date: str, target: Path) -> None:
    """Write the book as an EPUB.

    Args:
        book: What it is called, and the order of its pages.
        pages: Its pages, in that order.
        date: When it last changed, as ``2026-11-25``.
        target: The file to write.
    """
    parts = {f"{slug(page.name)}.xhtml": _document(book, page) for page in pages}
    content = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": _container(),
        "EPUB/package.opf": _package(book, pages, parts, date),
        "EPUB/contents.xhtml": _contents(book, pages),
        "EPUB/book.css": STYLES.read_text(encoding="utf-8"),
        **{f"EPUB/{name}": text for name, text in parts.items()},
    }
    with ZipFile(target, "w") as archive:
        for name, text in content.items():
            info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            how = ZIP_STORED if name == "mimetype" else ZIP_DEFLATED  # which comes first
            archive.writestr(info, text.encode(), how)


def slug(name: str) -> str:
    """Return a page's name as that of a file."""
    return name.replace("/", "-")


def _document(book: Book, page: Page) -> str:
    """A page as a file of its own."""

    def own(node: Element) -> Nodes:
        target = node.get("href", "")
        if local(node) == "a" and is_page(target):
            name, sign, place = target.partition("#")
            node.set("href", f"{slug(name.removesuffix('.html'))}.xhtml{sign}{place}")
        if node.tag == f"{{{MATH}}}math":
            node.set("alttext", spoken(node))
            to_core(node)
        if node.tag == f"{{{SVG}}}svg":
            node.set("role", "img")
        return [node]

    body = element("body")
    body.append(changed(deepcopy(page.body), own))
    return _page(book, page.title, body)


def _page(book: Book, title: str, body: Element) -> str:
    head = element("head")
    head.append(element("title", title))
    head.append(element("link", rel="stylesheet", type="text/css", href="book.css"))
    root = element("html", lang=book.language)
    root.extend((head, body))
    text = xhtml(root).replace("<html ", f'<html xmlns:epub="{EPUB_TYPE[1:-5]}" ', 1)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n{text}\n'


def _contents(book: Book, pages: Sequence[Page]) -> str:
    titles = {page.name: page.title for page in pages}

    def listed(tree: list[Branch]) -> Element:
        items = element("ol")
        for branch in tree:
            item = element("li")
            item.append(element("a", titles[branch.name], href=f"{slug(branch.name)}.xhtml"))
            if branch.below:
                item.append(listed(branch.below))
            items.append(item)
        return items

    body = element("body")
    nav = element("nav", id="toc")
    nav.extend((element("h1", "Contents"), listed(nested(book.entries))))
    body.append(nav)
    return _page(book, "Contents", body).replace('<nav id="toc">', '<nav epub:type="toc" id="toc">')


def _package(book: Book, pages: Sequence[Page], parts: dict[str, str], date: str) -> str:
    digest = hashlib.sha256("".join(parts.values()).encode()).hexdigest()
    root = Element(f"{{{OPF}}}package", {"version": "3.0", "unique-identifier": "id"})
    root.set("xml:lang", book.language)
    metadata = _below(root, "metadata")
    said = {
        "identifier": f"urn:sha256:{digest}",
        "title": book.title,
        "language": book.language,
        "creator": book.author,
        "rights": "Text and figures: CC BY-SA 4.0. Code: MIT.",
        "date": date,
    }
    for name, text in said.items():
        node = Element(f"{{{DC}}}{name}", {"id": "id"} if name == "identifier" else {})
        node.text = text
        metadata.append(node)
    _below(metadata, "meta", f"{date}T00:00:00Z", property="dcterms:modified")
    for name, values in ACCESS.items():
        for value in values:
            _below(metadata, "meta", value, property=name)
    manifest, spine = _below(root, "manifest"), _below(root, "spine")
    kind = "application/xhtml+xml"
    _item(manifest, "contents", "contents.xhtml", kind, "nav")
    _item(manifest, "styles", "book.css", "text/css", "")
    for page in pages:
        name = slug(page.name)
        _item(manifest, f"p-{name}", f"{name}.xhtml", kind, " ".join(_properties(page)))
        _below(spine, "itemref", idref=f"p-{name}")
        if page is pages[0]:
            _below(spine, "itemref", idref="contents")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{xhtml(root)}\n'


def _properties(page: Page) -> Iterator[str]:
    kinds = {str(node.tag) for node in page.body.iter()}
    if f"{{{MATH}}}math" in kinds:
        yield "mathml"
    if f"{{{SVG}}}svg" in kinds:
        yield "svg"


def _item(manifest: Element, name: str, file: str, kind: str, properties: str) -> None:
    item = _below(manifest, "item", id=name, href=file)
    item.set("media-type", kind)
    if properties:
        item.set("properties", properties)


def _below(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    node = Element(f"{str(parent.tag).partition('}')[0]}}}{name}", attributes)
    node.text = text
    parent.append(node)
    return node


def _container() -> str:
    root = Element(f"{{{CONTAINER}}}container", {"version": "1.0"})
    file = _below(_below(root, "rootfiles"), "rootfile")
    file.attrib = {
        "full-path": "EPUB/package.opf",
        "media-type": "application/oebps-package+xml",
    }
    return f'<?xml version="1.0" encoding="utf-8"?>\n{xhtml(root)}\n'
