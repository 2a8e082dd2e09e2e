"""A Jupyter server reduced to the built book and the kernels of its pages.

One process on the loopback interface serves the pages and the kernels that run their cells, and
nothing else: no files, no terminals, no extensions; nobody's Jupyter configuration is read. Kernels
run code, so loopback, a path that nobody can guess and a token, both new at every start, are the
border: the printed address carries them, and the first visit turns the token into a cookie that
browsers send nowhere else. Pages with cells get their scripts while they are served.
"""

from __future__ import annotations

import asyncio
import atexit
import html
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from jupyter_server.serverapp import ServerApp

from d2l_book.live import api
from d2l_book.live.access import Nothing
from d2l_book.live.configuration import PORT, Secrets, configuration
from d2l_book.live.folder import PrivateFolder, parent, sweep
from d2l_book.live.pages import BookHandler, ToTheBook

LONGEST_HEADER = 16 * 1024
BODY_SECONDS = 20.0
"""How long a request's body may take; a megabyte over loopback takes none."""

QUIET_SECONDS = 120.0
"""How long a connection may wait for its next request, and a request's header may take."""

STOP_SECONDS = 30.0
"""When to stop waiting for kernels that do not end; the system ends them with this process."""

OPEN = """<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={address}">
<title>The live book</title>
<p><a href="{address}">To the book</a></p>
"""


def in_one_line(record: logging.LogRecord) -> bool:
    """Have the terminal show what went wrong, and not where in Jupyter.

    Args:
        record: What is to be logged; it loses its traceback.
    """
    error = record.exc_info[1] if record.exc_info else None
    text = record.getMessage().split("\n")[0]
    record.msg = f"{text}: {error!r}" if error is not None else text
    record.args, record.exc_info, record.exc_text = (), None, None
    return True


class BookServer(ServerApp):
    """Serves the book; see the module.

    Attributes:
        folder: Where this server's files are.
    """

    default_services = ()  # type: ignore[assignment]
    folder: PrivateFolder

    @property
    def address(self) -> str:
        """Return the address that lets in."""
        token = self.identity_provider.token
        return f"http://127.0.0.1:{self.port}{self.default_url}?token={token}"

    def load_config_file(self, *args: Any, **kwargs: Any) -> None:
        """Read no configuration: someone's own might listen elsewhere or load more."""

    def init_logging(self) -> None:
        """Log in lines, also what comes from the libraries."""
        super().init_logging()
        logging.getLogger("asyncio").parent = self.log
        for handler in self.log.handlers:
            handler.addFilter(in_one_line)

    def write_server_info_file(self) -> None:
        """Write no file: it would tell the token."""

    def write_browser_open_file(self) -> None:
        """Write the file that opens the browser, if it is to be opened, for nobody else to read.

        The address must not stand in a command line, which every user of the machine can read.
        """
        if not self.open_browser:
            return
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(self.browser_open_file, flags, 0o600), "w") as file:
            file.write(OPEN.format(address=html.escape(self.address)))

    def init_httpserver(self) -> None:
        """Limit what a stranger can make the server keep, and for how long."""
        super().init_httpserver()
        limits = self.http_server.conn_params
        limits.max_header_size = LONGEST_HEADER
        limits.header_timeout = QUIET_SECONDS
        limits.body_timeout = BODY_SECONDS

    def init_signal(self) -> None:
        """Stop without a question, and also when the terminal is closed."""
        signals = [signal.SIGINT, signal.SIGTERM]
        if sys.platform != "win32":
            signals.append(signal.SIGHUP)
        for number in signals:
            signal.signal(number, self._signal_stop)

    def _signal_stop(self, sig: Any, frame: FrameType | None) -> None:
        if not getattr(self, "_stopping", False):
            self.stop(from_signal=True)

    async def _cleanup(self) -> None:
        """Close what pages are connected to before the kernels go that they are connected to."""
        await self.kernel_websocket_connection_class.close_all()  # type: ignore[attr-defined]
        await super()._cleanup()

    async def _stop(self) -> None:
        """Stop, whatever goes wrong meanwhile."""
        try:
            await asyncio.wait_for(self._cleanup(), STOP_SECONDS)
        except Exception as error:
            self.log.error("while stopping: %r", error)
        finally:
            self.folder.remove()
            self.io_loop.stop()


def create(html: Path, port: int = PORT, opens_browser: bool = False) -> BookServer:
    """Return a server that listens but does not answer before it is started.

    Args:
        html: The folder of the built book.
        port: The first port to try; 0 leaves the choice to the system.
        opens_browser: Whether starting it opens the book in the default browser.

    Raises:
        FileNotFoundError: If the book is not built, or by a version that had no live cells.
        ValueError: If there is no such port.
    """
    for needed in (html / "index.html", html / "_static" / "live.js"):
        if not needed.is_file():
            raise FileNotFoundError(f"the book is not built: no {needed}. Run `make book` first.")
    settings = configuration(port, Secrets(), opens_browser)
    sweep(parent())
    folder = PrivateFolder(parent())
    atexit.register(folder.remove)
    server = BookServer(config=settings, runtime_dir=str(folder.path))
    server.folder = folder
    server.browser_open_file = str(folder.path / "open.html")
    server.initialize(argv=[], find_extensions=False)
    _serve(server, html)
    return server


def _serve(server: BookServer, html: Path) -> None:
    """Have a server answer the addresses of the book, and no other."""
    base = server.base_url
    here = {"base": base}
    pages: type[BookHandler] = type("Pages", (BookHandler,), here)
    to_the_book: type[ToTheBook] = type("Shortened", (ToTheBook,), here)
    options = {"path": str(html), "default_filename": "index.html"}
    rules: list[Any] = [(base + pattern, handler) for pattern, handler in api.ROUTES]
    rules += [(f"{base}book/(.*)", pages, options), (f"{base}(?:book)?", to_the_book)]
    server.web_app.add_handlers(".*", [*rules, (".*", Nothing)])
