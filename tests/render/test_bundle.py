"""The book's own scripts and styles in one file each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from d2l_book.render.bundle import BUNDLES, STATIC, together, write
from tests.pages.contents import PAGES
from tests.render.test_build import page_text

APART = {
    "chart.js",  # on pages with charts
    "reading.js",  # before anything is drawn
    *("search.css", "search.js"),  # on the page that searches
}


@dataclass
class Asset:
    filename: str | None


def test_bundle_stands_where_the_first_of_its_parts_stood() -> None:
    other, inline = Asset("_static/theme.js"), Asset(None)
    assets = [other, Asset("_static/book.js"), inline, Asset("_static/keys.js"), "plain.js"]
    assert list(together(assets, "bundle", "d2l.js")) == [other, "bundle", inline, "plain.js"]
    assert list(together([other], "bundle", "d2l.js")) == [other]


def test_bundles_hold_every_file_that_is_not_loaded_by_itself(tmp_path: Path) -> None:
    write(tmp_path / "new")
    files = {path.name for path in STATIC.iterdir() if path.suffix in (".js", ".css")}
    assert {part for parts in BUNDLES.values() for part in parts} == files - APART
    for name, parts in BUNDLES.items():
        text = (tmp_path / "new" / name).read_text(encoding="utf-8")
        places = [text.index((STATIC / part).read_text(encoding="utf-8")) for part in parts]
        assert places == sorted(places)


def test_pages_load_the_bundles_and_none_of_their_parts(book_html: Path) -> None:
    parts = {part for each in BUNDLES.values() for part in each}
    for page in PAGES:
        html = page_text(book_html, page)
        assert all(html.count(f"_static/{name}?v=") == 1 for name in BUNDLES), page
        assert not [part for part in parts if f'_static/{part}"' in html or f"{part}?" in html]
    assert not [part for part in parts if (book_html / "_static" / part).exists()]
