"""Every page in Firefox and in WebKit, Safari's engine: a smoke test, where they are installed.

What a page must keep in detail is tested in Chromium, see `test_every_page`. Here: no error, no
warning, nothing missing, all formulas, all charts, and a step through the worked example.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from d2l_book.render.policy import META
from d2l_utils.backprop.stepper import USES
from tests.browser.engines import ENGINES, Engine, MissingError
from tests.conftest import QuietHandler, served
from tests.pages.contents import MADE, PAGES

LISTEN = """
window.complaints = [];
for (const kind of ["error", "warn"]) {
  const log = console[kind];
  console[kind] = (...words) => { complaints.push(`${kind}: ${words.join(" ")}`); log(...words); };
}
addEventListener("error", ({ target, message }) =>
  complaints.push(message || `missing: ${target.src || target.href}`), true);
addEventListener("unhandledrejection", ({ reason }) => complaints.push(`rejected: ${reason}`));
addEventListener("securitypolicyviolation", ({ blockedURI }) =>
  complaints.push(`stopped: ${blockedURI}`));
"""
LOOK = """(async () => {
  await checks.settled();
  await checks.drawCharts();
  return {
    complaints,
    formulas: checks.rawMathematics(),
    wide: checks.tooWide(),
    charts: [...checks.stillCharts(), ...checks.emptyCharts()],
    text: document.querySelector(".bd-article").innerText.length,
  };
})()"""
DROPS = 'Dropping "fit-y" because spec has discrete height.'  # see tests.browser.visits

STEP = """(() => {
  const { shadowRoot: root } = document.querySelector("[data-d2l-stepper]");
  [...root.querySelectorAll("button")].find(({ textContent }) => textContent === "Next").click();
  const heads = [...root.querySelectorAll("path.head")].map((head) => {
    const { width, height } = head.getBBox();
    return Math.min(width, height) > 3 && getComputedStyle(head).fill !== "none";
  });
  return { step: root.querySelector(".where").textContent, heads };
})()"""

SPOILT = """
<div class="bd-main"><p style="width: 3000px">wide</p></div>
<p class="bd-article"><span class="math">x</span></p>
<img src="gone.png" alt="gone"><script>1</script><script src="_static/beware.js"></script>
"""


class Handler(QuietHandler):
    """Serves the book, each page with a script in front of all others that listens and looks."""

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
        path = Path(self.translate_path(self.path.partition("?")[0]))
        if self.path == "/_static/beware.js":
            self._send("console.error('beware');", "text/javascript")
        elif self.path == "/smoke.js":
            looks = Path(__file__).parents[1] / "browser" / "page_checks.js"
            self._send(LISTEN + looks.read_text(encoding="utf-8"), "text/javascript")
        elif self.path == "/spoilt.html":
            html = path.with_name("intro.html").read_text(encoding="utf-8")
            self._send(self._watched(html.replace("<article", f"{SPOILT}<article", 1)), "text/html")
        elif path.suffix == ".html" and path.is_file():
            self._send(self._watched(path.read_text(encoding="utf-8")), "text/html")
        else:
            super().do_GET()

    def _watched(self, html: str) -> str:
        script = '<script src="/smoke.js"></script>'
        return META.sub(lambda policy: policy[0] + script, html, count=1)

    def _send(self, text: str, kind: str) -> None:
        data = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture(scope="module")
def watched(book_html: Path) -> Iterator[str]:
    """The address of the book with the script."""
    with served(book_html, Handler) as address:
        yield address


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A browser that is not Chromium."""
    with ExitStack() as stack:
        try:
            started = stack.enter_context(ENGINES[request.param]())
        except MissingError as error:
            pytest.skip(str(error))
        yield started


def look(engine: Engine, address: str) -> dict[str, Any]:
    engine.open(address)
    found: dict[str, Any] = engine.evaluate(LOOK)
    found["complaints"] = [each for each in found["complaints"] if DROPS not in each]
    return found


@pytest.mark.parametrize("page", [*PAGES, *MADE])
def test_page_is_whole_in_other_browsers(engine: Engine, watched: str, page: str) -> None:
    found = look(engine, f"{watched}{page}.html")
    assert found.pop("text") > 100 or page in MADE
    assert not {what: wrong for what, wrong in found.items() if wrong}


def test_arrows_of_the_worked_example_have_heads(engine: Engine, watched: str) -> None:
    engine.open(f"{watched}chapters/multilayer-perceptrons/backprop/hidden-bias.html")
    found = engine.evaluate(STEP)
    assert found["step"].startswith("Step 1 of ")
    assert found["heads"] == [True] * sum(map(len, USES.values()))


def test_spoilt_page_would_be_noticed(engine: Engine, watched: str) -> None:
    found = look(engine, f"{watched}spoilt.html")
    for complaint in ("missing", "stopped", "beware"):
        assert any(complaint in each for each in found["complaints"]), complaint
    assert found["wide"]
    assert found["formulas"]
