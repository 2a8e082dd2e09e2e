"""The PDF: tagged, with bookmarks, links and words for its pictures."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from d2l_book.export.pdf import slug, whole, write_pdf
from d2l_book.export.read_form import Page
from tests.export import sample


def test_ids_and_links_are_those_of_the_whole(pages: list[Page]) -> None:
    html = whole(sample.BOOK, pages)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    links = set(re.findall(r'href="#([^"]+)"', html))
    assert links == {"one", "folder-two", "one--one", "folder-two--there"}
    assert links <= set(ids)
    assert slug("folder/two", "there") == "folder-two--there"
    assert "fig-1" in ids  # rules of style inside pictures name it
    assert "<math" not in html
    assert "<title>x = 1</title>" in html


def test_bookmarks_follow_the_table_of_contents(pages: list[Page]) -> None:
    html = whole(sample.BOOK, pages)
    assert re.findall(r'<h1 style="bookmark-level: (\d)">(1[^<]*)', html) == [
        ("1", "1 One"),
        ("2", "1.1 Two"),
    ]


def test_paper_has_what_a_screen_reader_needs(pages: list[Page], tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    target = tmp_path / "book.pdf"
    try:
        write_pdf(sample.BOOK, pages, tmp_path, target)
    except RuntimeError as error:
        pytest.skip(str(error))
    pdf = pypdf.PdfReader(target)
    assert pdf.metadata.title == "A book & more"
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    text = "".join(page.extract_text() for page in pdf.pages)
    assert "Prose with" in text
    assert "hidden" not in text
    assert [each.title for each in titles(pdf.outline)] == ["Contents", "1 One", "1.1 Two"]
    named = {str(element.get("/Alt", "")) for element in elements(pdf)}
    assert {"x = 1", "A rising line"} <= named
    kinds = {str(element.get("/S")) for element in elements(pdf)}
    assert {"/H1", "/P", "/Figure", "/Table", "/Link"} <= kinds
    links = [link.get_object() for page in pdf.pages for link in page.get("/Annots", [])]
    sites = {str(link["/A"]["/URI"]) for link in links if "/A" in link and "/URI" in link["/A"]}
    assert sites == {"https://example.org/a.html"}
    assert len(links) >= 6


def titles(outline: list[Any]) -> list[Any]:
    return [
        each for part in outline for each in (titles(part) if isinstance(part, list) else [part])
    ]


def elements(pdf: Any) -> list[Any]:
    """All elements of a PDF's structure."""
    found, waiting = [], [pdf.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if not hasattr(node, "get"):
            continue
        found.append(node)
        below = node.get("/K", [])
        below = below if isinstance(below, list) else [below]
        waiting += [each for each in below if not isinstance(each, int)]
    return found


def test_missing_system_library_is_named(
    pages: list[Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise OSError("cannot load library 'libpango'")

    monkeypatch.setitem(sys.modules, "weasyprint", Broken("weasyprint"))
    with pytest.raises(RuntimeError, match=r"libpango-1.0-0 .*, got: cannot load"):
        write_pdf(sample.BOOK, pages, tmp_path, tmp_path / "book.pdf")
