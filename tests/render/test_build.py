"""The built book as files: complete, free of warnings, and independent of every other host."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from d2l_book.notebooks.external import external_requests
from tests.conftest import ROOT, Build, build, complaints, small_book
from tests.pages.contents import PAGES

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))


def page_text(html: Path, page: str) -> str:
    return (html / f"{page}.html").read_text(encoding="utf-8")


def test_build_ends_without_a_warning(book_build: Build) -> None:
    assert book_build.status == 0, complaints(book_build)
    assert not re.search(r"\b(WARNING|ERROR|CRITICAL)\b", book_build.log), complaints(book_build)


def test_build_leaves_the_working_tree_alone(book_html: Path) -> None:
    assert not book_html.is_relative_to(ROOT)


@pytest.mark.parametrize("page", PAGES)
def test_page_says_what_it_is(book_html: Path, page: str) -> None:
    html = unescape(page_text(book_html, page))
    assert re.search(rf"<title>[^<]+ — {re.escape(CONFIG['title'])}</title>", html)
    assert '<html lang="en"' in html
    assert re.search(r'<link rel="icon" href="[./]*_static/favicon\.svg"', html)


@pytest.mark.parametrize("page", PAGES)
def test_footer_names_date_copyright_and_licences(book_html: Path, page: str) -> None:
    footer = re.search(
        r'<footer class="bd-footer-content">(.*?)</footer>', page_text(book_html, page), re.DOTALL
    )
    assert footer is not None
    assert re.search(r"Last updated on 20\d\d-\d\d-\d\d\.", footer[1])
    assert re.search(r"© Copyright 20\d\d", footer[1])
    assert "MIT" in footer[1]
    assert "CC BY-SA 4.0" in footer[1]


def test_no_page_and_no_style_sheet_asks_another_host(book_html: Path) -> None:
    files = sorted([*book_html.rglob("*.html"), *book_html.rglob("*.css")])
    assert len(files) > len(PAGES)
    asked = {}
    for path in files:
        text = path.read_text(encoding="utf-8")
        asked[path.name] = external_requests(text)
    assert not {name: addresses for name, addresses in asked.items() if addresses}


def test_what_pages_load_is_there(book_html: Path) -> None:
    for page in PAGES:
        path = book_html / f"{page}.html"
        for address in re.findall(
            r'<(?:script|link)[^>]* (?:src|href)="([^"#?]+)', page_text(book_html, page)
        ):
            if not address.startswith("https:"):
                assert (path.parent / address).resolve().exists(), f"{page}: {address}"


@pytest.mark.parametrize("unused", ["fontawesome.js", "thebe", "binder"])
def test_pages_do_not_carry_dead_code(book_html: Path, unused: str) -> None:
    for page in PAGES:
        html = page_text(book_html, page)
        assert unused not in re.sub(r"<(pre|article)\b.*?</\1>", "", html, flags=re.DOTALL), page


def test_scripts_are_loaded_once(book_html: Path) -> None:
    for page in PAGES:
        sources = re.findall(r'<script[^>]* src="([^"]+)"', page_text(book_html, page))
        assert len(sources) == len(set(sources)), page


def test_vega_is_loaded_exactly_where_there_is_a_chart(book_html: Path) -> None:
    for page in PAGES:
        html = page_text(book_html, page)
        has_chart = 'class="d2l-chart"' in html
        asked = re.search(r'<script[^>]* data-vega="[^"]*vega-runtime\.js', html)
        assert has_chart == bool(asked), page


def test_pages_name_their_book(book_html: Path) -> None:
    for page in PAGES:
        named = re.findall(r'property="og:site_name" content="([^"]*)"', page_text(book_html, page))
        assert named == [CONFIG["title"]], page


def test_checks_are_lists_that_wrap(book_html: Path) -> None:
    text = "".join(page_text(book_html, page) for page in PAGES)
    ticks = text.count("✓ ")
    assert ticks > 0
    assert len(re.findall(r"<li><p>✓ ", text)) > ticks / 2


@pytest.mark.parametrize("page", PAGES)
def test_every_picture_has_words(book_html: Path, page: str) -> None:
    html = page_text(book_html, page)
    article = html[html.index("<article") :]
    for tag in re.findall(r"<svg\b[^>]*>", article):
        assert re.search(r'role="img" aria-label="[^"]{10,}"', tag), tag
    for tag in re.findall(r"<img\b[^>]*>", article):
        assert re.search(r'alt="[^"]{10,}"', tag), tag


@pytest.mark.parametrize("page", PAGES)
def test_ids_are_unique(book_html: Path, page: str) -> None:
    html = re.sub(r"<script\b.*?</script>", "", page_text(book_html, page), flags=re.DOTALL)
    article = html[html.index("<article") :]
    ids = re.findall(r'\sid="([^"]+)"', article)
    assert sorted(ids) == sorted(set(ids))


# What must turn the build red


def notebook(*code_cells: nbformat.NotebookNode, text: str = "# A page") -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(text), *code_cells],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        },
    )


def code_cell(count: int | None, **output: Any) -> nbformat.NotebookNode:
    outputs = [nbformat.v4.new_output(**output)] if output else []
    return nbformat.v4.new_code_cell("1 + 1", execution_count=count, outputs=outputs)


UNSOUND = {
    "never-run": (
        notebook(code_cell(None)),
        r"never-run\.ipynb: cell 1 has not been run",
    ),
    "wordless": (
        notebook(
            code_cell(1, output_type="display_data", data={"image/svg+xml": "<svg></svg>"}),
        ),
        r"wordless\.ipynb.*cell 1, output 0: a figure has no alternative text",
    ),
    "asking": (
        notebook(text='# A page\n\n<img src="https://example.org/x.png" alt="an x">'),
        r"asking.*the page would ask another host: https://example\.org/x\.png",
    ),
    "warning": (
        notebook(code_cell(1, output_type="stream", name="stderr", text="UserWarning: beware")),
        r"warning\.ipynb.*stderr was found in the cell outputs of cell 2",
    ),
}
"""Page -> its notebook and what the build must say about it."""


@pytest.fixture(scope="module")
def unsound_builds(tmp_path_factory: pytest.TempPathFactory) -> list[Build]:
    """Two builds, one after the other, of a book of unsound pages under the real configuration."""
    folder = tmp_path_factory.mktemp("unsound")
    small_book(folder, "root", UNSOUND, ["d2l_book.render.offline"])
    (folder / "root.md").write_text("# A book\n", encoding="utf-8")
    for name, (cells, _) in UNSOUND.items():
        (folder / f"{name}.ipynb").write_text(nbformat.writes(cells), encoding="utf-8")
    return [build(folder, folder) for _ in range(2)]


@pytest.mark.parametrize("page", UNSOUND)
def test_build_fails_and_says_where(unsound_builds: list[Build], page: str) -> None:
    first = unsound_builds[0]
    assert first.status != 0
    assert re.search(UNSOUND[page][1], first.log), first.log


def test_page_that_was_never_run_fails_later_builds_too(unsound_builds: list[Build]) -> None:
    second = unsound_builds[1]
    assert second.status != 0
    assert re.search(UNSOUND["never-run"][1], second.log), second.log
