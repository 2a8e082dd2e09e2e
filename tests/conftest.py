"""Fixtures that several test files share: the built book, a server for it, and a browser."""

from __future__ import annotations

import functools
import http.server
import os
import re
import shutil
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
import torch
import yaml
from filelock import FileLock

from tests.browser import chromium
from tests.browser.visits import Tabs, Visit
from tests.builder import jupyter_book
from tests.kernel_copies import KernelCopies
from tests.pages.contents import ROOT
from tests.pages.page_report import WIDTHS, Report, examine, examine_file
from tests.run_costs import Meter


def pytest_configure(config: pytest.Config) -> None:
    """Use one thread: two of them on a busy machine wait for each other most of the time.

    What programs print is compared as plain text, so none that a test starts is told to colour it.
    """
    config.pluginmanager.register(Meter(config))
    config.pluginmanager.register(KernelCopies())
    for name in ("FORCE_COLOR", "PY_COLORS", "CLICOLOR_FORCE"):
        os.environ.pop(name, None)
    os.environ["PYTHON_COLORS"] = "0"
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["IPYTHONDIR"] = str(ROOT / ".ipython")
    torch.set_num_threads(1)


@dataclass(frozen=True)
class Build:
    """A finished build of a book: its pages, what was said meanwhile, and the exit status."""

    html: Path
    log: str
    status: int


def build(source: Path, folder: Path) -> Build:
    """Build the book in `source` below `folder`, warnings being errors."""
    arguments = ["build", str(source), "--path-output", str(folder), "-W", "-n", "--keep-going"]
    with NamedTemporaryFile(suffix=".log") as said:
        status = jupyter_book(arguments, Path(said.name))
        log = re.sub(r"\x1b\[[\d;]*m", "", Path(said.name).read_text(encoding="utf-8"))
    return Build(folder / "_build" / "html", log, status)


def small_book(folder: Path, root: str, pages: Iterable[str], extensions: Iterable[str]) -> None:
    """Give a folder what makes a book of its pages: the real configuration with some extensions."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["sphinx"]["local_extensions"] = dict.fromkeys(extensions, str(ROOT))
    config["html"]["favicon"] = "favicon.svg"
    toc = {"format": "jb-book", "root": root, "chapters": [{"file": page} for page in pages]}
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    (folder / "references.bib").touch()
    shutil.copy(ROOT / "d2l_book" / "render" / "static" / "favicon.svg", folder)


def complaints(build: Build) -> str:
    """The lines of a build's log that say what is wrong, or else its end."""
    lines = build.log.splitlines()
    found = [line for line in lines if re.search(r"\b(?:WARNING|ERROR|CRITICAL|rror:)", line)]
    return "\n".join(found or lines[-20:])


@pytest.fixture
def kept_state() -> Iterator[None]:
    """Put back what a page's first cell sets."""
    dtype, threads, seeded = (
        torch.get_default_dtype(),
        torch.get_num_threads(),
        torch.get_rng_state(),
    )
    with warnings.catch_warnings():
        yield
    torch.set_default_dtype(dtype)
    torch.set_num_threads(threads)
    torch.set_rng_state(seeded)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this test run that all its workers see."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def book_build(shared_folder: Path) -> Build:
    """The book, built once per run from a clean state, never into the working tree."""
    folder = shared_folder / "book"
    log, status = folder / "build.log", folder / "status"
    with FileLock(shared_folder / "book.lock"):
        if not status.is_file():
            folder.mkdir()
            done = build(ROOT, folder)
            log.write_text(done.log, encoding="utf-8")
            status.write_text(str(done.status), encoding="utf-8")
    return Build(
        folder / "_build" / "html",
        log.read_text(encoding="utf-8"),
        int(status.read_text(encoding="utf-8")),
    )


@pytest.fixture(scope="session")
def book_html(book_build: Build) -> Path:
    """The folder of the built pages; a test of its own looks for warnings."""
    if not (book_build.html / "index.html").is_file():
        pytest.fail("the book could not be built:\n" + complaints(book_build), pytrace=False)
    return book_build.html


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files, and reports no request."""

    def log_message(self, *words: object) -> None:
        pass


@contextmanager
def served(
    folder: Path, handler: type[http.server.SimpleHTTPRequestHandler] = QuietHandler
) -> Iterator[str]:
    """Serve a folder on this machine; gives the address, and stops at the end."""
    bound = functools.partial(handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), bound) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def book_server(book_html: Path) -> Iterator[str]:
    """The address of a local server of the built pages."""
    with served(book_html) as address:
        yield address


@pytest.fixture(scope="session")
def book_address(book_html: Path, book_server: str) -> Callable[[str], str]:
    """A function from a scheme, ``http`` or ``file``, to the book's address."""
    addresses = {"http": book_server, "file": book_html.as_uri() + "/"}
    return addresses.__getitem__


@pytest.fixture(scope="session")
def browser(shared_folder: Path) -> Iterator[Any]:
    """A headless Chromium driven by playwright; without one the tests fail and say what to do."""
    from playwright.sync_api import sync_playwright

    with FileLock(shared_folder / "chromium.lock"):
        try:
            path = chromium.find_or_install()
        except (FileNotFoundError, RuntimeError) as error:
            pytest.fail(str(error), pytrace=False)
    with sync_playwright() as playwright:
        # Root in a container has no sandbox; the pages are our own.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def tabs(browser: Any) -> Tabs:
    """The browser's tabs, shared because a tab that has seen a page opens the next one faster."""
    return Tabs(browser)


@contextmanager
def pictured_after_failure(request: pytest.FixtureRequest, folder: Path) -> Iterator[list[Visit]]:
    """A list for a test's visits; if it fails, keep a picture of each and close what it used."""
    visits: list[Visit] = []
    failures = request.session.testsfailed
    yield visits
    if request.session.testsfailed > failures:
        for number, each in enumerate(visits):
            path = folder / f"page-{number}.png"
            each.page.screenshot(path=path, full_page=True)
            print(f"screenshot: {path}")
            each.page.context.close()


@pytest.fixture
def visit(
    tabs: Tabs,
    book_address: Callable[[str], str],
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> Iterator[Callable[..., Visit]]:
    """A factory of visits of a test's own; after a failure it keeps a picture of each."""
    with pictured_after_failure(request, tmp_path) as visits:

        def start(scheme: str = "http", scripts: bool = True, **options: Any) -> Visit:
            base = book_address(scheme)
            visits.append(Visit(tabs.take(base, scripts), base, **options))
            return visits[-1]

        yield start
    for each in visits:
        tabs.give_back(each)


@pytest.fixture(scope="module")
def chart_visit(
    tabs: Tabs, book_address: Callable[[str], str], request: pytest.FixtureRequest
) -> Iterator[Visit]:
    """A visit to the module's PAGE, for all its tests that leave behind no more than settings."""
    base = book_address("http")
    visit = Visit(tabs.take(base), base)
    visit.open(request.module.PAGE)
    visit.page.evaluate("checks.remember()")
    yield visit
    tabs.give_back(visit)


@pytest.fixture
def chart(chart_visit: Visit, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Visit]:
    """The module's visit, set as the page was opened; nothing may be complained about."""
    failures = request.session.testsfailed
    chart_visit.page.evaluate("checks.reset()")
    chart_visit.turn("light", 1280)
    yield chart_visit
    if request.session.testsfailed > failures:
        chart_visit.page.screenshot(path=tmp_path / "page.png", full_page=True)
        print(f"screenshot: {tmp_path / 'page.png'}")
        chart_visit.complaints.clear()
        chart_visit.open(request.module.PAGE)
        chart_visit.page.evaluate("checks.remember()")
    assert chart_visit.complaints == []


@pytest.fixture(scope="session")
def reported() -> dict[str, Report | Exception]:
    """Page -> what a visit to it found, or why it could not be made."""
    return {}


@pytest.fixture
def reports(
    tabs: Tabs,
    reported: dict[str, Report | Exception],
    book_address: Callable[[str], str],
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> Iterator[Callable[[str], Report]]:
    """A function that gives the report on a page, which is visited when it is first asked for."""
    with pictured_after_failure(request, tmp_path) as visits:

        def begin(scheme: str, width: int) -> Visit:
            base = book_address(scheme)
            visits.append(Visit(tabs.take(base), base, width=width))
            return visits[-1]

        def visited(page: str) -> Report:
            address = f"{page}.html" + ("?q=Hessian" if page == "search" else "")
            report = examine(begin("http", WIDTHS[0]), address)
            examine_file(begin("file", WIDTHS[1]), address, report)
            return report

        def report(page: str) -> Report:
            if page not in reported:
                try:
                    reported[page] = visited(page)
                except Exception as error:  # not once for each of the page's tests
                    reported[page] = error
            found = reported[page]
            if isinstance(found, Exception):
                raise found
            return found

        yield report
    for each in visits:
        tabs.give_back(each)
