"""The editor of live cells: its keys, its colours, what the kernel adds, and what it is called."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.live import FIRST, FOLDING, Reader

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals")

THREE = "if x:\n    one\ntwo"


def select(visit: Reader, cell: Locator, keys: str = "Control+a") -> None:
    cell.locator(".cm-content").focus()
    visit.page.keyboard.press(keys)


def test_keys_of_an_editor_of_code(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.go_live()
    cell = visit.cell(2)
    visit.write(cell, THREE)
    select(visit, cell)
    page.keyboard.press("Tab")
    assert visit.text(cell) == "    if x:\n        one\n    two"
    page.keyboard.press("Shift+Tab")
    assert visit.text(cell) == THREE
    page.keyboard.press("Shift+Tab")  # nothing to take away, and nothing lost
    assert visit.text(cell) == "if x:\none\ntwo"
    page.keyboard.press("Control+z")
    assert visit.text(cell) == THREE
    page.keyboard.press("Control+/")
    assert visit.text(cell) == "# if x:\n#     one\n# two"
    page.keyboard.press("Control+/")
    assert visit.text(cell) == THREE
    page.keyboard.press("Control+End")
    page.keyboard.type("(1")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert cell.locator(".cm-nonmatchingBracket").all_inner_texts() == ["("]
    page.keyboard.press("End")
    page.keyboard.type(")")
    assert cell.locator(".cm-matchingBracket").all_inner_texts() == ["(", ")"]
    assert visit.complaints == []


def test_escape_lets_tab_leave_until_something_else_is_pressed(
    reader: Callable[..., Reader],
) -> None:
    visit = reader()
    page = visit.go_live()
    cell = visit.cell(2)
    visit.write(cell, "x")
    select(visit, cell, "End")
    page.keyboard.press("Escape")
    page.keyboard.type("y")
    page.keyboard.press("Tab")
    assert visit.text(cell) == "xy  "  # it indents again
    page.keyboard.press("Escape")
    page.evaluate(AN_HOUR_LATER)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.ariaLabel") == f"Run {visit.name(cell)}"
    assert visit.text(cell) == "xy  "


AN_HOUR_LATER = "() => { const now = Date.now; Date.now = () => now() + 3.6e6; }"


def test_shift_enter_goes_on_and_control_enter_stays(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.go_live()
    visit.write(visit.cell(1), "one = 1")
    visit.write(visit.cell(2), "print(one)")
    focused = "document.activeElement.ariaLabel"
    select(visit, visit.cell(1))
    page.keyboard.press("Control+Enter")
    visit.says(f"Done: {visit.name(visit.cell(1))}.")
    assert page.evaluate(focused) == f"Code of {visit.name(visit.cell(1))}"
    page.keyboard.press("Shift+Enter")
    assert page.evaluate(focused) == f"Code of {visit.name(visit.cell(2))}"
    page.keyboard.press("Control+Enter")
    visit.says(f"Done: {visit.name(visit.cell(2))}.")
    assert visit.output(2).inner_text().strip() == "1"
    assert visit.text(visit.cell(1)) == "one = 1"  # Enter wrote no line


def test_kernel_completes_names_and_says_what_they_are(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.go_live()
    visit.run(visit.cell(1), 'def half(number):\n    "Halve a number: 𝟙/2."\nlengthy_name = "𝟙"')
    cell = visit.cell(2)
    visit.write(cell, '"𝟙"; lengthy')  # a character of which browsers make two
    select(visit, cell, "Control+End")
    page.keyboard.press("Control+Space")
    visit.cell(2).locator(".cm-tooltip-autocomplete li").first.wait_for()
    page.keyboard.press("Escape")
    assert cell.locator(".cm-tooltip-autocomplete").count() == 0
    page.keyboard.press("Control+Space")
    cell.locator(".cm-tooltip-autocomplete li").first.wait_for()
    page.wait_for_timeout(150)  # for as long a list that has just come up takes no key
    page.keyboard.press("Enter")
    assert visit.text(cell) == '"𝟙"; lengthy_name'
    page.keyboard.type(".isd")  # a dot asks by itself
    option = cell.locator(".cm-tooltip-autocomplete li", has_text="isdigit")
    option.wait_for()
    box = option.bounding_box()
    assert box is not None
    assert box["y"] > 0
    page.keyboard.press("Escape")
    visit.write(cell, '"𝟙"; half')
    select(visit, cell, "Control+End")
    page.keyboard.press("Control+i")
    about = cell.get_by_role("region", name="What the kernel knows")
    about.get_by_text("Halve a number: 𝟙/2.").wait_for()
    assert "\x1b" not in about.inner_text()
    page.keyboard.press("Escape")
    assert not about.is_visible()
    visit.write(cell, "no_such_name")
    select(visit, cell, "Control+End")
    page.keyboard.press("Control+i")
    visit.says("The kernel knows nothing about this.")
    page.keyboard.press("Control+Space")
    visit.says("No name begins like this.")
    assert visit.complaints == []


def test_busy_kernel_is_not_waited_for(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.go_live()
    visit.write(visit.cell(1), "while True: pass")
    visit.press_run(visit.cell(1))
    visit.cell(1).get_by_text("running …").wait_for()
    select(visit, visit.cell(2), "Control+End")
    for keys in ("Control+Space", "Control+i"):
        page.keyboard.press(keys)
        visit.says("The kernel is busy; it answers when the cell has run.")
        page.evaluate("document.querySelector('.d2l-live-status').textContent = ''")
    page.get_by_role("button", name="Stop").click()
    visit.cell(1).get_by_text("stopped after").wait_for()


def test_each_editor_has_a_name_of_its_own_that_its_heading_gives(
    reader: Callable[..., Reader],
) -> None:
    visit = reader()
    page = visit.go_live()
    editors = page.locator(".bd-article .cm-content")
    names = [editors.nth(n).get_attribute("aria-label") for n in range(editors.count())]
    assert len(names) == len(set(names)) > 5
    headings = [each.rstrip("#") for each in page.locator(".bd-article h2").all_inner_texts()]
    assert any(f"Code of “{heading}”" in str(name) for heading in headings for name in names)
    help_text = page.locator(f"#{editors.first.get_attribute('aria-describedby')}").inner_text()
    for key in ("Shift+Enter", "Ctrl+Enter", "Ctrl+Space", "Ctrl+I", "Ctrl+/", "Escape"):
        assert key in help_text


COLOURS = """e => {
  const of = (box, text) => {
    const spans = [...box.querySelectorAll("span")].filter((each) => each.textContent === text);
    return spans.length ? getComputedStyle(spans.at(-1)).color : null;
  };
  const words = ["import", "as", "=", "0"];
  const still = e.closest(".cell_input").querySelector("pre");
  return words.map((word) => [word, of(e, word), of(still, word)]).filter(([, a, b]) => a && b);
}"""


def test_code_keeps_the_colours_of_the_page_in_both_themes(reader: Callable[..., Reader]) -> None:
    visit = reader()
    visit.go_live(FOLDING)
    seen = set()
    for theme in ("light", "dark"):
        visit.turn(theme, 1280)
        found = visit.cell(1).locator(".cm-editor").evaluate(COLOURS)
        assert len(found) >= 3
        assert [each for each in found if each[1] != each[2]] == []
        seen |= {(theme, colour) for _, colour, _ in found}
    assert len(seen) >= 4  # not all of one colour


def test_editor_is_loaded_only_by_who_goes_live(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.enter(FIRST)
    page.get_by_role("button", name="Live", exact=True).wait_for()
    assert [url for url in visit.asked if "live_libraries" in url] == []
    page.get_by_role("button", name="Live", exact=True).click()
    visit.says("Ready")
    assert len([url for url in visit.asked if "live_libraries" in url]) == 1


def test_editor_that_cannot_be_loaded_is_said_so_and_can_be_tried_again(
    reader: Callable[..., Reader],
) -> None:
    visit = reader()
    page = visit.enter(FIRST)
    page.route("**/live_libraries.js", lambda route: route.abort())
    button = page.get_by_role("button", name="Live", exact=True)
    button.click()
    visit.says("The editor could not be loaded.")
    assert page.locator(".cell_input pre").first.is_visible() or page.locator(".cell_input").count()
    page.unroute("**/live_libraries.js")
    button.click()
    visit.says("Ready")


def test_editor_works_under_the_page_s_policy(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.enter(FIRST)
    page.evaluate(
        "() => { window.stopped = []; document.addEventListener('securitypolicyviolation',"
        "(event) => stopped.push(event.violatedDirective)); }"
    )
    page.get_by_role("button", name="Live", exact=True).click()
    visit.says("Ready")
    display = "getComputedStyle(document.querySelector('.cm-editor')).display"
    assert page.evaluate(display) == "flex"  # its style sheet is in force
    assert page.evaluate("stopped") == []
    allowed = visit.server.ask(f"/book/{FIRST}", visit.server.token)[1]["content-security-policy"]
    assert "unsafe-eval" not in allowed
    [scripts] = [part for part in allowed.split("; ") if part.startswith("script-src")]
    assert "unsafe-inline" not in scripts
