"""Fixtures of the tests of live pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.live import Reader
from tests.browser.visits import Tabs
from tests.conftest import pictured_after_failure
from tests.live.test_server import Server


@pytest.fixture(scope="session")
def server(book_html: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A live server of the built book."""
    running = Server(book_html, tmp_path_factory.mktemp("config"))
    yield running
    assert "Traceback" not in running.stop()


@pytest.fixture
def reader(
    tabs: Tabs, server: Server, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., Reader]]:
    """A factory of readers; after a failure it keeps a picture of each and prints where."""
    with pictured_after_failure(request, tmp_path) as readers:

        def start(of: Server = server, port: int | None = None, **options: Any) -> Reader:
            visit = Reader(tabs, of, **options)
            visit.base = f"http://127.0.0.1:{port or of.port}{of.base}/"
            readers.append(visit)
            return visit

        yield start
    for each in readers:
        tabs.give_back(each)  # leaves the page, which stops the kernel
