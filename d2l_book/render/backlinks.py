"""Where an exercise is used: its page lists the exercises' pages whose text links to it.

The links are those of the text; nobody keeps the list.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from html import escape
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

SUFFIXES = (".ipynb", ".md")


def note(app: Sphinx, doctree: nodes.document) -> None:
    """Keep in mind to which pages a page of an exercise links."""
    name = app.env.docname
    if app.env.doc2path(name).endswith(".ipynb"):
        _kept(app.env)[name] = sorted(set(_linked(app.env, name, doctree)) - {name})


def _linked(env: BuildEnvironment, name: str, doctree: nodes.document) -> Iterator[str]:
    for node in doctree.findall(_is_link):
        address = urlsplit(node.get("reftarget") or node.get("refuri") or "")
        target = address.path
        if not target or address.netloc or node.get("refdomain") == "cite":
            continue
        here = posixpath.dirname(name)
        for page in (target.lstrip("/"), posixpath.normpath(posixpath.join(here, target))):
            path = PurePosixPath(page)
            found = str(path.with_suffix("")) if path.suffix in SUFFIXES else str(path)
            if found in env.found_docs and env.doc2path(found).endswith(".ipynb"):
                yield found
                break


def _is_link(node: nodes.Node) -> bool:
    return isinstance(node, addnodes.pending_xref | nodes.reference)


def users_of(env: BuildEnvironment, name: str) -> list[str]:
    """Return the pages that link to a page, in the order of their titles.

    Args:
        env: The book's environment, once all pages are read.
        name: The page.
    """
    pages = [page for page, linked in _kept(env).items() if name in linked]
    return sorted(pages, key=lambda page: env.titles[page].astext())


def add_users(app: Sphinx, doctree: nodes.document, name: str) -> None:
    """Say at the end of a page where it is used."""
    shown = [
        f'<a href="{escape(app.builder.get_relative_uri(name, page))}">'
        f"{escape(app.env.titles[page].astext())}</a>"
        for page in users_of(app.env, name)
    ]
    if shown:
        html = f'<p class="d2l-used">Used in {", ".join(shown)}.</p>'
        doctree.append(nodes.raw("", html, format="html"))


def forget(app: Sphinx, env: BuildEnvironment, name: str) -> None:
    """Drop the links of a page that is gone or will be read again."""
    _kept(env).pop(name, None)


def write_anew(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Give the pages that are used elsewhere than in the last build."""
    was: dict[str, list[str]] = getattr(env, "d2l_used_in", {})
    linked = {page for pages in _kept(env).values() for page in pages}
    now = {page: users_of(env, page) for page in linked}
    env.d2l_used_in = now  # type: ignore[attr-defined]
    return [
        page for page in sorted({*was, *now} & env.found_docs) if was.get(page) != now.get(page)
    ]


def _kept(env: BuildEnvironment) -> dict[str, list[str]]:
    if not hasattr(env, "d2l_links"):
        env.d2l_links = {}  # type: ignore[attr-defined]
    kept: dict[str, list[str]] = env.d2l_links  # type: ignore[attr-defined]
    return kept


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.connect("doctree-read", note)
    app.connect("env-purge-doc", forget)
    app.connect("env-updated", write_anew)
    app.connect("doctree-resolved", add_users, priority=830)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
