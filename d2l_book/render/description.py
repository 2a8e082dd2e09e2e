"""What search engines and previews of a link show of a page: its question, or how it begins.

Also the policy of the page that leads from the book's folder to its first page, which jupyter-book
writes by itself.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from d2l_book.render.policy import policy
from d2l_book.render.prose import sections

LONGEST = 200
"""How many characters previews show at most."""

FIRST = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="{policy}" />
    <title>{title}</title>
    <meta http-equiv="Refresh" content="0; url={page}" />
</head><body><p><a href="{page}">{title}</a></p></body></html>
"""


def description(doctree: nodes.document) -> str:
    """Return how a page begins, which on an exercise's page is the statement, in plain text.

    Args:
        doctree: The page.
    """
    found = sections(doctree)
    text = " ".join(found[0].text.split()) if found else ""
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rpartition(" ")[0] + " …"


def tags(title: str, book: str, text: str) -> str:
    """Return the elements for a page's head.

    Args:
        title: The page's title.
        book: The book's title.
        text: The page's description; may be empty.
    """
    found = [("property", "og:title", title), ("property", "og:site_name", book)]
    found.append(("property", "og:type", "article"))
    if text:
        found += [("name", "description", text), ("property", "og:description", text)]
    return "".join(f'\n<meta {kind}="{name}" content="{escape(to)}" />' for kind, name, to in found)


def describe(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.Node
) -> None:
    """Give a page its description."""
    if isinstance(doctree, nodes.document):
        title = app.env.titles[pagename].astext()
        found = tags(title, app.config.html_title or "", description(doctree))
        context["metatags"] = context.get("metatags", "") + found


def lead_on(app: Sphinx, exception: Exception | None) -> None:
    """Write the page that leads to the first one, if the book's first page has another name."""
    if exception is not None or app.builder.format != "html":
        return
    path = Path(app.outdir) / "index.html"
    root = app.config.root_doc
    if root == "index":
        return
    title = escape(app.env.titles[root].astext())
    page = escape(f"{root}.html")
    html = FIRST.format(policy=escape(policy(), quote=False), title=title, page=page)
    path.write_text(html, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.connect("html-page-context", describe, priority=990)
    app.connect("build-finished", lead_on, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
