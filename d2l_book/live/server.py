"""Serve the built book together with a Jupyter server: its cells run where they are read.

``python -m d2l_book.live`` is one process on the loopback interface. It serves the pages below
``/book/`` and Jupyter's kernels, and nothing else: no files, no terminals, no extensions, and
nobody's Jupyter configuration is read. Kernels run code, so loopback and a token, new at every
start, are the border: the printed address carries the token, and the first visit turns it into a
cookie. Pages with cells get ``live.js`` while they are served; as built they carry no trace of it.
"""

from __future__ import annotations

import argparse
import logging
import secrets
import signal
import sys
from collections.abc import Generator
from pathlib import Path
from types import FrameType
from typing import Any

from jupyter_server.auth.identity import IdentityProvider
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.contents.manager import AsyncContentsManager
from tornado import web
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
PORT = 8888
"""Where to start looking for a free port."""

CULL_AFTER_SECONDS = 600
"""A page stops its kernel when it is left; this is for browsers that crash."""

_HAS_CELLS = b'<div class="cell '
_LIVE = (
    b'<link rel="stylesheet" href="/book/_static/live.css" />\n'
    b'<script defer src="/book/_static/live_output.js"></script>\n'
    b'<script defer src="/book/_static/live.js"></script>\n</head>'
)


class TokenOnly(IdentityProvider):
    """Lets in who has the token or the cookie it was exchanged for: there are no passwords."""

    def should_check_origin(self, handler: web.RequestHandler) -> bool:
        """Refuse the scripts of other pages even if they know the token."""
        return True

    @property
    def login_available(self) -> bool:
        """Show no form: the address that is printed is enough."""
        return False

    @property
    def auth_enabled(self) -> bool:
        """Let nobody in without proof."""
        return True


class BookHandler(JupyterHandler, web.StaticFileHandler):
    """Serves the files of the built book, and adds ``live.js`` to the pages that have cells."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse who is not let in, and what other pages ask for."""
        refusal = super().prepare(_redirect_to_login=False)
        if refusal is not None:
            await refusal
        if not self.check_origin():
            raise web.HTTPError(403)

    @web.authenticated
    async def head(self, path: str) -> None:  # type: ignore[override]
        """Send the headers of one file; see `send`."""
        await self.send(path, include_body=False)

    @web.authenticated
    async def get(self, path: str) -> None:  # type: ignore[override]
        """Send one file; see `send`."""
        await self.send(path)

    async def send(self, path: str, include_body: bool = True) -> None:
        """Send one file.

        Args:
            path: Its place below the built book.
            include_body: Whether to send more than the headers.
        """
        if self.get_query_argument("token", None) is not None:
            # The cookie is set: out of the address bar, the history and bookmarks with the token.
            self.redirect(self.request.path)
            return
        _ = self.xsrf_token  # reading it sets the cookie that the page's script sends back
        await super().get(path, include_body)

    def set_extra_headers(self, path: str) -> None:
        """Have browsers ask each time, so that a rebuilt page is seen."""
        self.set_header("Cache-Control", "no-cache")

    def compute_etag(self) -> str | None:
        """Return None: tornado remembers a file's hash even if the file changes."""
        return None

    @classmethod
    def get_content(
        cls, abspath: str, start: int | None = None, end: int | None = None
    ) -> Generator[bytes, None, None]:
        """Yield a file, with the script added if it is a page with cells."""
        content = Path(abspath).read_bytes()
        if abspath.endswith(".html") and _HAS_CELLS in content:
            content = content.replace(b"</head>", _LIVE, 1)
        yield content[start:end]

    def get_content_size(self) -> int:
        """Return the size in bytes of what `get_content` yields."""
        return sum(map(len, self.get_content(self.absolute_path or "")))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer in a line of text; Jupyter's error pages need its own files."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        hint = "Open the address that `make live` printed." if status_code == 403 else ""
        self.finish(f"{status_code} {self._reason}. {hint}\n")


class NoFiles(AsyncContentsManager):
    """Offers no files: Jupyter's own managers serve every file of the folder they start in."""

    def get_extra_handlers(self) -> list[Any]:
        """Return no addresses."""
        return []


class BookServer(ServerApp):
    """A Jupyter server reduced to its kernels."""

    default_services = ("kernels",)  # type: ignore[assignment]

    def load_config_file(self, *args: Any, **kwargs: Any) -> None:
        """Read no configuration: someone's own might listen elsewhere or load more."""

    def write_server_info_file(self) -> None:
        """Write no file: it would tell the token."""

    def init_signal(self) -> None:
        """Stop without a question, and also when the terminal is closed."""
        signals = [signal.SIGINT, signal.SIGTERM]
        if sys.platform != "win32":
            signals.append(signal.SIGHUP)
        for number in signals:
            signal.signal(number, self._signal_stop)

    def _signal_stop(self, sig: Any, frame: FrameType | None) -> None:
        self.stop(from_signal=True)


def configuration(port: int, token: str, opens_browser: bool) -> Config:
    """Return everything about the server that is not Jupyter's default.

    Args:
        port: The first port to try; 0 leaves the choice to the system.
        token: What a visitor has to know.
        opens_browser: Whether to open the book in the default browser.
    """
    server = {
        "ip": "127.0.0.1",
        "port": port,
        "allow_remote_access": False,  # other names of this host, as in DNS rebinding, are refused
        "allow_unauthenticated_access": False,
        "allow_origin": "",
        "allow_root": True,  # containers
        "cookie_secret": secrets.token_bytes(32),  # cookies of an earlier start are worth nothing
        "contents_manager_class": NoFiles,
        "default_url": "/book/",
        "identity_provider_class": TokenOnly,
        "log_level": logging.ERROR,
        "no_browser_open_file": not opens_browser,
        "open_browser": opens_browser,
        "root_dir": str(ROOT),  # a kernel starts in the folder of its page's notebook
        "terminals_enabled": False,
    }
    culling = {"cull_idle_timeout": CULL_AFTER_SECONDS, "cull_interval": 60}
    return Config(
        {
            "ServerApp": server,
            "IdentityProvider": {"token": token},
            "KernelSpecManager": {"allowed_kernelspecs": {"python3"}},
            "MappingKernelManager": culling,
        }
    )


def create(html: Path, port: int = PORT, opens_browser: bool = False) -> BookServer:
    """Return a server that listens but does not answer before it is started.

    Args:
        html: The folder of the built book.
        port: The first port to try; 0 leaves the choice to the system.
        opens_browser: Whether starting it opens the book in the default browser.

    Raises:
        FileNotFoundError: If the book is not built, or by a version that had no live cells.
    """
    for needed in (html / "index.html", html / "_static" / "live.js"):
        if not needed.is_file():
            raise FileNotFoundError(f"the book is not built: no {needed}. Run `make book` first.")
    server = BookServer(config=configuration(port, secrets.token_hex(24), opens_browser))
    server.initialize(argv=[], find_extensions=False)
    options = {"path": str(html), "default_filename": "index.html"}
    server.web_app.add_handlers(".*", [(r"/book/(.*)", BookHandler, options)])
    return server


def announce(server: BookServer) -> None:
    """Print where the book is, once the server listens there."""
    token = server.identity_provider.token
    print(f"The live book is at http://127.0.0.1:{server.port}/book/?token={token}")
    print("Whoever has this address can run code as you. Stop with Control-C.", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Serve the book until stopped.

    Returns:
        0, or 1 if there is no book to serve.
    """
    parser = argparse.ArgumentParser(prog="python -m d2l_book.live", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help="the first port to try")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--book", type=Path, default=HTML, help="the folder of the built book")
    options = parser.parse_args(arguments)
    try:
        server = create(options.book.resolve(), options.port, not options.no_browser)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    server.io_loop.add_callback(announce, server)
    server.start()
    return 0
