"""A reader's visit to the live book: pages served by a real server, cells run by a real kernel."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests import patience
from tests.browser.visits import Tabs, Visit
from tests.live.test_server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

FIRST = "chapters/multilayer-perceptrons/backprop/partitioning-runs.html"
"""One of the smallest pages, for what does not depend on what a page holds."""

FOLDING = "chapters/multilayer-perceptrons/backprop/gradient-shape.html"
"""A page with folded cells, checks and a chart."""

SECOND = "chapters/multilayer-perceptrons/backprop/hidden-bias.html"
OWN = "chapters/multilayer-perceptrons/backprop/your-turn.html"

_VIEW = "const view = d2lLibraries.EditorView.findFromDOM(e.querySelector('.cm-editor'));"
_WRITE = f"""(e, code) => {{
  {_VIEW}
  view.dispatch({{ changes: {{ from: 0, to: view.state.doc.length, insert: code }} }});
}}"""
_READ = f"e => {{ {_VIEW} return view.state.doc.toString(); }}"
_HURRY = """() => {
  const wait = window.setTimeout;
  window.setTimeout = (act, time, ...given) => wait(act, time / 100, ...given);
}"""


class Reader(Visit):
    """A visit to the live book."""

    def __init__(self, tabs: Tabs, server: Server, **options: Any) -> None:
        self.server = server
        host = f"http://127.0.0.1:{server.port}{server.base}/"
        super().__init__(tabs.take(host), host, **options)
        self.page.set_default_timeout(patience.MILLISECONDS)

    def enter(self, address: str) -> Page:
        """Open a page of the book with the token."""
        self.page.goto(f"{self.base}book/{address}?token={self.server.token}")
        self.page.wait_for_url(f"{self.base}book/{address}")
        return self.page

    def go_live(self, address: str = FIRST) -> Page:
        """Open a page, press its button and wait for the kernel."""
        self.enter(address).get_by_role("button", name="Live", exact=True).click()
        self.says("Ready")
        return self.page

    def says(self, text: str) -> None:
        """Wait until the page's status line contains a text."""
        self.page.locator(".d2l-live-status", has_text=text).wait_for()

    def hurry(self) -> None:
        """Let the page's own pauses take a hundredth of their time, until it is left."""
        self.page.evaluate(_HURRY)

    def write(self, cell: Locator, code: str) -> None:
        """Put code in the place of what a cell contains."""
        cell.evaluate(_WRITE, code)

    def text(self, cell: Locator) -> str:
        """What a cell contains."""
        return str(cell.evaluate(_READ))

    def name(self, cell: Locator) -> str:
        """What the page calls a cell."""
        label = cell.locator(".cm-content").get_attribute("aria-label") or ""
        assert label.startswith("Code of ")
        return label.removeprefix("Code of ")

    def press_run(self, cell: Locator) -> None:
        """Press a cell's button."""
        cell.get_by_role("button", name="Run").click()

    def run(self, cell: Locator, code: str | None = None) -> None:
        """Press a cell's button, after changing the cell if there is code, and wait for the end."""
        if code is not None:
            self.write(cell, code)
        self.press_run(cell)
        self.says(f"Done: {self.name(cell)}.")

    def fail(self, cell: Locator, code: str) -> None:
        """Run code in a cell that raises an error, and wait for the end."""
        self.write(cell, code)
        self.press_run(cell)
        self.says(f"An error in {self.name(cell)}")

    def cell(self, number: int) -> Locator:
        """A cell of the page, counted from 1."""
        return self.page.locator(".bd-article div.cell").nth(number - 1)

    def output(self, number: int) -> Locator:
        """What a cell of the page shows."""
        return self.cell(number).locator(".cell_output")


def kernels(server: Server) -> list[dict[str, Any]]:
    """The kernels that a server runs."""
    return list(json.loads(server.ask("/api/kernels", server.token)[2]))
