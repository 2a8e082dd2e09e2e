"""What cells of a live page answer: as in JupyterLab, and only as much as a page bears."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser import axe
from tests.browser.live import FOLDING, Reader

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals")

MARKDOWN = r'''
from IPython.display import Latex, Markdown, Math, display
display(Markdown(r"""## A part
Some *words*, `code $x$`, a formula $\alpha^2 < \beta$; it costs $5 and $6 there.

$$
\begin{aligned}
a &= b \\
- c &= d
\end{aligned}
$$

- two <b onclick="ran = 1">items</b> [x](javascript:ran)

| a | b |
|---|---|
| 1 | $x_1$ |
"""))
display(Math(r"\frac{\partial J}{\partial W}"))
display(Latex(r"$\nosuchmacro$"))
'''


def test_markdown_and_formulas_are_shown_as_in_a_notebook(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.go_live()
    visit.run(visit.cell(1), MARKDOWN)
    shown = visit.output(1).locator(".d2l-live-markdown")
    shown.locator("mjx-container").nth(2).wait_for()
    assert shown.locator("h2").inner_text() == "A part"
    assert shown.locator("em").inner_text() == "words"
    assert shown.locator("code").inner_text() == "code $x$"
    assert "it costs $5 and $6 there." in shown.locator("p").first.inner_text()
    assert shown.locator("div.math mjx-container[display='true']").count() == 1
    assert shown.locator("table.d2l-table td mjx-container").count() == 1
    assert '<b onclick="ran = 1">items</b>' in shown.locator("li").inner_text()
    assert shown.locator("li b, li a").count() == 0
    others = visit.output(1).locator(".d2l-live-display_data:not(.d2l-live-markdown)")
    others.nth(0).locator("mjx-mfrac").wait_for()
    others.nth(1).get_by_text("What could not be typeset is shown as its source.").wait_for()
    assert others.nth(1).locator(".d2l-live-formula").inner_text() == r"\nosuchmacro"
    assert "IPython" not in visit.output(1).inner_text()
    faces = "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family).join()"
    page.wait_for_function(f"() => ({faces}).includes('MJX')")
    assert visit.complaints == []


HTML = """
from IPython.display import HTML
HTML('''<style>p, body, .bd-article { letter-spacing: 7px } } h1 { display: none }</style>
<p id='here'>x</p><meta http-equiv='refresh' content='0; url=/nowhere'>
<script>window.ran = 1</script><img alt='' src='https://elsewhere.example/x.png'>''')
"""


def test_html_acts_on_its_own_output_only(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.go_live()
    address = page.url
    visit.run(visit.cell(1), HTML)
    visit.output(1).get_by_text("A script in this output was not run").wait_for()
    visit.output(1).get_by_text("live pages ask no other host").wait_for()
    spacing = "e => getComputedStyle(e).letterSpacing"
    assert page.locator("#here").evaluate(spacing) == "7px"
    assert page.locator(".bd-article").evaluate(spacing) == "normal"
    assert page.locator(".bd-article h1").is_visible()
    assert page.evaluate("window.ran") is None
    assert visit.output(1).locator("meta").count() == 0
    assert page.url == address
    [stopped] = [said for said in visit.complaints if said.startswith("failed: ")]
    assert stopped == "failed: https://elsewhere.example/x.png (csp)"


def test_display_is_updated_in_its_place(reader: Callable[..., Reader]) -> None:
    visit = reader()
    visit.go_live()
    code = "from IPython.display import HTML, display\nh = display('one', display_id=True)\n"
    code += "print('between')\nh.update(HTML('<b>two</b>'))\nh.update('<i>three'); h.update('four')"
    visit.run(visit.cell(1), code)
    assert visit.output(1).inner_text().split() == ["'four'", "between"]


def test_input_is_answered_by_one_clear_sentence(reader: Callable[..., Reader]) -> None:
    visit = reader()
    visit.go_live()
    visit.fail(visit.cell(1), "input('?')")
    said = visit.output(1).get_by_role("alert").locator("strong").inner_text()
    assert said == "A live page cannot answer input(): write the value into the cell instead."


def page_height(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollHeight"))


def test_long_output_scrolls_until_all_of_it_is_asked_for(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.go_live()
    visit.run(visit.cell(1), "print('short')")
    before = page_height(page)
    assert visit.output(1).get_by_role("button").count() == 0
    visit.run(visit.cell(1), "for i in range(10_000): print(i)")
    button = visit.output(1).get_by_role("button", name="Show all")
    button.wait_for()
    assert page_height(page) < before + 1000
    box = visit.output(1).get_by_role("group", name="Long output")
    box.focus()
    assert page.evaluate("document.activeElement.ariaLabel") == "Long output"
    button.click()
    assert page_height(page) > before + 100_000
    less = visit.output(1).get_by_role("button", name="Show less")
    assert less.get_attribute("aria-expanded") == "true"
    less.click()
    assert page_height(page) < before + 1000
    visit.run(visit.cell(1), "'\\n'.join(map(str, range(200_000)))")
    assert len(visit.output(1).text_content() or "") < 1_010_000
    assert page_height(page) < before + 1000


def test_what_is_too_large_for_a_page_is_dropped_with_a_note(
    reader: Callable[..., Reader],
) -> None:
    visit = reader()
    visit.go_live()
    visit.run(
        visit.cell(1), "from IPython.display import HTML\nHTML('<i>' + 'x' * 9_000_000 + '</i>')"
    )
    shown = visit.output(1).inner_text()
    assert shown.strip() == "An output of 9 MB is not shown: it is too large."


def test_line_of_proof_follows_what_is_run_again(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.go_live(FOLDING)
    book = page.locator("p.d2l-proof").first
    total = int((book.locator("strong").inner_text()).split()[0])
    line = page.locator("p.d2l-live-proof")
    assert not line.is_visible()
    said = book.inner_text()
    assert visit.text(visit.cell(1)).count("import torch")
    cells = page.locator(".bd-article div.cell")
    number = next(n for n in range(2, cells.count()) if visit.output(n).locator("li").count())
    checks = visit.output(number).locator("li").count()
    for n in range(2, number):
        checks += visit.output(n).locator("li").count()
    visit.run(visit.cell(number))
    assert line.inner_text() == f"{checks} of {total} checks run again here; all passed."
    assert visit.output(number).locator("li").count() > 0
    visit.fail(visit.cell(1), "import d2l_utils as d2l\nd2l.check_true('a', True)\n1 / 0")
    words = f"{checks} of {total} checks run again here, and 1 check in cells that you changed; "
    name = visit.name(visit.cell(1))
    assert line.inner_text() == f"{words}all passed; 1 cell raised an error: in {name}."
    visit.fail(visit.cell(1), "d2l.check_true('a', False)")
    assert line.inner_text() == f"{words}1 failed: in {name}."
    assert "d2l-live-failed" in (line.get_attribute("class") or "")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    line.get_by_role("link", name=name).click()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert book.inner_text() == said  # what the book's own run proved stays
    page.get_by_role("button", name="Restart").click()
    visit.says("Restarted.")
    assert not line.is_visible()


def test_error_is_named_by_its_heading_shown_and_linked(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.go_live()
    last = page.locator(".bd-article div.cell").count()
    visit.write(visit.cell(1), "raise ValueError('early')")
    visit.press_run(visit.cell(last))
    name = visit.name(visit.cell(1))
    visit.says(f"An error in {name}: ValueError. The cells below it were not run.")
    alert = visit.output(1).get_by_role("alert")
    in_sight = """e => {
      const { top, bottom } = e.getBoundingClientRect();
      const bar = document.querySelector(".d2l-live").getBoundingClientRect();
      return top >= bar.bottom && bottom <= innerHeight;
    }"""
    assert alert.evaluate(in_sight)
    page.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")
    assert not alert.evaluate(in_sight)
    page.locator(".d2l-live-status").get_by_role("link", name=name).click()
    assert alert.evaluate(in_sight)
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert visit.cell(1).locator(".d2l-live-state").inner_text().startswith("an error after")


def test_cell_says_that_it_runs_and_how_long_and_that_its_kernel_died(
    reader: Callable[..., Reader], tmp_path: Path
) -> None:
    visit = reader()
    page = visit.go_live()
    visit.run(visit.cell(1), "print('old')")
    state = visit.cell(1).locator(".d2l-live-state")
    assert state.inner_text().startswith("ran in ")
    seen = tmp_path / "seen"
    wait = f"while not os.path.exists({str(seen)!r}): time.sleep(0.05)"
    visit.write(visit.cell(2), f"import os, time\n{wait}\nos._exit(1)")
    before = visit.output(2).inner_text()
    assert before
    visit.press_run(visit.cell(2))
    dying = visit.cell(2).locator(".d2l-live-state")
    page.wait_for_function(
        "e => /^running … [1-9]/.test(e.textContent)", arg=dying.element_handle()
    )
    seen.touch()
    visit.says("The kernel died. No cell has run")
    assert dying.inner_text() == "the kernel died while this ran"
    assert visit.output(2).inner_text() == ""  # what it showed was not of this run
    assert state.inner_text() == "ran in an earlier kernel"


def test_no_text_scrolls_by_between_the_header_and_the_bar(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.go_live()
    for width in (1280, 375):
        visit.turn("light", width)
        page.evaluate("scrollTo({ top: 1500, behavior: 'instant' })")
        gap = page.evaluate(
            """() => {
              const head = document.querySelector(".bd-header-article").getBoundingClientRect();
              const bar = document.querySelector(".d2l-live").getBoundingClientRect();
              return bar.top - head.bottom;
            }"""
        )
        assert abs(gap) < 1


def test_live_page_is_accessible_whatever_its_cells_show(reader: Callable[..., Reader]) -> None:
    visit = reader(width=375)
    page = visit.go_live()
    visit.run(visit.cell(1), f"for i in range(200): print(i)\n{MARKDOWN}")
    visit.output(1).locator("mjx-mfrac").wait_for()
    visit.fail(visit.cell(2), "1 / 0")
    page.keyboard.press("Escape")
    editor = visit.cell(2).locator(".cm-content")
    visit.write(visit.cell(2), "print")
    editor.focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("Control+i")
    visit.cell(2).get_by_role("region", name="What the kernel knows").wait_for()
    page.keyboard.press("Control+Space")
    visit.cell(2).locator(".cm-tooltip-autocomplete li").first.wait_for()
    with axe.prepared(page):
        for theme in ("light", "dark"):
            visit.look(theme, 375)
            page.wait_for_function("t => document.documentElement.dataset.theme === t", arg=theme)
            assert axe.of_colors(page) == [], theme
        assert axe.of_all_else(page) == []  # of which no rule is about a theme: see `axe`
