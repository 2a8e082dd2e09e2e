"""Keys of one letter turn pages, search and list themselves; they can be switched off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.small_page import write_pages

ARTICLE = '<h2 id="h">H<a class="headerlink" href="#h">#</a></h2><input aria-label="field">'
NEIGHBOURS = '<a class="left-prev" href="one.html">b</a><a class="right-next" href="two.html">n</a>'


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """The first of two pages, each with a field to type in."""
    articles = {"one": ARTICLE, "two": ARTICLE, "search": "<p>Search</p>"}
    base = write_pages(tmp_path, articles, ("progress.js", "keys.js"), ("keys.css",), NEIGHBOURS)
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    tab.goto(f"{base}one.html")
    yield tab
    context.close()


def name(page: Any) -> str:
    page.wait_for_load_state()
    return str(page.url).rsplit("/", 1)[1]


def test_keys_turn_pages_and_search(page: Any) -> None:
    for key, there in (("n", "two.html"), ("p", "one.html"), ("/", "search.html")):
        page.keyboard.press(key)
        page.wait_for_url(f"**/{there}")


def test_field_keeps_what_is_typed_and_shortcuts_their_letter(page: Any) -> None:
    page.get_by_label("field").focus()
    page.keyboard.type("n/p?")
    assert page.get_by_label("field").input_value() == "n/p?"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Alt+n")
    page.keyboard.press("Control+p")
    page.wait_for_timeout(100)
    assert name(page) == "one.html"
    assert not page.get_by_role("dialog").is_visible()


def test_keys_are_listed_and_can_be_switched_off_and_on(page: Any) -> None:
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    assert dialog.locator("dt").all_inner_texts() == ["n", "p", "y", "/", "?"]
    page.keyboard.press("n")
    dialog.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.reload()
    page.keyboard.press("n")
    page.keyboard.press("?")
    page.wait_for_timeout(100)
    assert name(page) == "one.html"
    assert not page.get_by_role("dialog").is_visible()
    page.get_by_role("button", name="Keys and progress").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("n")
    page.wait_for_url("**/two.html")


def test_reader_can_have_everything_forgotten(page: Any) -> None:
    page.evaluate("d2lProgress.keep({ read: true })")
    assert page.locator("nav .d2l-progress").count() == 1
    page.keyboard.press("?")
    page.get_by_role("button", name="Forget").click()
    assert page.locator("nav .d2l-progress").count() == 0
    assert page.evaluate("localStorage.getItem('d2l-progress')") == "{}"


def test_sign_beside_a_heading_copies_its_address(page: Any) -> None:
    page.locator("a.headerlink").click()
    page.get_by_role("status").wait_for(state="visible")
    assert page.get_by_role("status").inner_text() == "Link copied"
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    assert page.url.endswith("one.html#h")
