"""The page of all exercises, as a reader searches it: offline, by keyboard, or without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visit

PAGE = "exercises.html"
SHOWN = ".d2l-statements > li:visible > p:first-child strong"
SCHEMES = ("http", "file")
LISTED = 633  # those of D2L 1.0, and the one of the draft that the book answers


def search(opened: Page, query: str) -> list[str]:
    """Type a query as a reader does; return the labels that are shown when the search is done."""
    box = opened.get_by_role("searchbox", name="Find an exercise")
    box.fill("")
    box.press_sequentially(query)
    box.press("Enter")
    return opened.locator(SHOWN).all_inner_texts()


def status(opened: Page) -> str:
    return opened.locator(".d2l-find [role=status]").inner_text()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("query", ["5.6.3", "exercise 5.6.3", "Exercise 5.6.3 "])
def test_label_finds_the_one_exercise(visit: Callable[..., Visit], scheme: str, query: str) -> None:
    reader = visit(scheme)
    opened = reader.open(PAGE)
    assert search(opened, query) == ["5.6.3"]
    assert status(opened) == f"1 of {LISTED} exercises, in 1 section."
    assert opened.get_by_text("What is the variance of the activations").is_visible()
    assert reader.foreign() == []
    assert reader.complaints == []


def test_number_of_a_section_finds_its_exercises(visit: Callable[..., Visit]) -> None:
    opened = visit("file").open(PAGE)
    expected = [*(f"5.3.{number}" for number in range(1, 6)), "5.3.6 (draft)"]
    assert search(opened, "5.3") == expected
    assert search(opened, "section 5.3.") == expected
    assert search(opened, "5.33") == []


def test_words_find_statements_that_have_all_of_them(visit: Callable[..., Visit]) -> None:
    opened = visit("file").open(PAGE)
    assert "5.3.3" in search(opened, "FOOTPRINT memory")
    for text in opened.locator(".d2l-statements > li:visible").all_inner_texts():
        assert "footprint" in text.lower()
        assert "memory" in text.lower()
    link = opened.get_by_role("link", name="The memory of training and prediction")
    link.locator("visible=true").last.click()
    opened.wait_for_url("**/memory.html")


def test_words_of_a_section_title_count_too(visit: Callable[..., Visit]) -> None:
    opened = visit("file").open(PAGE)
    assert len(search(opened, "kaggle house price")) >= 5


def test_nothing_found_is_said(visit: Callable[..., Visit]) -> None:
    opened = visit("file").open(PAGE)
    assert search(opened, "xyzzy") == []
    assert status(opened) == "No exercise has “xyzzy”."
    assert opened.locator("details.d2l-catalogue:visible").count() == 0
    assert opened.locator(".d2l-find [role=status]").get_attribute("aria-live") == "polite"


def test_empty_query_brings_back_the_folded_list(visit: Callable[..., Visit]) -> None:
    opened = visit("file").open(PAGE)
    search(opened, "5.6.3")
    assert search(opened, "") == []
    assert status(opened) == ""
    assert opened.locator("details.d2l-catalogue:visible").count() == 160
    assert opened.locator("details.d2l-catalogue[open]").count() == 0


def test_search_follows_the_typing(visit: Callable[..., Visit]) -> None:
    opened = visit("file").open(PAGE)
    opened.get_by_role("searchbox", name="Find an exercise").press_sequentially("5.6.3")
    opened.get_by_text(f"1 of {LISTED} exercises, in 1 section.").wait_for()


def test_address_can_carry_a_query(visit: Callable[..., Visit]) -> None:
    opened = visit("file").open(f"{PAGE}?q=5.6.3")
    assert opened.locator(SHOWN).all_inner_texts() == ["5.6.3"]


def test_address_of_an_exercise_unfolds_its_section(visit: Callable[..., Visit]) -> None:
    opened = visit("file").open(f"{PAGE}#exercise-5-6-3")
    opened.locator("#exercise-5-6-3").wait_for(state="visible")
    assert opened.locator("details.d2l-catalogue[open]").count() == 1


def test_without_scripts_it_is_a_folded_list(visit: Callable[..., Visit]) -> None:
    reader = visit("file", scripts=False)
    opened = reader.page
    opened.goto(f"{reader.base}{PAGE}")
    assert opened.locator("form.d2l-find").is_hidden()
    opened.locator("summary", has_text="5.6 Dropout").click()
    assert opened.locator(SHOWN).all_inner_texts() == [f"5.6.{n}" for n in range(1, 8)]
