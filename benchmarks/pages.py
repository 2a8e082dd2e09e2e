"""What a page costs the reader's machine: time of the browser's main thread until it is at rest.

Processor time of that thread, not the clock's, so that a busy machine does not decide; still, other
processors give other seconds, so what is promised is a ratio: a page against itself without any
script, which is its text, styles and fonts alone.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.timing import Row
from d2l_book.notebooks.execute import ROOT

FOLDER = "chapters/multilayer-perceptrons/backprop"
PAGES = ("intro", f"{FOLDER}/gradient-shape", f"{FOLDER}/hidden-bias", f"{FOLDER}/memory")
ROUNDS = 5
LIMIT = 3.0
QUIET = 500  # milliseconds


def rows() -> Iterator[Row]:
    """Measure some pages of a book that is built for it."""
    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import find_or_install

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        program = Path(sys.executable).with_name("jupyter-book")
        command = [str(program), "build", str(ROOT), "--path-output", folder, "--quiet"]
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        options: Any = {"executable_path": find_or_install(), "args": ["--no-sandbox"]}
        browser = playwright.chromium.launch(**options)
        for page in PAGES:
            address = (Path(folder) / "_build" / "html" / f"{page}.html").as_uri()
            alone = statistics.median(seconds(browser, address, False) for _ in range(ROUNDS))
            whole = statistics.median(seconds(browser, address, True) for _ in range(ROUNDS))
            name = page.rsplit("/", 1)[-1]
            yield Row(f"page {name}, main thread: with scripts / without", whole / alone, LIMIT)
            yield Row(f"page {name}, seconds of the main thread", whole, None)
        browser.close()


def seconds(browser: Any, address: str, scripts: bool) -> float:
    """Return how long the main thread was busy with a page that was never seen before.

    Args:
        browser: A Chromium of playwright.
        address: The page's.
        scripts: Whether it may run scripts.
    """
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(address, wait_until="load")
    page.wait_for_timeout(QUIET)
    metrics = session.send("Performance.getMetrics")["metrics"]
    context.close()
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))
