"""Firefox and WebKit, as far as a smoke test needs them: they open a page and evaluate a script.

Playwright drives builds of its own of both, which cannot be had everywhere. Those of Debian can:
Firefox listens to WebDriver BiDi, and WebKitGTK has a driver that speaks WebDriver (packages
`firefox-esr`, `webkit2gtk-driver` and `xvfb`). Where one is missing, `MissingError` says what.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from tests import patience

WIDTH, HEIGHT = 1280, 900


class MissingError(RuntimeError):
    """A browser, or what it needs, is not installed."""


class Engine(Protocol):
    """A browser with one page."""

    def open(self, url: str) -> None:
        """Go to an address, and wait until the page is loaded."""

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression of JavaScript, once it is there if it is a promise."""


class Firefox:
    """A headless Firefox, driven by WebDriver BiDi."""

    def __init__(self, address: str) -> None:
        import websocket

        self._socket = websocket.create_connection(
            f"{address}/session", timeout=patience.SECONDS, suppress_origin=True
        )
        self._sent = 0
        self._ask("session.new", capabilities={})
        self._context = self._ask("browsingContext.getTree")["contexts"][0]["context"]
        viewport = {"width": WIDTH, "height": HEIGHT}
        self._ask("browsingContext.setViewport", context=self._context, viewport=viewport)

    def open(self, url: str) -> None:
        self._ask("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        answer = self._ask(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self._context},
            awaitPromise=True,
        )
        if answer["type"] != "success":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def close(self) -> None:
        self._ask("session.end")
        self._socket.close()

    def _ask(self, method: str, **params: Any) -> Any:
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._sent:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
                return answer["result"]


class WebKit:
    """A WebKitGTK, driven by WebDriver."""

    def __init__(self, driver: str, browser: Path) -> None:
        self._session = driver
        options = {"binary": str(browser), "args": ["--automation"]}
        asked = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        made = self._ask("/session", capabilities=asked)
        self._session = f"{driver}/session/{made['sessionId']}"
        limit = int(patience.MILLISECONDS)
        self._ask("/timeouts", script=limit, pageLoad=limit)
        self._ask("/window/rect", width=WIDTH, height=HEIGHT)

    def open(self, url: str) -> None:
        self._ask("/url", url=url)

    def evaluate(self, expression: str) -> Any:
        script = (
            "const done = arguments[0];"
            f"(async () => JSON.stringify((await ({expression})) ?? null))()"
            ".then((text) => done({ text }), (error) => done({ error: String(error) }));"
        )
        answer = self._ask("/execute/async", script=script, args=[])
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return json.loads(answer["text"])

    def close(self) -> None:
        self._send(urllib.request.Request(self._session, method="DELETE"))

    def _ask(self, path: str, **body: Any) -> Any:
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        return self._send(urllib.request.Request(f"{self._session}{path}", data, headers))

    def _send(self, request: urllib.request.Request) -> Any:
        try:
            with urllib.request.urlopen(request, timeout=patience.SECONDS) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode()) from error


@contextmanager
def firefox() -> Iterator[Engine]:
    """Start a Firefox, and end it.

    Raises:
        MissingError: If there is none.
    """
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        raise MissingError("no Firefox; Debian: apt-get install firefox-esr")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        arguments = ["--headless", "--no-remote", "--remote-debugging-port=0"]
        environment = {**os.environ, "HOME": folder}
        command = [program, *arguments, "--profile", folder, "about:blank"]
        with _started(command, environment, r"WebDriver BiDi listening on (ws://\S+)") as address:
            browser = Firefox(address)
            yield browser
            browser.close()


@contextmanager
def webkit() -> Iterator[Engine]:
    """Start a WebKitGTK on a screen of its own, and end it.

    Raises:
        MissingError: If it, its driver or Xvfb is not there.
    """
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    if driver is None or screen is None or not browsers:
        raise MissingError("no WebKitGTK; Debian: apt-get install webkit2gtk-driver xvfb")
    size = f"{WIDTH}x{HEIGHT}x24"
    display = [screen, "-displayfd", "2", "-screen", "0", size, "-nolisten", "tcp"]
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        _started(display, dict(os.environ), r"^(\d+)$") as number,
    ):
        environment = {
            **os.environ,
            "DISPLAY": f":{number}",
            "HOME": folder,
            "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # root has none; the pages are ours
        }
        port = _free_port()
        with _running([driver, f"--port={port}"], environment):  # which says nothing
            browser = _patiently(lambda: WebKit(f"http://127.0.0.1:{port}", browsers[-1]))
            yield browser
            browser.close()


ENGINES = {"firefox": firefox, "webkit": webkit}
"""Browser -> what starts it."""


def _free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _patiently(start: Callable[[], WebKit]) -> WebKit:
    """Try again until the driver listens."""
    limit = time.monotonic() + patience.SECONDS
    while True:
        try:
            return start()
        except urllib.error.URLError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def _started(command: list[str], environment: dict[str, str], said: str) -> Iterator[str]:
    """Start a program and wait for a line on its standard error; gives what the line says."""
    with _running(command, environment) as process:
        assert process.stderr is not None
        found = next(filter(None, (re.search(said, line) for line in process.stderr)), None)
        if found is None:
            raise RuntimeError(f"{command[0]} ended with status {process.wait()}")
        rest = threading.Thread(target=process.stderr.read)  # it must not wait for a reader
        rest.start()
        yield found[1]
        process.terminate()
        rest.join()
