"""A content security policy for every page: what it may load and which scripts it may run.

A page runs the files of the book and the inline scripts that the book's own code or its theme
wrote, and no others: not what slips in with an author's text, an output of a cell, or a handler in
an attribute. Whatever the policy would stop is reported, which fails the build. Other hosts are
never asked. The policy stands in the page itself, so that it also holds for pages opened as files.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser

from d2l_book.notebooks.active import shipped_scripts

META = re.compile(r'\s*<meta http-equiv="Content-Security-Policy" content="([^"]*)" />')
"""The element that carries a page's policy, as `protected` writes it."""

_PLACE = re.compile(r'<head[^>]*>(?:\s*<meta charset="?[\w-]+"? ?/?>)?', re.IGNORECASE)
_HANDLERS = (' onclick="toggleFullScreen()"', ' onclick="window.print()"')
"""What the theme writes into two buttons; book.js listens to them instead."""

_THEME = (
    'document.documentElement.dataset.mode = localStorage.getItem("mode") || "auto"; '
    'document.documentElement.dataset.theme = localStorage.getItem("theme") || "auto";',
    "// Activate the search field on page load "
    'let searchInput = document.querySelector("form.bd-search input"); '
    "if (searchInput) { searchInput.focus(); searchInput.select(); "
    'console.log("[PST]: Set focus on search field."); }',
)
"""The inline scripts of the theme's templates, white space aside."""

_SETTINGS = re.compile(
    r"DOCUMENTATION_OPTIONS\.pagename = '[\w/.-]*';"
    r"|DOCUMENTATION_OPTIONS\.search_as_you_type = (?:true|false);"
    r"|let toggleHint(?:Show|Hide) = '[\w ]*';"
    r"|let toggleOpenOnPrint = '(?:true|false)';"
    r"|var togglebuttonSelector = '[\w .,-]*';"
)
"""The one-line scripts by which Sphinx and its extensions pass settings on."""

_DATA = ("application/json", "application/ld+json", "text/plain")
"""Types of script elements that browsers do not run."""


def source_hash(script: str) -> str:
    """Return the expression by which a policy admits one inline script.

    Args:
        script: The text between the tags, as it is.
    """
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def policy(scripts: Iterable[str] = ()) -> str:
    """Return a page's policy.

    Args:
        scripts: The texts of the inline scripts that it may run.
    """
    hashes = sorted({source_hash(script) for script in scripts})
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *hashes)),
            "style-src 'self' 'unsafe-inline'",  # figures, and what scripts set on elements
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",  # the search
            "base-uri 'none'",
            "object-src 'none'",
        )
    )


def project_scripts() -> list[str]:
    """Return the inline scripts that outputs of cells carry: the JavaScript files of d2l_utils."""
    return [f"\n{script}" for script in shipped_scripts()]


@dataclass(frozen=True)
class Trusted:
    """Decides which inline scripts are the build's own.

    Attributes:
        scripts: Scripts of the book's own code, such as those of `project_scripts`.
    """

    scripts: tuple[str, ...] = field(default_factory=lambda: tuple(project_scripts()))

    def __contains__(self, script: str) -> bool:
        """Return whether a script is the build's own."""
        text = script.strip()
        return (
            script in self.scripts
            or " ".join(text.split()) in _THEME
            or _SETTINGS.fullmatch(text) is not None
        )


class _Active(HTMLParser):
    """Collects what a page would run: inline scripts, and handlers and addresses that are code."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        for name, value in given.items():
            # Browsers ignore blanks and control characters inside a scheme.
            address = re.sub(r"[\x00-\x20]", "", value).lower()
            if name.startswith("on") or address.startswith(("javascript:", "vbscript:")):
                self.handlers.append(f'{name}="{value}"')
        if tag == "iframe" and "srcdoc" in given:
            self.handlers.append("srcdoc")
        if tag == "script" and "src" not in given and given.get("type") not in _DATA:
            self._text = []

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._text is not None:
            self.scripts.append("".join(self._text))
            self._text = None


def protected(html: str, trusted: Trusted) -> tuple[str, list[str]]:
    """Return a page with its policy, and what the policy stops.

    Args:
        html: A page; its policy of an earlier build is replaced.
        trusted: Which inline scripts are the build's own.

    Returns:
        The page, and the beginning of each script or handler in it that will not run.
    """
    html = META.sub("", html)
    for handler in _HANDLERS:
        html = html.replace(handler, "")
    found = _Active()
    found.feed(html)
    found.close()
    own = [script for script in found.scripts if script in trusted]
    stopped = [*(s for s in found.scripts if s not in trusted), *found.handlers]
    allowed = escape(policy(own), quote=False)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{allowed}" />'
    page = _PLACE.sub(lambda place: f"{place[0]}\n    {meta}", html, count=1)
    return page, [" ".join(each.split())[:80] for each in stopped]


def policy_of(html: str) -> str | None:
    """Return the policy that a page carries, or None.

    Args:
        html: A page that `protected` returned, or any other.
    """
    found = META.search(html)
    return unescape(found[1]) if found else None
