"""Code in the browser: how it wraps, how large it is, and how it is copied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from d2l_book.render.code_blocks import with_lines_and_buttons
from tests.browser.small_page import write_pages

LONGEST = "x = " + "1 + " * 18 + "234"  # 79 characters, as many as a cell's line may have
CODE = f"""{LONGEST}
def f(values):
    for value in values:
        errors.append(value.untyped_storage().data_ptr() - expected_address)

    return [each for each in values if each is not None and each]
"""
OTHER = "y = 2\n"
TABLE = f"{'-' * 64}\n{'Layer (type)':>20}{'Output Shape':>27}{'Param #':>16}\n{'=' * 64}\n"
SAID = "A sample of pictures, as many of each class, squares of 2 x 2 pixels averaged\n"

LINES = """() => [...document.querySelectorAll(".d2l-line")].map((line) => {
  const text = document.createRange();
  text.selectNodeContents(line);
  const rects = [...text.getClientRects()].filter(({ width }) => width > 0);
  const rows = [...new Set(rects.map(({ top }) => Math.round(top)))];
  const left = (row) => Math.min(
    ...rects.filter(({ top }) => Math.round(top) === row).map(({ left }) => left));
  const style = getComputedStyle(line);
  const indent = Number(style.getPropertyValue("--indent") || 0);
  const letter = parseFloat(style.paddingLeft) / (indent + 2);
  const start = line.getBoundingClientRect().left + indent * letter;
  return rows.slice(1).map((row) => (left(row) - start) / letter);
})"""


def block(code: str) -> str:
    html = highlight(code, PythonLexer(), HtmlFormatter())
    return with_lines_and_buttons(f'<div class="highlight-python notranslate">{html}</div>')


def output(text: str) -> str:
    """What a cell printed, as a page shows it."""
    inner = f'<div class="highlight"><pre>{text}</pre></div>'
    html = f'<div class="output text_plain highlight-myst-ansi notranslate">{inner}\n</div>'
    return with_lines_and_buttons(f'<div class="cell_output">{html}</div>')


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """A page with two blocks of code, as wide as the window."""
    article = f'{block(CODE)}<div class="tall"></div>{block(OTHER)}<a href="#">a link</a>'
    base = write_pages(tmp_path, {"one": article}, ("keys.js", "copy.js"), ("book.css", "keys.css"))
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    tab.goto(f"{base}one.html")
    tab.add_style_tag(content="body { margin: 0 12px } pre { margin: 0; font-family: monospace }")
    yield tab
    context.close()


def test_what_continues_a_line_is_indented_two_characters_further(page: Any) -> None:
    page.set_viewport_size({"width": 375, "height": 900})
    shifts = page.evaluate(LINES)
    assert len(shifts) == 3
    assert all(line for line in shifts)
    assert all(shift == pytest.approx(2, abs=0.1) for line in shifts for shift in line)


@pytest.mark.parametrize("width", [320, 375, 576, 640, 768, 1024, 1280])
def test_no_line_is_cut_and_code_is_as_large_as_its_column_allows(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    size, over = page.evaluate(
        "() => { const pre = document.querySelector('pre');"
        " return [parseFloat(getComputedStyle(pre).fontSize), pre.scrollWidth - pre.clientWidth]; }"
    )
    assert over <= 0
    assert size >= 11.5
    if width >= 640:
        assert page.evaluate(LINES)[0] == []  # 79 characters stand on one line
    if width >= 768:
        assert size == 14


@pytest.mark.parametrize("width", [320, 375])
def test_drawn_table_is_legible_on_a_phone_and_scrolls_by_keyboard_while_prose_wraps(
    browser: Any, tmp_path: Path, width: int
) -> None:
    base = write_pages(tmp_path, {"one": output(TABLE) + output(SAID)}, ("book.js",), ("book.css",))
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.goto(f"{base}one.html")
    table, said = tab.locator("pre").all()
    assert all(float(box.evaluate(SIZE)) >= 11 for box in (table, said))
    assert said.evaluate("box => box.scrollWidth <= box.clientWidth && box.tabIndex < 0")
    lines = table.evaluate("box => box.getClientRects()[0].height") / float(table.evaluate(SIZE))
    assert lines < 3 * 2.2  # none of the three is broken
    tab.locator("nav a").focus()
    tab.keyboard.press("Tab")
    assert table.evaluate("box => box === document.activeElement")
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function("() => document.querySelector('pre').scrollLeft > 0")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.close()


SIZE = "box => parseFloat(getComputedStyle(box).fontSize)"


def test_selected_code_is_the_code(page: Any) -> None:
    for width in (375, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("getSelection().selectAllChildren(document.querySelector('pre'))")
        assert page.evaluate("getSelection().toString()").strip() == CODE.strip()


def test_button_copies_and_tab_passes_it_by(page: Any) -> None:
    button = page.get_by_role("button", name="Copy code that defines f")
    button.click()
    page.locator(".d2l-copied", has_text="Copied: code that defines f").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == CODE.rstrip("\n")
    page.evaluate("document.activeElement.blur()")
    stops = set()
    for _ in range(6):
        page.keyboard.press("Tab")
        stops.add(page.evaluate("document.activeElement.textContent"))
    assert "a link" in stops
    assert not {"Copy", "Copied"} & stops


def test_key_copies_the_code_in_view(page: Any) -> None:
    page.keyboard.press("y")
    page.locator(".d2l-copied", has_text="that defines f").wait_for()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.keyboard.press("y")
    page.locator(".d2l-copied", has_text="that computes y").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == OTHER.rstrip("\n")
    page.evaluate("window.scrollTo(0, 1200)")
    page.keyboard.press("y")
    page.locator(".d2l-copied", has_text="No code begins here").wait_for()


def test_where_the_clipboard_is_not_to_be_had_code_is_copied_the_old_way(page: Any) -> None:
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.evaluate("document.addEventListener('copy', () => { window.old = getSelection() + ''; })")
    page.get_by_role("button", name="Copy code that computes y").click()
    page.locator(".d2l-copied", has_text="Copied: code that computes y").wait_for()
