"""The search as a reader uses it: in a real browser, over http and as files, without a net."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from d2l_book.render.prose import Section
from d2l_book.render.search_index import Page as BookPage
from d2l_book.render.search_index import index_of
from tests.browser.visits import Tabs, Visit
from tests.pages.contents import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCHEMES = ("http", "file")


def _pages_of_exercise(number: int) -> tuple[str, ...]:
    """Where an exercise of this number is answered, whatever its section."""
    texts = {path.stem: path.read_text("utf-8") for path in ROOT.glob("chapters/**/[!.]*/*.ipynb")}
    exercises = {name: json.loads(text)["metadata"]["d2l"] for name, text in texts.items()}
    end = f"/{number}"
    return tuple(f"{name}.html" for name, it in exercises.items() if it["exercise"].endswith(end))


FIFTH = _pages_of_exercise(5)


def done(opened: Page) -> str:
    """Wait for the search, and return what it says about its results."""
    said = opened.locator("#d2l-search-status")
    opened.wait_for_function(
        "() => /found/.test(document.getElementById('d2l-search-status').textContent)",
    )
    return said.inner_text()


def hits(opened: Page) -> list[str]:
    """The addresses of the results, without the book's own."""
    return opened.locator("#search-results a").evaluate_all(
        "(all) => all.map((a) => a.href.replace(/^.*\\/(?=[^/]*$)/, ''))"
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_hit_opens_at_its_section_and_leaves_no_mark(
    visit: Callable[..., Visit], scheme: str
) -> None:
    reader = visit(scheme)
    opened = reader.open("search.html?q=Hessian")
    done(opened)
    first = opened.locator("#search-results a").first
    assert "#" in (first.get_attribute("href") or "")
    first.click()
    opened.wait_for_url(lambda url: "search.html" not in url)
    opened.wait_for_load_state("load")
    heading = opened.locator(":target").locator("h1, h2, h3").first
    assert "hessian" in heading.inner_text().lower()
    assert heading.evaluate("(h) => Math.abs(h.getBoundingClientRect().top) < innerHeight / 2")
    assert opened.locator("mark, .highlighted, .highlight-link").count() == 0
    assert reader.foreign() == []
    assert reader.complaints == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("query", "first", "word"),
    [
        ("hessian", "second-derivatives-uses.html#", "hessian"),
        ("hesian", "second-derivatives-uses.html#", "hessian"),
        ("memory", "memory.html", "memory"),
        ("exercise 5", FIFTH, "5."),
        ("dimensionality of the gradient", "gradient-shape.html", "dimensionality"),
        ("5.3", "index.html", "5.3"),
    ],
)
def test_wanted_page_is_first_and_its_excerpt_is_prose(
    visit: Callable[..., Visit], scheme: str, query: str, first: str | tuple[str, ...], word: str
) -> None:
    reader = visit(scheme)
    opened = reader.open(f"search.html?q={query.replace(' ', '+')}")
    done(opened)
    assert hits(opened)[0].startswith(first)
    excerpts = opened.locator(".d2l-search-text")
    opened.wait_for_function(
        "() => [...document.querySelectorAll('.d2l-search-text')].every((p) => p.textContent)"
    )
    texts = " ".join(excerpts.all_inner_texts()).lower()
    assert word in texts
    assert not any(junk in texts for junk in ("\\", ".ipynb", ".pdf", "✓"))
    assert opened.locator("#search-results mark").count() > 0
    assert reader.foreign() == []
    assert reader.complaints == []


def test_misspelling_is_said_and_what_is_unknown_too(visit: Callable[..., Visit]) -> None:
    opened = visit("file").open("search.html?q=hesian")
    assert done(opened).startswith("Nothing is written like that; these are near.")
    opened.locator("#d2l-query").fill("standardization")
    opened.wait_for_function(
        "() => document.getElementById('d2l-search-status').textContent.includes('begin alike')"
    )
    assert {hit.split(".")[0] for hit in hits(opened)} >= {"standardisation", "submission"}
    opened.locator("#d2l-query").fill("qqqzzz")
    opened.wait_for_function(
        "() => document.getElementById('d2l-search-status').textContent.includes('qqqzzz')"
    )
    assert done(opened) == "Nothing is found for qqqzzz."
    assert hits(opened) == []
    opened.locator("#d2l-query").fill("")
    opened.wait_for_function(
        "() => document.getElementById('d2l-search-status').textContent === ''"
    )


def test_results_are_reached_by_keyboard_and_the_query_has_an_address(
    visit: Callable[..., Visit],
) -> None:
    reader = visit()
    opened = reader.open("intro.html")
    opened.keyboard.press("Control+k")
    opened.keyboard.type("hessian")
    opened.keyboard.press("Enter")
    opened.wait_for_url(lambda url: "search.html?q=hessian" in url)
    done(opened)
    assert opened.evaluate("document.activeElement.id") == "d2l-query"
    opened.keyboard.press("ArrowDown")
    assert opened.evaluate("document.activeElement.closest('#search-results li') !== null")
    opened.keyboard.press("ArrowUp")
    opened.keyboard.type(" memory")
    opened.wait_for_url(lambda url: "memory" in url)
    assert opened.locator("#d2l-search-status").get_attribute("role") == "status"
    assert reader.complaints == []


def test_nothing_of_the_index_is_loaded_before_something_is_searched(
    visit: Callable[..., Visit],
) -> None:
    reader = visit()
    reader.open("search.html")
    assert not [url for url in reader.asked if "/search/" in url]


# A book with labels, of which the pages themselves are not needed


def page(name: str, title: str, label: str, text: str, **more: Any) -> BookPage:
    parts = [Section("", title, text), Section("part", f"Part of {name}", "other words")]
    return BookPage(name, parts, label, **more)


LABELLED = [
    page("five", "Multilayer Perceptrons", "", "Chapter five has sections, 5.3 among them."),
    page("section", "Backprop", "5.3", "A section."),
    page("one", "A gradient", "5.3.1", "Unlike 5.3.2, this asks for a shape.", exercise="1"),
    page("two", "A bias", "5.3.2", "Add a bias to the layer.", exercise="2"),
    page("twelve", "Another", "5.3.12", "Exercise 2 of it is 5.3.2.", exercise="12"),
    page("elsewhere", "Depth", "5.1.2", "Add layers, no bias.", exercise="2"),
]


@pytest.fixture(scope="module")
def labelled(book_html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The search page of the book with another index."""
    folder = tmp_path_factory.mktemp("labelled")
    search = folder / "_static" / "search"
    search.mkdir(parents=True)
    for part in (book_html / "_static").iterdir():
        if part.name != "search":
            os.symlink(part, folder / "_static" / part.name)
    os.symlink(book_html / "search.html", folder / "search.html")
    index = json.dumps(index_of(LABELLED))
    (search / "index.js").write_text(f"d2lSearch.index({index});", encoding="utf-8")
    for each in LABELLED:
        words = json.dumps([section.text for section in each.sections])
        script = f'd2lSearch.words("{each.name}", {words});'
        (search / f"{each.name}.js").write_text(script, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("5.3", ["section.html"]),
        ("5.3.2", ["two.html"]),
        ("exercise 5.3.2", ["two.html"]),
        ("exercise 2", ["two.html", "elsewhere.html"]),
        ("5.3.12", ["twelve.html"]),
        ("add a bias", ["two.html"]),
        ("perceptron", ["five.html"]),
        ("bais layer", ["two.html"]),
    ],
)
def test_labels_and_numbers_lead_to_their_exercise(
    tabs: Tabs, labelled: Path, query: str, expected: list[str]
) -> None:
    address = f"{labelled.as_uri()}/"
    reader = Visit(tabs.take(address), address)
    tab = reader.page
    tab.goto(f"{address}search.html?q={query.replace(' ', '+')}")
    done(tab)
    assert set(hits(tab)[: len(expected)]) == set(expected)
    assert "5.3.2 A bias" in tab.locator("#search-results").inner_text() or "two" not in str(
        expected
    )
    tabs.give_back(reader)
