"""What every page must keep: for each page one visit, whose report these tests read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from tests.browser.visits import Tabs, Visit
from tests.conftest import ROOT
from tests.pages.contents import MADE, PAGES
from tests.pages.page_report import WIDTHS, Report, examine, examine_file
from tests.render.test_build import page_text

NOTEBOOKS = {
    page: (ROOT / f"{page}.ipynb").read_text(encoding="utf-8")
    for page in PAGES
    if (ROOT / f"{page}.ipynb").is_file()
}
CHARTED = [page for page, text in NOTEBOOKS.items() if "application/vnd.vegalite" in text]
BUTTON = "btn-download-source-button"

Reports = Callable[[str], Report]

every_page = pytest.mark.parametrize("page", [*PAGES, *MADE])


def test_every_page_of_the_book_is_visited(book_html: Path) -> None:
    built = {path.relative_to(book_html).with_suffix("") for path in book_html.rglob("*.html")}
    pages = {path.as_posix() for path in built if path.parts[0] != "_static"}
    assert pages == {*PAGES, *MADE, "index"}  # the last is a line that leads to the first


@every_page
def test_page_asks_no_other_host(reports: Reports, page: str) -> None:
    assert reports(page).wrong["hosts"] == []


@every_page
def test_browser_has_nothing_to_complain_about(reports: Reports, page: str) -> None:
    assert reports(page).wrong["complaints"] == []


@every_page
def test_page_keeps_within_its_policy(reports: Reports, page: str) -> None:
    assert reports(page).wrong["policy"] == []


@every_page
def test_axe_finds_no_violation(reports: Reports, page: str) -> None:
    assert reports(page).wrong["axe"] == []


@every_page
def test_page_fits_the_screen(reports: Reports, page: str) -> None:
    assert reports(page).wrong["width"] == []


@every_page
def test_what_scrolls_sideways_is_reached_by_keyboard(reports: Reports, page: str) -> None:
    assert reports(page).wrong["scrolling"] == []


@pytest.mark.parametrize("page", PAGES)
def test_text_is_legible_in_both_themes_and_in_print(reports: Reports, page: str) -> None:
    assert reports(page).wrong["contrast"] == []


@pytest.mark.parametrize("page", PAGES)
def test_print_holds_the_text_alone_and_all_of_it(reports: Reports, page: str) -> None:
    assert reports(page).wrong["print"] == []


@every_page
def test_formulas_are_typeset(reports: Reports, page: str) -> None:
    assert reports(page).wrong["formulas"] == []


@every_page
def test_what_is_folded_has_a_name_and_opens(reports: Reports, page: str) -> None:
    assert reports(page).wrong["folds"] == []


@pytest.mark.parametrize("page", CHARTED)
def test_charts_are_live_follow_the_theme_and_are_still_in_print(
    reports: Reports, page: str
) -> None:
    assert reports(page).charts > 0
    assert reports(page).wrong["charts"] == []


@pytest.mark.parametrize("page", CHARTED)
def test_charts_are_silent_until_a_control_moves_and_then_speak(
    reports: Reports, page: str
) -> None:
    assert reports(page).wrong["speech"] == []


@pytest.mark.parametrize("page", PAGES)
def test_page_is_light(reports: Reports, page: str, book_html: Path, book_server: str) -> None:
    report = reports(page)
    assert len(report.files) <= 34, "\n".join(report.files)
    text = (book_html / f"{page}.html").stat().st_size
    sizes = report.sizes(book_server, book_html)
    size = sum(sizes.values())
    # What draws charts, 434 kB beside these 430 or so, is loaded when one comes near.
    assert 200_000 < size < text + 600_000, sizes
    assert page != "intro" or size < 650_000
    assert not any("vega" in file for file in report.files)


@every_page
def test_text_stays_where_it_is_while_the_page_is_loaded(reports: Reports, page: str) -> None:
    assert reports(page).shift < 0.02


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_reader_can_take_the_notebook_home(book_html: Path, page: str) -> None:
    [link] = [tag for tag in re.findall(r"<a\s[^>]*>", page_text(book_html, page)) if BUTTON in tag]
    [address] = re.findall(r'href="([^"]+)"', link)
    file = (book_html / f"{page}.html").parent / address
    assert file.name == f"{page.split('/')[-1]}.ipynb"
    expected = nbformat.reads(NOTEBOOKS[page], as_version=4)
    assert nbformat.reads(file.read_text(encoding="utf-8"), as_version=4) == expected
    script = file.with_name(f"{file.name}.js").read_text(encoding="utf-8")  # for pages as files
    assert (
        nbformat.reads(json.loads(script.partition("=")[2].strip("; \n")), as_version=4) == expected
    )


# What a visit must notice

SPOILT = """
<p style="width: 2000px">wide</p>
<p style="color: #bbb">faint</p>
<p style="overflow: auto; white-space: nowrap">A paragraph that is longer than a narrow screen is
wide, by far.</p>
<p tabindex="0" style="overflow: auto; white-space: nowrap">This one is reached, as nothing that has
a role or a name would tell.</p>
<mjx-container display="true" style="display: block; overflow: auto"><span
style="display: inline-block; width: 900px">a = b</span></mjx-container>
<p>within a line <mjx-container style="display: inline-block"><span
style="display: inline-block; width: 900px">c = d</span></mjx-container></p>
<img src="https://example.invalid/x.png">
<span class="math">x</span>
<details><summary></summary>nameless</details>
<details><summary>as typed: $9^6$</summary>folded</details>
<details><summary>so *is* this</summary>folded</details>
<details><summary>and `this`</summary>folded</details>
<button style="display: block !important">a button in print</button>
<script>console.error("beware")</script>
"""


def test_a_spoilt_page_would_be_noticed(tabs: Tabs, book_html: Path, tmp_path: Path) -> None:
    (tmp_path / "_static").symlink_to(book_html / "_static")
    html = re.sub(r"<article .*?>", lambda tag: tag[0] + SPOILT, page_text(book_html, "intro"))
    (tmp_path / "spoilt.html").write_text(html, encoding="utf-8")
    base = tmp_path.as_uri() + "/"
    visit = Visit(tabs.take(base), base)
    report = examine(visit, "spoilt.html")
    tabs.give_back(visit)
    assert report.wrong["width"][0].startswith(f"{WIDTHS[0]} px: ")
    narrow = Visit(tabs.take(base), base, width=WIDTHS[1])
    examine_file(narrow, "spoilt.html", report)
    tabs.give_back(narrow)
    topics = {topic for topic, found in report.wrong.items() if found}
    assert topics == set(report.wrong) - {"charts", "speech"}  # there is no chart
    assert len(topics) == 10
    assert any("P.: This one is reached" in found for found in report.wrong["scrolling"])
    for formula in ("a = b", "c = d"):
        assert any(f"formula: {formula}" in found for found in report.wrong["width"])
    for text in ("as typed: $9^6$", "so *is* this", "and `this`"):
        assert any(text in found for found in report.wrong["formulas"])
