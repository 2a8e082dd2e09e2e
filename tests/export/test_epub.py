"""The EPUB: a valid archive whose parts, links and words are all there."""

from __future__ import annotations

import posixpath
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring
from zipfile import ZIP_STORED, ZipFile

import pytest

from d2l_book.export.contents import Book, Entry
from d2l_book.export.epub import DC, EPUB_TYPE, OPF, write_epub
from d2l_book.export.read_form import Page, read_pages
from d2l_book.export.trees import MATH, SVG, tag
from tests.export import sample


def opened(file: Path) -> dict[str, bytes]:
    with ZipFile(file) as archive:
        assert archive.testzip() is None
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
        return {name: archive.read(name) for name in archive.namelist()}


def problems(parts: dict[str, bytes]) -> list[str]:
    """What an EPUB lacks: parts that are not listed, dead links, pictures without words."""
    package = fromstring(parts["EPUB/package.opf"])
    items = {item.get("href"): item for item in package.iter(f"{{{OPF}}}item")}
    listed = {f"EPUB/{href}" for href in items} | {
        "mimetype",
        "META-INF/container.xml",
        "EPUB/package.opf",
    }
    found = [f"not listed: {name}" for name in parts.keys() - listed]
    found += [f"missing: {name}" for name in listed - parts.keys()]
    trees = {name: fromstring(text) for name, text in parts.items() if name.endswith(".xhtml")}
    places = {name: ids(tree) for name, tree in trees.items()}
    for name, tree in trees.items():
        if len(set(places[name])) < len(places[name]):
            found.append(f"{name}: an id stands twice")
        for link in tree.iter(tag("a")):
            path, _, place = (link.get("href") or "").partition("#")
            target = posixpath.normpath(posixpath.join("EPUB", path)) if path else name
            if "://" not in path and (
                target not in trees or (place and place not in places[target])
            ):
                found.append(f"{name}: leads to {link.get('href')}")
        pictures = list(tree.iter(f"{{{SVG}}}svg"))
        found += [f"{name}: no words" for p in pictures if not p.findtext(f"{{{SVG}}}title")]
        said = items[name.removeprefix("EPUB/")].get("properties", "")
        for kind, there in (("svg", pictures), ("mathml", list(tree.iter(f"{{{MATH}}}math")))):
            if bool(there) != (kind in said.split()):
                found.append(f"{name}: {kind} is not said rightly")
    return found


def ids(tree: Element) -> list[str]:
    return [node.get("id", "") for node in tree.iter() if node.get("id")]


@pytest.fixture
def parts(pages: list[Page], tmp_path: Path) -> dict[str, bytes]:
    write_epub(sample.BOOK, pages, "2026-11-25", tmp_path / "book.epub")
    return opened(tmp_path / "book.epub")


def test_archive_is_whole(parts: dict[str, bytes]) -> None:
    assert problems(parts) == []
    assert parts["mimetype"] == b"application/epub+zip"
    assert b'full-path="EPUB/package.opf"' in parts["META-INF/container.xml"]


def test_package_says_what_the_book_is_and_who_can_read_it(parts: dict[str, bytes]) -> None:
    package = fromstring(parts["EPUB/package.opf"])
    assert package.findtext(f".//{{{DC}}}title") == "A book & more"
    assert package.findtext(f".//{{{DC}}}language") == "en"
    spine = [each.get("idref") for each in package.iter(f"{{{OPF}}}itemref")]
    assert spine == ["p-one", "contents", "p-folder-two"]
    text = parts["EPUB/package.opf"].decode()
    for said in ("alternativeText", "MathML", "accessibilityHazard", "2026-11-25T00:00:00Z"):
        assert said in text


def test_contents_are_a_navigation_with_all_pages(parts: dict[str, bytes]) -> None:
    tree = fromstring(parts["EPUB/contents.xhtml"])
    [nav] = [each for each in tree.iter(tag("nav")) if each.get(EPUB_TYPE) == "toc"]
    links = {a.text: a.get("href") for a in nav.iter(tag("a"))}
    assert links == {"1 One": "one.xhtml", "1.1 Two": "folder-two.xhtml"}
    assert nav.find(f"{tag('ol')}/{tag('li')}/{tag('ol')}") is not None


def test_formulas_say_themselves(parts: dict[str, bytes]) -> None:
    [formula] = fromstring(parts["EPUB/one.xhtml"]).iter(f"{{{MATH}}}math")
    assert formula.get("alttext") == "x = 1"
    assert formula[0].text == "𝐱"


def test_same_book_gives_the_same_bytes(pages: list[Page], tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.epub", "b.epub")]
    for file in files:
        write_epub(sample.BOOK, pages, "2026-11-25", file)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_spoilt_archive_would_be_noticed(parts: dict[str, bytes]) -> None:
    one = parts["EPUB/one.xhtml"]
    spoilt = {
        "leads to": one.replace(b"folder-two.xhtml#there", b"folder-two.xhtml#nowhere"),
        "no words": one.replace(b"<title>A rising line</title>", b""),
        "stands twice": one.replace(b'id="hint"', b'id="one"'),
        "svg is not said": one.replace(b"svg", b"g"),
    }
    for complaint, text in spoilt.items():
        assert any(complaint in each for each in problems(parts | {"EPUB/one.xhtml": text}))
    assert problems(parts | {"EPUB/more.css": b""}) == ["not listed: EPUB/more.css"]


def test_pages_of_the_real_book_are_whole(book_html: Path, tmp_path: Path) -> None:
    folder = "chapters/multilayer-perceptrons/backprop"
    names = ["intro", f"{folder}/index", f"{folder}/hidden-bias", f"{folder}/memory", "exercises"]
    book = Book("Book", "we", "en", [Entry(name, 1) for name in names])
    write_epub(book, read_pages(book_html, names), "2026-11-25", tmp_path / "book.epub")
    parts = opened(tmp_path / "book.epub")
    assert problems(parts) == []
    text = b"".join(parts.values()).decode()
    for unfit in ("<script", "<button", "cell_input", "mjx-", "var(--"):
        assert unfit not in text
    assert text.count("<math") > 200
