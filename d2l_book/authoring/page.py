"""Do to one page all that is done to the book.

``python -m d2l_book.authoring.page chapters/.../x.ipynb``:

The notebook is run, judged, run again and compared with itself; the book is built; then the page is
opened in Chromium in both themes and three widths, looked over, and photographed. What is wrong is
printed, one line each. The pages are built below ``_build/page``, beside those of ``make book``.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbclient.exceptions import CellExecutionError

from d2l_book.notebooks.execute import ROOT, execute
from d2l_book.notebooks.gate import inspect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

THEMES = ("light", "dark")
WIDTHS = (1280, 768, 375)
HEIGHT = 900
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

# Vega-Lite says so of every chart that fills its column and whose height is given per row.
_EXPECTED = 'WARN Dropping "fit-y" because spec has discrete height.'
_UNFOLD = "() => document.querySelectorAll('.bd-article details').forEach((d) => (d.open = true))"
# A chart is drawn when it comes near.
_DRAW = """async () => {
  for (const chart of document.querySelectorAll("figure.d2l-chart")) {
    while (chart.clientWidth > 0 && !chart.dataset.drawn) {
      chart.scrollIntoView();
      await new Promise(requestAnimationFrame);
    }
  }
  window.scrollTo(0, 0);
}"""
_WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


def run_problems(path: Path) -> list[str]:
    """Run a notebook, judge it, and run it again.

    Args:
        path: The notebook; it is rewritten with fresh outputs.

    Returns:
        What is wrong, one sentence each; the second run is left out where the first was not sound.
    """
    try:
        execute(path)
    except CellExecutionError as error:
        return [f"{path.name}: a cell failed; the file is unchanged\n{error}"]
    findings = [str(finding) for finding in inspect(path)]
    if findings:
        return findings
    first = path.read_bytes()
    execute(path)
    if path.read_bytes() != first:
        return [f"{path.name}: running it again changed it; `git diff` shows where"]
    return []


def build_problems(root: Path, folder: Path) -> list[str]:
    """Build a book, what is there already excepted.

    Args:
        root: The book's sources.
        folder: Where to build it.

    Returns:
        The warnings, and what else the build says if it fails.
    """
    command = shutil.which("jupyter-book", path=str(Path(sys.executable).parent)) or "jupyter-book"
    options = ["--path-output", str(folder), "-W", "-n", "--keep-going", "--quiet"]
    run = subprocess.run(
        [command, "build", str(root), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if run.returncode == 0:
        return []
    lines = re.sub(r"\x1b\[[\d;]*m", "", run.stdout).splitlines()
    warnings = [line for line in lines if re.search(r"\b(?:WARNING|ERROR|CRITICAL)\b", line)]
    return warnings or lines[-20:]


def visit_problems(browser: Browser, html: Path, page: str, pictures: Path) -> list[str]:
    """Look at a built page in both themes and all widths, everything unfolded.

    Args:
        browser: A running browser.
        html: The folder of the built pages.
        page: The page's name, without ending.
        pictures: Where to put the pictures.

    Returns:
        What the browser complains about, what was asked of others, and what is too wide.
    """
    problems: list[str] = []
    pictures.mkdir(parents=True, exist_ok=True)
    for theme in THEMES:
        for width in WIDTHS:
            look = f"{theme}, {width} px"
            with _opened(browser, html, page, theme, width) as (opened, complaints):
                wide, room = opened.evaluate(_WIDTHS)
                if wide > room:
                    complaints.append(f"the page is {wide} px wide")
                name = f"{page.replace('/', '-')}-{theme}-{width}.png"
                opened.screenshot(path=pictures / name, full_page=True)
            problems += [f"{look}: {complaint}" for complaint in complaints]
    return problems


@contextmanager
def _opened(
    browser: Browser, html: Path, page: str, theme: Any, width: int
) -> Iterator[tuple[Page, list[str]]]:
    """A page with its scripts done and everything unfolded, and a list of complaints about it."""
    complaints: list[str] = []
    base = html.as_uri() + "/"

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and message.text != _EXPECTED:
            complaints.append(f"console {message.type}: {message.text}")

    def ask(request: Any) -> None:
        if not request.url.startswith((base, "data:", "blob:")):
            complaints.append(f"asks another host: {request.url}")

    context = browser.new_context(
        color_scheme=theme, reduced_motion="reduce", viewport={"width": width, "height": HEIGHT}
    )
    opened = context.new_page()
    opened.on("console", listen)
    opened.on("request", ask)
    opened.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    opened.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    opened.goto(f"{base}{page}.html", wait_until="load")
    opened.evaluate("() => window.MathJax?.startup?.promise")
    opened.evaluate(_UNFOLD)
    opened.evaluate(_DRAW)
    yield opened, complaints
    context.close()


def find_browser() -> str | None:
    """Return the path of an installed Chromium, or None to let playwright use its own."""
    named = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, (named, *BROWSERS) if named else BROWSERS)), None)


def main(arguments: list[str] | None = None) -> int:
    """Run, judge, build and look at the page that the command line names.

    Args:
        arguments: Without the program's name; None for the process's own.

    Returns:
        0 if nothing is wrong, else 1; what follows a step that found something is left out.
    """
    parser = argparse.ArgumentParser(prog="python -m d2l_book.authoring.page", description=__doc__)
    parser.add_argument("notebook", type=Path, help="a notebook below chapters/")
    path = parser.parse_args(arguments).notebook.resolve()
    if path.suffix != ".ipynb" or not path.is_file() or not path.is_relative_to(ROOT):
        parser.error(f"expected a notebook of the book, got {path}")
    page, folder = path.relative_to(ROOT).with_suffix("").as_posix(), ROOT / "_build" / "page"
    html, pictures = folder / "_build" / "html", ROOT / "_build" / "screenshots"

    def look() -> list[str]:
        from playwright.sync_api import sync_playwright

        if not (html / f"{page}.html").is_file():
            return [f"{page} is not in _toc.yml, so the book has no such page"]
        with sync_playwright() as playwright:
            # Root in a container has no sandbox; the pages are our own.
            browser = playwright.chromium.launch(
                executable_path=find_browser(), args=["--no-sandbox"]
            )
            return visit_problems(browser, html, page, pictures)

    steps = (
        ("runs, is sound, and runs again to the same bytes", lambda: run_problems(path)),
        ("is built without a warning", lambda: build_problems(ROOT, folder)),
        (f"looks right in {len(THEMES)} themes and {len(WIDTHS)} widths", look),
    )
    for said, step in steps:
        problems = step()
        if problems:
            print(*problems, sep="\n", file=sys.stderr)
            return 1
        print(f"✓ {path.name} {said}", flush=True)
    print(f"  pictures: {pictures.relative_to(ROOT)}/{page.replace('/', '-')}-*.png")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
