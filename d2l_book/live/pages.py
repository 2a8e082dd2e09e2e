"""Serves the built book's pages, and adds to those with cells what makes them live."""

from __future__ import annotations

import html
from collections.abc import Generator
from pathlib import Path
from typing import ClassVar

from tornado import web

from d2l_book.live.access import Plain
from d2l_book.render.policy import META, policy, policy_of, project_scripts, source_hash

SCRIPTS = ("_data", "_output", "_proof", "_kernel", "_memory", "_editor", "_cell", "")
"""Ends of the names of the scripts that make a page live; each needs those before it."""

_HAS_CELLS = '<div class="cell '

ARRIVAL = """<!doctype html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url={path}">
<title>The live book</title>
<p><a href="{path}">To the book</a></p>
"""
"""Leads on from an address with a token. A redirect would not do: where another program or a file
opened the address, browsers leave the new cookie out until a page of our own leads on."""


def live_policy(page: str, host: str) -> str:
    """Return the policy of a page while it is served.

    Args:
        page: A page as it was built.
        host: The name and port by which it was asked for.
    """
    allowed = policy_of(page) or policy()
    # A cell that is run again may be one whose output carries a script of the project's.
    own = " ".join(source_hash(script) for script in project_scripts())
    allowed = allowed.replace("script-src 'self'", f"script-src 'self' {own}".rstrip())
    # Not every browser takes a WebSocket of the same host for the same.
    allowed = allowed.replace("connect-src 'self'", f"connect-src 'self' ws://{host}")
    return f"{allowed}; frame-ancestors 'none'"


class BookHandler(Plain, web.StaticFileHandler):
    """Serves the files of the built book; a subclass says where they are served."""

    SUPPORTED_METHODS = ("GET", "HEAD")
    base: ClassVar[str] = "/"

    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse who is not let in, and what other pages ask for."""
        refusal = await super().prepare(_redirect_to_login=False)
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
            self.arrive()
            return
        if "\0" in path:
            raise web.HTTPError(404)
        _ = self.xsrf_token  # reading it sets the cookie that the page's script sends back
        await super().get(path, include_body)

    def arrive(self) -> None:
        """Lead on to the page without the token, which is a cookie now."""
        if self.token_authenticated and self.serverapp is not None:
            self.serverapp.remove_browser_open_file()
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        self.finish(ARRIVAL.format(path=html.escape(self.request.path)))

    def set_extra_headers(self, path: str) -> None:
        """Have browsers ask each time, so that a rebuilt page is seen; say what a page may run."""
        self.set_header("Cache-Control", "no-cache")
        place = self.absolute_path or ""
        if place.endswith(".html"):
            page = Path(place).read_text(encoding="utf-8")
            allowed = live_policy(page, self.request.host)
            self.set_header("Content-Security-Policy", allowed)

    def compute_etag(self) -> str | None:
        """Return None: tornado remembers a file's hash even if the file changes."""
        return None

    @classmethod
    def additions(cls) -> str:
        """Return what a page with cells gets at the end of its head."""
        static = f"{cls.base}book/_static"
        scripts = (f'<script defer src="{static}/live{each}.js"></script>' for each in SCRIPTS)
        styles = f'<link rel="stylesheet" href="{static}/live.css" />'
        return "\n".join((styles, *scripts, "</head>"))

    @classmethod
    def get_content(
        cls, abspath: str, start: int | None = None, end: int | None = None
    ) -> Generator[bytes, None, None]:
        """Yield a file; a page without its policy, which is sent as a header, and with scripts."""
        content = Path(abspath).read_bytes()
        if abspath.endswith(".html"):
            page = META.sub("", content.decode("utf-8"), count=1)
            if _HAS_CELLS in page:
                page = page.replace("</head>", cls.additions(), 1)
            content = page.encode("utf-8")
        yield content[start:end]

    def get_content_size(self) -> int:
        """Return the size in bytes of what `get_content` yields."""
        return sum(map(len, self.get_content(self.absolute_path or "")))


class ToTheBook(Plain):
    """Leads from the addresses that readers may shorten to the book."""

    SUPPORTED_METHODS = ("GET", "HEAD")
    base: ClassVar[str] = "/"

    @web.authenticated
    async def get(self) -> None:
        """Lead to the first page."""
        query = f"?{self.request.query}" if self.request.query else ""
        self.redirect(f"{self.base}book/{query}")

    head = get

    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse who is not let in."""
        await super().prepare(_redirect_to_login=False)
