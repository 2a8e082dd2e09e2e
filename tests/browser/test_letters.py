"""A letter says what it stands for: to the pointer, to the keyboard, and it can be sent away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.browser.small_page import write_pages

LETTER = '<span class="d2l-letter"{} aria-describedby="d2l-letter-0">J</span>'
ARTICLE = f"""<p>{LETTER.format(' tabindex="0"')} is <a href="#">low</a>, {LETTER.format("")}</p>
<div class="d2l-said"><div id="d2l-letter-0"><p>J objective; shape: scalar.</p></div></div>"""


def test_letter_is_explained_by_pointer_and_focus_and_escape_ends_it(
    browser: Any, tmp_path: Path
) -> None:
    base = write_pages(tmp_path, {"one": ARTICLE}, ("letters.js",), ("letters.css",))
    page = browser.new_page(viewport={"width": 375, "height": 400})
    page.goto(f"{base}one.html")
    tip = page.locator(".d2l-tip")
    assert not tip.is_visible()
    first, second = page.locator(".d2l-letter").all()
    second.hover()
    assert tip.inner_text() == "J objective; shape: scalar."
    tip.hover()
    page.wait_for_timeout(300)
    assert tip.is_visible()  # the pointer may rest on it
    page.mouse.move(5, 390)
    tip.wait_for(state="hidden")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert first.evaluate("(letter) => letter === document.activeElement")
    assert tip.is_visible()
    box = tip.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 375
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    assert first.evaluate("(letter) => letter === document.activeElement")
    page.keyboard.press("Tab")
    assert not tip.is_visible()
    page.close()
