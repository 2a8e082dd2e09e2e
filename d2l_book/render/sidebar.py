"""The side bar: all chapters, and of the chapter and section one is in, what they hold.

The theme writes the whole table of contents into every page and folds it there, so the book grows
with the square of its pages. Here a page lists its own branch only: its ancestors, their neighbours
and its children.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

_CAPTION = (
    '<p aria-level="2" class="caption" role="heading"><span class="caption-text">{}</span></p>\n'
)
_FOLD = (
    '<details open="open"><summary aria-label="Pages of: {name}">'
    '<span class="toctree-toggle" role="presentation"><i class="fa-solid fa-chevron-down"></i>'
    "</span></summary>{pages}</details>"
)


@dataclass(frozen=True)
class Part:
    """What one table of contents lists: pages or addresses, each with its title if given one."""

    caption: str | None
    entries: list[tuple[str | None, str]]


def parts(env: BuildEnvironment, page: str) -> Iterator[Part]:
    """Give what the tables of contents of a page list.

    Args:
        env: The book's environment, once all pages are read.
        page: The name of a page.
    """
    if page in env.tocs:
        for toctree in env.tocs[page].findall(addnodes.toctree):
            entries = [(title, page if ref == "self" else ref) for title, ref in toctree["entries"]]
            yield Part(toctree.get("caption"), entries)


def branch(env: BuildEnvironment, page: str) -> list[str]:
    """Return a page and the pages it lies below, from the top, without the root.

    Args:
        env: The book's environment.
        page: The name of a page; one that no table of contents lists has no branch.
    """
    above = {child: name for name, below in env.toctree_includes.items() for child in below}
    return _branch(above, page, env.config.root_doc)


def _branch(above: dict[str, str], page: str, root: str) -> list[str]:
    found: list[str] = []
    while page in above and page not in found and page != root:
        found.insert(0, page)
        page = above[page]
    return found


def contents(env: BuildEnvironment, page: str, pathto: Callable[[str], str]) -> str:
    """Return the side bar's list for a page, in the theme's markup.

    Args:
        env: The book's environment, once all pages are read.
        page: The page on which it stands.
        pathto: Gives the address of a page, as seen from this one.
    """
    here = _Here(env, page, branch(env, page), pathto)
    return "\n".join(
        (_CAPTION.format(escape(part.caption)) if part.caption else "") + here.list_of(part)
        for part in parts(env, env.config.root_doc)
    )


@dataclass(frozen=True)
class _Here:
    """A page's view of the table of contents."""

    env: BuildEnvironment
    page: str
    opened: list[str]
    pathto: Callable[[str], str]

    def list_of(self, part: Part, level: int = 1) -> str:
        classes = ["current"] if any(ref in self.opened for _, ref in part.entries) else []
        classes += ["nav", "bd-sidenav"] if level == 1 else []
        items = "".join(self.item(title, ref, level) for title, ref in part.entries)
        return f'<ul class="{" ".join(classes)}">\n{items}</ul>'

    def item(self, title: str | None, ref: str, level: int) -> str:
        classes, below = [f"toctree-l{level}"], ""
        if ref in self.opened:
            classes += ["current", "active"]
            below = "".join(self.list_of(part, level + 1) for part in parts(self.env, ref))
        if below:
            classes.append("has-children")
            name = escape(title or self.env.titles[ref].astext())
            below = _FOLD.format(name=name, pages=below)
        return f'<li class="{" ".join(classes)}">{self.link(title, ref)}{below}</li>\n'

    def link(self, title: str | None, ref: str) -> str:
        if ref not in self.env.titles:
            href = escape(ref)
            return f'<a class="reference external" href="{href}">{escape(title or ref)}</a>'
        shown = escape(title) if title else title_html(self.env.titles[ref])
        if ref == self.page:
            return f'<a class="current reference internal" href="#">{shown}</a>'
        return f'<a class="reference internal" href="{escape(self.pathto(ref))}">{shown}</a>'


def title_html(title: nodes.Element) -> str:
    """Return a page's title as HTML, whose mathematics MathJax sets.

    Args:
        title: The title as Sphinx keeps it.
    """
    return "".join(
        f'<span class="math notranslate nohighlight">\\({escape(part.astext())}\\)</span>'
        if isinstance(part, nodes.math)
        else escape(part.astext())
        for part in title.children
    )


def add_sidebar(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.Node
) -> None:
    """Give the template of the side bar its list."""
    context["d2l_contents"] = contents(app.env, pagename, context["pathto"])
