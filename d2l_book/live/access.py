"""Who is let in, and what every answer of the live book's server has in common."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import IdentityProvider
from jupyter_server.base.handlers import JupyterHandler
from tornado import web

REMEDY = "Open the address that `make live` printed."

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Addresses contain the secret path: nobody else is told where a request comes from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NOTHING = "default-src 'none'; frame-ancestors 'none'"
"""The content security policy of an answer that is not a page of the book."""


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
    def logout_available(self) -> bool:
        """Offer no log-out, which any other page could ask for in the reader's name."""
        return False

    @property
    def auth_enabled(self) -> bool:
        """Let nobody in without proof."""
        return True

    def clear_login_cookie(self, handler: web.RequestHandler) -> None:
        """Leave a cookie that is worth nothing where it is.

        Names are new at every start and cookies end with the browser, so there is never an old one
        to clear; and who is not let in is answered without a cookie.
        """


class Plain(JupyterHandler):
    """Answers errors in a line of text, and logs a line about those that are our own."""

    def set_default_headers(self) -> None:
        """Name no software and no version, and close what a browser would otherwise leave open."""
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.set_header("Content-Security-Policy", self.content_security_policy)

    @property
    def content_security_policy(self) -> str:
        """Let nothing run."""
        return NOTHING

    def set_cors_headers(self) -> None:
        """Let no other page read an answer, even if it knows the token."""

    def check_host(self) -> bool:
        """Return whether the server was asked for by a name of its own; it has no socket file."""
        return "%" not in self.request.host and super().check_host()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say what is wrong in a line; Jupyter's own pages name its version and need its files."""
        error = kwargs.get("exc_info", (None, None))[1]
        said = error.log_message if isinstance(error, web.HTTPError) else None
        text = said if said and status_code in (400, 404) else HTTPStatus(status_code).phrase
        remedy = f" {REMEDY}" if status_code in (403, 404) else ""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        web.RequestHandler.finish(self, f"{status_code} {text}.{remedy}\n")

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """Log a line about what should not have happened, and nothing about what was refused."""
        if not isinstance(value, web.HTTPError):
            self.log.error("%s %s: %r", self.request.method, self.request.path, value)


class Nothing(Plain):
    """Answers every address that is not the book's."""

    @allow_unauthenticated
    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse other names of this host, and know nothing under its own."""
        raise web.HTTPError(404 if self.check_host() else 403)
