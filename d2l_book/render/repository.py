"""Links from each page to its source, to running it and to reporting a mistake in it.

They need an address: that of the variable ``D2L_REPOSITORY``, such as
``https://github.com/someone/book``, or, where GitHub builds the book, of the repository that it is
built from. Anywhere else there is none, and the links are absent.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from urllib.parse import quote, urlencode

from docutils import nodes
from sphinx.application import Sphinx

VARIABLE = "D2L_REPOSITORY"
_ADDRESS = re.compile(r"https://[\w.-]+/[\w.-]+/[\w.-]+")


def address(environment: Mapping[str, str]) -> str | None:
    """Return the address of the repository, or None where it is not known.

    Args:
        environment: Variables, as a user or GitHub's runners set them.

    Raises:
        ValueError: If it is not the address of a repository.
    """
    given = environment.get(VARIABLE)
    if not given:
        server, name = environment.get("GITHUB_SERVER_URL"), environment.get("GITHUB_REPOSITORY")
        given = f"{server}/{name}" if server and name else None
    if given is None:
        return None
    given = given.rstrip("/").removesuffix(".git")
    if not _ADDRESS.fullmatch(given):
        expected = "https://host/owner/name"
        raise ValueError(f"{VARIABLE}: expected an address like {expected}, got {given!r}")
    return given


def links(repository: str, source: str, title: str) -> str:
    """Return the links of one page, as HTML.

    Args:
        repository: The repository's address.
        source: The page's file, as a path in the repository.
        title: The page's title.
    """
    report = urlencode({"title": f"Mistake in: {title}", "body": f"Page: {source}\n\n"})
    found = {
        "Source of this page": f"{repository}/blob/HEAD/{quote(source)}",
        "Run it": f"{repository}#readme",
        "Report a mistake": f"{repository}/issues/new?{report}",
    }
    shown = [f'<a href="{escape(href)}">{name}</a>' for name, href in found.items()]
    return f'<p class="d2l-links">{" ".join(shown)}</p>'


def add_links(app: Sphinx, doctree: nodes.document, name: str) -> None:
    """Put the links at the end of a page."""
    repository = address(os.environ)
    if repository is not None:
        path = Path(app.env.doc2path(name)).relative_to(app.srcdir).as_posix()
        html = links(repository, path, app.env.titles[name].astext())
        doctree.append(nodes.raw("", html, format="html"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.connect("doctree-resolved", add_links, priority=840)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
