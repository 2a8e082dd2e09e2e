"""Runs notebooks as their readers do: opened in JupyterLab, "Run All Cells", saved.

``python -m tests.browser.lab [NOTEBOOK ...]`` does so with all of the book's, or with those named.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import patience
from tests.browser import chromium
from tests.pages.contents import ROOT
from tests.processes import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Cells = list[dict[str, Any]]

_ADDRESS = re.compile(r"(http://(?:localhost|127\.0\.0\.1):\d+)/lab\?token=(\w+)")

# JupyterLab's own commands: what a long notebook shows depends on where it is scrolled to.
_READY = """async () => {
  const context = jupyterapp.shell.currentWidget.context;
  await context.ready;
  await context.sessionContext.ready;
  await context.sessionContext.session.kernel.info;
}"""
_RUN = "() => jupyterapp.commands.execute('notebook:run-all-cells').then(() => null)"
_SAVE = "() => jupyterapp.commands.execute('docmanager:save').then(() => null)"

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
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0"]
        command += [f"--ServerApp.root_dir={self.folder}", "--LabApp.expose_app_in_browser=True"]
        command += ["--ServerApp.ip=127.0.0.1"]
        command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | homes, text=True, stdout=-1, stderr=-2
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := _ADDRESS.search(line):
                self.address, self.token = found.groups()
                wait_until(self._answers)
                return
        self.stop()
        raise AssertionError("JupyterLab did not start")

    def _answers(self) -> bool:
        port = int(self.address.rpartition(":")[2])
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return True
        return False

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
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        return copy

    def run_all(self, page: Page, copy: Path) -> Cells:
        """Run all cells of the notebook that is open, save it, and return its cells of code."""
        for command in (_READY, _RUN, _SAVE):
            page.evaluate(command)
        return code_cells(copy)


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
