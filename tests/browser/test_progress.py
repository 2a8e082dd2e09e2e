"""Predictions are a quiz that counts first choices, and the side bar shows how far one has come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.small_page import write_pages

QUESTION = """<div class="d2l-predict" role="group" aria-label="Prediction {number}">
<p><strong>Predict {number}.</strong> What?</p>
<details><summary>A. This</summary><p><strong>No.</strong> Not this.</p></details>
<details><summary>B. That</summary><p><strong>Right.</strong> That it is.</p></details>
<details><summary>C. More</summary><p><strong>No.</strong> Less.</p></details>
</div>"""
ARTICLE = QUESTION.format(number=1) + QUESTION.format(number=2) + '<div class="tall"></div>'
SCRIPTS = ("book.js", "progress.js", "quiz.js")


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """A page with two questions, and one beside it without any."""
    base = write_pages(
        tmp_path, {"one": ARTICLE, "two": "<p>Nothing to predict.</p>"}, SCRIPTS, ("progress.css",)
    )
    context = browser.new_context(viewport={"width": 800, "height": 600})
    tab = context.new_page()
    tab.goto(f"{base}one.html")
    yield tab
    context.close()


def choose(page: Any, question: int, letter: str) -> Any:
    choice = page.locator(".d2l-predict").nth(question).locator("details", has_text=f"{letter}. ")
    choice.locator("summary").press("Enter")
    return choice


def score(page: Any) -> str:
    return str(page.get_by_role("status").inner_text())


def test_first_choice_counts_and_others_are_only_read(page: Any) -> None:
    assert score(page) == "The first choice of each question counts."
    wrong = choose(page, 0, "A")
    assert wrong.locator("summary").inner_text() == "A. This ✗ No, your choice"
    assert wrong.get_attribute("class") == "is-wrong"
    assert score(page) == "No. 0 of 1 predicted right so far."
    right = choose(page, 0, "B")
    assert right.locator("summary").inner_text() == "B. That ✓ Right"
    assert score(page) == "Right. 0 of 1 predicted right so far."
    choose(page, 1, "B")
    assert score(page) == "Right. 1 of 2 predicted right."
    assert page.locator("nav .d2l-progress").all_inner_texts() == ["1 of 2 predicted right"]
    assert page.evaluate("location.hash") == ""  # the address would tell others


def test_choices_are_remembered_shown_beside_other_pages_and_reset(page: Any) -> None:
    choose(page, 0, "B")
    page.mouse.wheel(0, 4000)
    page.wait_for_function("() => document.querySelector('.d2l-progress').textContent[0] === 'r'")
    page.goto(page.url.replace("one.html", "two.html"))
    assert page.locator("nav .d2l-progress").all_inner_texts() == ["read, 1 of 2 predicted right"]
    page.goto(page.url.replace("two.html", "one.html"))
    assert page.locator(".d2l-verdict").all_inner_texts() == ["✓ Right, your choice"]
    assert not page.locator("details").nth(1).evaluate("(box) => box.open")
    page.get_by_role("button", name="Predict again").click()
    assert page.locator(".d2l-verdict").count() == 0
    assert score(page) == "The first choice of each question counts."
    page.reload()
    assert page.locator(".d2l-verdict").count() == 0
    assert page.locator("nav .d2l-progress").all_inner_texts() == ["read"]


def test_what_opens_without_the_reader_does_not_count(page: Any) -> None:
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details[open]").count() == 6
    assert page.locator(".d2l-verdict").count() == 0
    page.emulate_media(media="print")
    assert not page.get_by_role("status").is_visible()


@pytest.mark.parametrize(
    "kept",
    ["{", "[]", '{"one": {"picked": {"7": 1, "0": 9}}}', '{"one": 3}', '{"one": null}', '"one"'],
)
def test_what_another_version_kept_does_no_harm(page: Any, kept: str) -> None:
    errors: list[Any] = []
    page.on("pageerror", lambda error: errors.append(error))
    page.evaluate("(kept) => localStorage.setItem('d2l-progress', kept)", kept)
    page.reload()
    choose(page, 0, "B")
    assert score(page) == "Right. 1 of 1 predicted right so far."
    assert errors == []


def test_reader_whose_browser_keeps_nothing_may_predict(page: Any) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden'); } })"
    )
    page.reload()
    choose(page, 0, "B")
    assert score(page) == "Right. 1 of 1 predicted right so far."
