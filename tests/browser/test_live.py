"""The live book as a reader uses it: in a real browser, against a real kernel, without a net."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from tests.browser.live import FIRST, FOLDING, OWN, SECOND, Reader, kernels
from tests.browser.visits import Visit
from tests.live.test_server import Server
from tests.processes import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals")


def test_reader_changes_a_cell_and_sees_what_torch_answers(
    reader: Callable[..., Reader],
) -> None:
    visit = reader()
    page = visit.go_live(FOLDING)
    assert "token" not in page.url
    visit.run(visit.cell(2), "import torch\nprint(torch.__version__, torch.ones(()).dtype)")
    shown = visit.output(2).inner_text().strip()
    assert shown == f"{torch.__version__} torch.float64"  # cell 1 ran before
    visit.run(visit.cell(2), "1 + 1")
    assert visit.output(2).inner_text().strip() == "2"
    page.get_by_role("button", name="Back to the book’s code").click()
    visit.run(visit.cell(2))
    assert visit.output(2).locator("ul.d2l-checks").inner_text().startswith("✓ X has shape (n, m)")
    assert visit.foreign() == []
    assert visit.complaints == []


def test_error_is_shown_in_place_and_ends_the_run(reader: Callable[..., Reader]) -> None:
    visit = reader()
    visit.go_live()
    before = visit.output(3).inner_text()
    visit.write(visit.cell(1), "pass")
    visit.write(visit.cell(2), "print('so far')\n1 / 0")
    visit.press_run(visit.cell(3))
    visit.says(f"An error in {visit.name(visit.cell(2))}: ZeroDivisionError")
    alert = visit.output(2).get_by_role("alert")
    assert alert.locator("strong").inner_text() == "ZeroDivisionError: division by zero"
    assert visit.output(2).inner_text().startswith("so far")
    assert not alert.locator("pre").is_visible()
    alert.locator("summary").click()
    assert "1 / 0" in alert.locator("pre").inner_text()
    assert "\x1b" not in alert.locator("pre").inner_text()
    assert visit.output(3).inner_text() == before
    visit.run(visit.cell(2), "X = 1")
    assert visit.output(2).inner_text() == ""


def test_running_a_cell_runs_those_above_it_once_folded_ones_included(
    reader: Callable[..., Reader],
) -> None:
    visit = reader()
    page = visit.go_live(FOLDING)
    folded = page.locator(".bd-article div.cell.tag_hide-input").first
    number = int(
        folded.evaluate("e => [...document.querySelectorAll('.bd-article div.cell')].indexOf(e)")
    )
    for n in range(1, number + 1):
        visit.write(visit.cell(n), f"count = globals().get('count', 0) + 1; n{n} = count")
    visit.write(folded, "inside = 1")
    after = number + 2
    while not visit.cell(after).is_visible():  # folded too
        visit.write(visit.cell(after), "pass")
        after += 1
    visit.run(visit.cell(after), "print(count, inside)")
    assert visit.output(after).inner_text().strip() == f"{number} 1"
    visit.run(visit.cell(after), "print(count + 1, inside)")
    assert visit.output(after).inner_text().strip() == f"{number + 1} 1"


def test_run_all_gives_what_the_book_shows(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.go_live(FOLDING)
    stored = outputs(page)
    page.get_by_role("button", name="Run all").click()
    visit.says(f"Done: {visit.name(visit.cell(len(stored)))}.")
    assert outputs(page) == stored
    page.evaluate("checks.unfold()")
    page.evaluate("checks.drawCharts()")
    assert visit.complaints == []


def outputs(page: Page) -> list[str]:
    """The words of each cell's output; figures and charts speak by their names."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll(".bd-article div.cell")].map((cell) => {
                const copy = cell.querySelector(".cell_output")?.cloneNode(true);
                copy?.querySelectorAll("figure").forEach((figure) => figure.replaceWith("figure"));
                return copy ? copy.textContent.replace(/\\s+/g, "") : "";
            })"""
        )
    )


def test_restart_forgets_every_name(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.go_live()
    visit.write(visit.cell(1), "pass")
    visit.run(visit.cell(2), "mine = 1")
    page.get_by_role("button", name="Restart").click()
    visit.says("Restarted. No cell has run")
    visit.run(visit.cell(2), "print('mine' in globals())")
    assert visit.output(2).inner_text().strip() == "False"


def test_stop_ends_an_endless_loop_and_what_waits_behind_it(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.go_live()
    visit.write(visit.cell(1), "started = print('looping', flush=True)\nwhile True: pass")
    before = visit.output(2).inner_text()
    visit.press_run(visit.cell(2))
    visit.output(1).get_by_text("looping").wait_for()
    page.get_by_role("button", name="Stop").click()
    visit.output(1).get_by_text("KeyboardInterrupt").first.wait_for()
    assert visit.output(2).inner_text() == before
    visit.run(visit.cell(1), "print('alive')")
    assert visit.output(1).inner_text().strip() == "alive"


def test_cell_is_stopped_that_the_kernel_has_not_begun_with(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.go_live()
    visit.write(visit.cell(1), "while True: pass")
    page.evaluate(
        """async () => {
          const buttons = [...document.querySelectorAll("button")];
          const press = (name) => buttons.find((b) => b.textContent.trim() === name).click();
          const cell = document.querySelector(".bd-article div.cell");
          press("Run");
          while (!cell.textContent.includes("running …")) await Promise.resolve();
          press("Stop");
        }"""
    )
    visit.cell(1).get_by_text("stopped after").wait_for()


def test_kernel_that_dies_is_reported_and_can_be_used_again(reader: Callable[..., Reader]) -> None:
    visit = reader()
    visit.go_live()
    visit.write(visit.cell(1), "import os; os._exit(1)")
    visit.press_run(visit.cell(1))
    visit.says("The kernel died. No cell has run")
    visit.run(visit.cell(1), "print('alive')")
    assert visit.output(1).inner_text().strip() == "alive"


def test_own_answer_of_exercise_2_is_checked(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.go_live(OWN)
    page.evaluate("checks.unfold()")
    cells = page.locator(".bd-article div.cell")
    codes = [visit.text(cells.nth(index)) for index in range(cells.count())]
    numbers = [n + 1 for n, code in enumerate(codes) if "check_backward(mine)" in code]
    assert numbers == [2], "the page has a cell to answer in, below the one that sets up"
    visit.write(visit.cell(1), "import torch, d2l_utils as d2l")
    report = visit.output(numbers[0]).locator(".d2l-report")
    for bias, verdict in (("0 * b1", "Not passed: b1 is wrong."), ("dZ.sum(0)", "Passed:")):
        visit.run(visit.cell(numbers[0]), ANSWER.replace("BIAS", bias))
        assert report.locator("strong").inner_text().startswith(verdict)
    assert report.locator("table.d2l-table").inner_text().count("right") == 3


ANSWER = """def mine(X, y, W1, b1, W2, lambd):
    Z = X @ W1.T + b1
    H = Z.relu()
    G = (H @ W2.T).softmax(1)
    G[range(len(y)), y] -= 1
    G /= len(y)
    dZ = G @ W2 * (Z > 0)
    return {"W1": dZ.T @ X + lambd * W1, "b1": BIAS, "W2": G.T @ H + lambd * W2}


d2l.check_backward(mine)"""


def test_keyboard_alone_is_enough_and_never_trapped(reader: Callable[..., Reader]) -> None:
    visit = reader()
    page = visit.enter(FIRST)
    button = page.get_by_role("button", name="Live", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    visit.says("Ready")
    focused = "document.activeElement.textContent || document.activeElement.tagName"
    assert page.evaluate(focused) == "Run all"
    cell = visit.cell(1)
    cell.locator(".cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("for i in range(2):")
    page.keyboard.press("Enter")
    page.keyboard.type("print(i)")
    assert visit.text(cell) == "for i in range(2):\n    print(i)"
    page.keyboard.press("Tab")
    assert visit.text(cell).endswith("print(i)    ")
    page.keyboard.press("Control+Enter")
    visit.says(f"Done: {visit.name(cell)}.")
    assert visit.output(1).inner_text().split() == ["0", "1"]
    inside = "document.activeElement.classList.contains('cm-content')"
    assert page.evaluate(inside)
    page.keyboard.press("Escape")
    visit.says("Tab now leaves the code.")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(inside)
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Tab")
    assert not page.evaluate(inside)


def test_live_page_fits_a_phone_and_is_legible_in_both_themes(
    reader: Callable[..., Reader],
) -> None:
    visit = reader(width=375)
    page = visit.go_live()
    visit.write(visit.cell(1), "pass")
    visit.run(visit.cell(2), f"long_name = '{'x' * 200}'\nprint(long_name)")
    visit.write(visit.cell(3), f"raise ValueError('{'long ' * 60}')")
    visit.press_run(visit.cell(3))
    visit.says(f"An error in {visit.name(visit.cell(3))}")
    page.evaluate("checks.unfold()")
    for theme in ("light", "dark"):
        visit.turn(theme, 375)
        assert page.evaluate("checks.tooWide()") == []
        assert page.evaluate("checks.faintText()") == []
        colors = page.locator(".d2l-live *, .d2l-live-cell *").evaluate_all(CONTRASTS)
        assert colors
        assert [entry for entry in colors if entry[1] < 4.5] == []


CONTRASTS = """all => {
  const parse = (c) => c.match(/[\\d.]+/g).map(Number);
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) =>
    0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const ground = (e) => {
    const c = parse(getComputedStyle(e).backgroundColor);
    return c.length === 3 || c[3] === 1 ? c : ground(e.parentElement);
  };
  return all.filter((e) => e.checkVisibility() && (e.value || e.textContent)).map((e) => {
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))];
    return [e.textContent.slice(0, 40), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
  });
}"""


def test_leaving_a_page_stops_its_kernel(
    reader: Callable[..., Reader], book_html: Path, tmp_path: Path
) -> None:
    no_grace = "from d2l_book.live import kernels; kernels.GRACE_SECONDS = 0"
    own = Server(book_html, tmp_path, first=no_grace)
    visit = reader(own)
    page = visit.go_live()
    assert len(kernels(own)) == 1
    page.goto(f"{visit.base}book/{SECOND}")  # the cookie lets in
    page.get_by_role("button", name="Live", exact=True).wait_for()
    assert wait_until(lambda: kernels(own) == [], rest=lambda: page.wait_for_timeout(50))
    own.stop()


def test_server_that_stops_leaves_no_dead_button(
    reader: Callable[..., Reader], book_html: Path, tmp_path: Path
) -> None:
    own = Server(book_html, tmp_path)
    visit = reader(own)
    page = visit.go_live()
    visit.write(visit.cell(1), "my own words")
    own.stop()
    visit.hurry()
    visit.says("The server does not answer")
    buttons = page.locator(".d2l-live button:visible, .d2l-live-cell button:visible")
    assert buttons.all_inner_texts() == ["Connect again", "Back to the book’s code"]
    assert visit.text(visit.cell(1)) == "my own words"


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_without_the_server_there_is_no_button_and_no_trace(
    visit: Callable[..., Visit], scheme: str
) -> None:
    reader = visit(scheme)
    page = reader.page
    page.goto(f"{reader.base}{FIRST}?token=anything")
    assert page.locator(".bd-article h1").is_visible()
    assert page.get_by_role("button", name="Live").count() == 0
    assert page.locator(".d2l-live").count() == 0
    assert [url for url in reader.asked if url.split("/")[-1].startswith("live")] == []
