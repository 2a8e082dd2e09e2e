"""Runs notebooks as their readers do: opened in JupyterLab, "Run All Cells", saved.

``python -m tests.browser.lab [NOTEBOOK ...]`` does so with all of the book's, or with those named.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import patience
from tests.browser import chromium
from tests.pages.contents import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Response

Cells = list[dict[str, Any]]

_ADDRESS = re.compile(r"(http://(?:localhost|127\.0\.0\.1):\d+)/lab\?token=(\w+)")

# A long notebook holds only the cells in sight, so we keep the last one there. Right after its
# start JupyterLab may drop what it was asked to run: then no cell waits and none has a number.
_STATE = """last => {
  const panel = document.querySelector(".jp-WindowedPanel-outer");
  panel.scrollTo(0, panel.scrollHeight);
  const prompts = [...panel.querySelectorAll(".jp-InputPrompt")].map(each => each.textContent);
  if (prompts.includes(last)) return "ran";
  return prompts.some(each => /\\[[*\\d]+\\]/.test(each)) ? "runs" : "dropped";
}"""

LONGEST = 5 * patience.SECONDS
"""Seconds for all cells of a notebook, which take under 45 on a machine at rest."""

_ASKS = ".jp-Dialog .jp-mod-accept"
DRAWN = ".jp-OutputArea .vega-embed :is(svg, canvas)"


class Lab:
    """JupyterLab over a folder that holds copies of notebooks.

    Attributes:
        process: The running server.
        address: Where it answers, with its token.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "notebooks"
        self.folder.mkdir()
        homes = {f"JUPYTER_{name}_DIR": str(folder / name) for name in ("CONFIG", "RUNTIME")}
        homes["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / "workspaces")
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
        command += ["--port=0", f"--ServerApp.root_dir={self.folder}", "--LabApp.news_url=None"]
        command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | homes, text=True, stdout=-1, stderr=-2
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(
                r"(http://(?:localhost|127\.0\.0\.1):\d+)/lab\?token=(\w+)", line
            ):
                self.address, self.token = found.groups()
                return
        self.stop()
        raise AssertionError("JupyterLab did not start")

    def stop(self) -> None:
        """Stop the server and its kernels."""
        self.process.terminate()
        self.process.communicate()

    def open(self, page: Page, notebook: Path) -> Path:
        """Open a copy of a notebook in a workspace of its own; return where the copy lies.

        It keeps its outputs, and its cells' numbers are gone: who has one has run.
        """
        copy = self.folder / notebook.name
        content = json.loads(notebook.read_text(encoding="utf-8"))
        for cell in content["cells"]:
            if cell["cell_type"] == "code":
                cell["execution_count"] = None
        copy.write_text(json.dumps(content), encoding="utf-8")
        page.set_default_timeout(patience.MILLISECONDS)
        place = f"workspaces/{notebook.stem}/tree/{notebook.name}"
        page.goto(f"{self.address}/lab/{place}?token={self.token}")
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
        return copy

    def _click_run_all(self, page: Page) -> None:
        page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()

    def run_all(self, page: Page, copy: Path) -> Cells:
        """Run all cells of the notebook that is open, save it, and return its cells of code."""
        self._click_run_all(page)
        last = f"[{len(code_cells(copy))}]:"
        limit, dropped = time.monotonic() + LONGEST, 0
        while (state := page.evaluate(_STATE, last)) != "ran":
            assert time.monotonic() < limit, f"{copy.stem}: {state}"
            page.wait_for_timeout(200)
            if page.locator(_ASKS).count():  # which kernel, if it was not there yet
                page.locator(_ASKS).click()
            dropped = dropped + 1 if state == "dropped" else 0
            if dropped == 25:
                self._click_run_all(page)
                dropped = 0
        with page.expect_response(lambda answer: _saves(answer, copy.name)):
            page.keyboard.press("Control+s")
        return code_cells(copy)


def _saves(answer: Response, name: str) -> bool:
    return answer.request.method == "PUT" and name in answer.url


def code_cells(notebook: Path) -> Cells:
    """Return the cells of code of a stored notebook."""
    cells: Cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def errors(cells: Cells) -> list[str]:
    """Say which cells ended in an error, and with what."""
    outputs = [(cell["execution_count"], output) for cell in cells for output in cell["outputs"]]
    return [
        f"[{count}] {output['ename']}: {output['evalue']}"
        for count, output in outputs
        if output["output_type"] == "error"
    ]


@contextmanager
def opened(folder: Path) -> Iterator[Lab]:
    """JupyterLab for as long as it is needed."""
    lab = Lab(folder)
    try:
        yield lab
    finally:
        lab.stop()


def _report(browser: Browser, lab: Lab, notebook: Path) -> None:
    page = browser.new_page()
    begun = time.monotonic()
    cells = lab.run_all(page, lab.open(page, notebook))
    counts = [cell["execution_count"] for cell in cells]
    whole = counts == list(range(1, len(cells) + 1))
    verdict = "all cells ran" if whole and not errors(cells) else f"{counts} {errors(cells)}"
    print(f"{notebook.stem}: {verdict}, {time.monotonic() - begun:.0f} s", flush=True)
    page.close()


def main(names: list[str]) -> None:
    """Run notebooks and say how each ended."""
    from playwright.sync_api import sync_playwright

    notebooks = [Path(name) for name in names] or sorted(ROOT.glob("chapters/**/[!.]*/*.ipynb"))
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(Path(folder)) as lab,
        sync_playwright() as p,
    ):
        options = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = p.chromium.launch(executable_path=chromium.find_or_install(), args=options)
        for notebook in notebooks:
            _report(browser, lab, notebook)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
