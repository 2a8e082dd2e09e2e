"""What remains of a page on paper and in electronic books."""

from __future__ import annotations

from pathlib import Path

import pytest

from d2l_book.export.read_form import Page, is_page, read_page, read_pages
from d2l_book.export.trees import MATH, SVG, classes, tag, text_of
from tests.export import sample


def texts(page: Page, name: str) -> list[str]:
    return [text_of(node) for node in page.body.iter(tag(name))]


def test_text_stays_and_code_and_controls_go(pages: list[Page]) -> None:
    text = text_of(pages[0].body)
    for kept in ("Prose with", "shown", "final", "lesson = 1", "Think."):
        assert kept in text
    for gone in ("hidden", "side bar", "Read", "Copy", "live", "Run this cell", "drawn", "#"):
        assert gone not in text
    assert pages[0].title == "1 One"


def test_cell_is_the_line_that_says_what_it_proved(pages: list[Page]) -> None:
    proved = [node for node in pages[0].body.iter() if "d2l-proved" in classes(node)]
    assert [text_of(node) for node in proved] == ["✓ a < b and 1 more check"]
    assert texts(pages[0], "ul") == []


def test_folds_are_open_and_keep_their_address(pages: list[Page]) -> None:
    [box] = [node for node in pages[0].body.iter() if "d2l-opened" in classes(node)]
    assert [text_of(child) for child in box] == ["Hint 1", "Think."]
    assert box.get("id") == "hint"
    assert "hint" in pages[0].places


def test_links_lead_to_pages_and_to_places_that_are_there(pages: list[Page]) -> None:
    found = {text_of(a): a.get("href") for page in pages for a in page.body.iter(tag("a"))}
    assert found == {
        "another page": "folder/two.html#there",
        "a fold": "folder/two.html",
        "itself": "one.html#one",
        "a site": "https://example.org/a.html",
        "Back": "one.html",
    }
    assert [is_page(str(href)) for href in found.values()] == [True, True, True, False, True]


def test_formula_is_mathml_and_chart_a_picture_with_words_in_the_colours_of_paper(
    pages: list[Page],
) -> None:
    [formula] = pages[0].body.iter(f"{{{MATH}}}math")
    assert text_of(formula) == "x=1"
    [picture] = pages[0].body.iter(f"{{{SVG}}}svg")
    assert picture[0].text == "A rising line"
    assert picture[1].get("style") == "stroke: #1a1a1a"


def test_page_that_was_not_built_or_has_no_article_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_pages(sample.write(tmp_path), ["three"])
    with pytest.raises(ValueError, match="three: expected a page with an article"):
        read_page("<p>no article</p>", "three")
    with pytest.raises(ValueError, match="expected MathML beside it"):
        read_page("<article><mjx-container></mjx-container></article>", "three")
