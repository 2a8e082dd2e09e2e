"""The book as one tagged PDF: pages in order, contents, bookmarks, links, formulas drawn."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from xml.etree.ElementTree import Element

from d2l_book.export.contents import Book, Branch, nested
from d2l_book.export.formulas import drawn
from d2l_book.export.read_form import Page, is_page
from d2l_book.export.trees import MATH, Nodes, changed, element, local, tag, xhtml

STYLES = Path(__file__).with_name("pdf.css")
ADVICE = (
    "WeasyPrint: expected its system libraries (Debian: apt-get install libpango-1.0-0 "
    "libpangoft2-1.0-0 libharfbuzz-subset0), got: {}"
)


def write_pdf(book: Book, pages: Sequence[Page], html: Path, target: Path) -> None:
    """Write the book as a PDF.

    Args:
        book: What it is called, and the order of its pages.
        pages: Its pages, in that order.
        html: The folder of the built pages, where pictures are.
        target: The file to write.

    Raises:
        RuntimeError: If the system lacks what WeasyPrint needs.
    """
    try:
        from weasyprint import CSS, HTML
    except OSError as error:
        raise RuntimeError(ADVICE.format(error)) from error

    document = HTML(string=whole(book, pages), base_url=html.as_uri() + "/")
    document.write_pdf(target, stylesheets=[CSS(str(STYLES))], pdf_variant="pdf/ua-1")


def whole(book: Book, pages: Sequence[Page]) -> str:
    """Return all pages as one page of HTML.

    Args:
        book: As for `write_pdf`.
        pages: As for `write_pdf`.
    """
    depths = {entry.name: entry.depth for entry in book.entries}
    titles = {page.name: page.title for page in pages}
    body = element("body")
    front = element("header")
    front.append(element("p", book.title, class_="title"))
    front.append(element("p", book.author, class_="author"))
    body.append(front)
    contents = element("nav")
    contents.append(element("h1", "Contents"))
    contents.append(_list(nested(book.entries), titles))
    body.append(contents)
    for page in pages:
        body.append(_section(page, depths[page.name]))
    _draw(body)
    head = element("head")
    head.append(element("title", book.title))
    head.append(element("meta", name="author", content=book.author))
    root = element("html", lang=book.language)
    root.extend((head, body))
    return f"<!DOCTYPE html>\n{xhtml(root)}"


def slug(name: str, place: str = "") -> str:
    """Return the id that a page, or a place in it, has among all pages.

    Args:
        name: The page's name.
        place: An id in it.
    """
    return "--".join(filter(None, (name.replace("/", "-"), place)))


def _list(tree: list[Branch], titles: dict[str, str]) -> Element:
    """The table of contents."""
    items = element("ol")
    for branch in tree:
        item = element("li")
        item.append(element("a", titles[branch.name], href=f"#{slug(branch.name)}"))
        if branch.below:
            item.append(_list(branch.below, titles))
        items.append(item)
    return items


def _section(page: Page, depth: int) -> Element:
    """A page's part of the document: its ids are its own, its title stands in the bookmarks."""

    def own(node: Element) -> Nodes:
        place = node.get("id", "")
        if place and not place.startswith("fig-"):  # which rules of style inside a picture name
            node.set("id", slug(page.name, place))
        target = node.get("href", "")
        if local(node) == "a" and is_page(target):
            name, _, place = target.partition("#")
            node.set("href", f"#{slug(name.removesuffix('.html'), place)}")
        if local(node) in _HEADINGS:
            level = depth + int(local(node)[1]) - 1
            node.set("style", f"bookmark-level: {level if level <= depth + 1 else 'none'}")
        return [node]

    section = changed(deepcopy(page.body), own)
    section.set("id", slug(page.name))
    section.set("class", "page")
    return section


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def _draw(body: Element) -> None:
    """Put a picture in the place of each formula."""
    formulas = [node for node in body.iter() if node.tag == f"{{{MATH}}}math"]
    for formula, picture in zip(formulas, drawn(formulas), strict=True):
        tail = formula.tail
        formula.tag, formula.text = tag("span"), None
        formula.attrib = {"class": f"formula {formula.get('display', 'inline')}"}
        formula[:] = [picture]
        formula.tail = tail
