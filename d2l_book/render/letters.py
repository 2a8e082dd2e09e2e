r"""What a letter of a section's text stands for, said on its pages at the letter itself.

The section's index says it once, in a table inside the directive ``letters``: the first column is
the letter, the second what it is, two more are quoted with their headings. On the pages beside the
index each formula in a line that is one of the letters alone, the first in its paragraph, is
explained when the pointer or the focus is on it; the focus stops only at the first one of the page.

``:apart: norms; cuts: s L`` excepts a page whose letters are others, or some letters of a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import PurePosixPath
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

SCRIPT = "letters.js"
STYLES = "letters.css"
QUOTED = 4
"""How many columns of the table are quoted, with the letter."""


@dataclass
class Letters:
    """The letters of one section.

    Attributes:
        index: The page with the table.
        anchor: Where on the page it stands.
        apart: Page beside it -> the letters that mean something else there; all if it is empty.
        said: Letter, as `spelled` writes it -> the cells of its row, the first ones.
        heads: The headings of these cells.
    """

    index: str
    anchor: str = ""
    apart: dict[str, set[str]] = field(default_factory=dict)
    said: dict[str, list[nodes.entry]] = field(default_factory=dict)
    heads: list[str] = field(default_factory=list)

    def on(self, page: str) -> dict[str, list[nodes.entry]]:
        """Return the letters that have their meaning on a page; none beside other indexes."""
        here, index = PurePosixPath(page), PurePosixPath(self.index)
        if here.parent != index.parent:
            return {}
        others = self.apart.get(here.name)
        if others is None:
            return self.said
        return {key: row for key, row in self.said.items() if others and key not in others}


def spelled(tex: str) -> str:
    r"""Return a formula without what is not seen: ``\mathbf{x}`` and ``\mathbf x`` agree."""
    return re.sub(r"[\s{}]", "", tex)


class LettersTable(SphinxDirective):
    """A table of letters, which the pages beside it quote."""

    has_content = True
    option_spec = {"apart": directives.unchanged_required}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Return the table as it is."""
        box = nodes.container(classes=["d2l-letters"], ids=["letters"])
        self.state.nested_parse(self.content, self.content_offset, box)
        letters = Letters(self.env.docname, "letters", apart_of(self.options.get("apart", "")))
        rows = list(box.findall(nodes.row))
        for row in rows[1:]:
            signs = list(row[0].findall(nodes.math))
            if len(signs) != 1 or len(row) < 2:
                raise self.error(f"letters: expected one letter in a row, got {row[0].astext()!r}")
            cells = [cell.deepcopy() for cell in row.children[:QUOTED]]
            letters.said[spelled(signs[0].astext())] = cells
        if not letters.said:
            raise self.error("letters: expected a table with a row for each letter, got none")
        letters.heads = [cell.astext() for cell in rows[0].children[:QUOTED]]
        _kept(self.env)[self.env.docname] = letters
        return [box]


def apart_of(text: str) -> dict[str, set[str]]:
    """Read which pages, or which letters of a page, stand apart.

    Args:
        text: Such as ``norms; cuts: s L``.
    """
    found = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        page, _, own = part.partition(":")
        found[page.strip()] = {spelled(each) for each in own.split()}
    return found


def letters_for(env: BuildEnvironment, page: str) -> Letters | None:
    """Return the letters that a page of the book uses as its section's index says, if any.

    Args:
        env: The book's environment, once all pages are read.
        page: The page's name.
    """
    found = (each for each in _kept(env).values() if each.index != page and each.on(page))
    return next(found, None)


def explain(app: Sphinx, doctree: nodes.document, name: str) -> None:
    """Mark the letters of a page, and put at its end what they stand for."""
    letters = letters_for(app.env, name)
    if letters is None:
        return
    known, used = letters.on(name), []
    for sign in _signs(doctree, known):
        key = spelled(sign.astext())
        place = list(known).index(key)
        sign["classes"].append("d2l-letter")
        sign["html"] = {"aria-describedby": f"d2l-letter-{place}"}
        if key not in used:
            used.append(key)
            sign["html"]["tabindex"] = "0"
    if used:
        said = nodes.container(classes=["d2l-said"])
        for key in used:
            said += _explanation(list(known).index(key), letters, known[key])
        doctree.append(said)


def _signs(doctree: nodes.document, known: Iterable[str]) -> Iterator[nodes.math]:
    """Give the letters of a page, the first of its kind in each paragraph."""
    for paragraph in list(doctree.findall(nodes.paragraph)):
        seen = set()
        for sign in paragraph.findall(nodes.math):
            key = spelled(sign.astext())
            if key in known and key not in seen and not isinstance(sign.parent, nodes.reference):
                seen.add(key)
                yield sign


def _explanation(place: int, letters: Letters, row: list[nodes.entry]) -> nodes.container:
    box = nodes.container(ids=[f"d2l-letter-{place}"])
    line = nodes.paragraph()
    for head, cell in zip(letters.heads, row, strict=False):
        if cell is row[0]:
            line += [*_inline(cell), nodes.Text(" ")]
        elif cell is row[1]:
            line += _inline(cell)
        else:
            line += [nodes.Text(f"; {head}: "), *_inline(cell)]
    line += nodes.Text(".")
    box += line
    return box


def _inline(cell: nodes.entry) -> list[nodes.Node]:
    return [part.deepcopy() for paragraph in cell.children for part in paragraph.children]


def link(app: Sphinx, page: str) -> str:
    """Return a link to the letters of a page's section; nothing where it has none.

    Args:
        app: The build, once all pages are read.
        page: The page's name.
    """
    letters = letters_for(app.env, page)
    if letters is None:
        return ""
    address = app.builder.get_relative_uri(page, letters.index)
    return f'<a href="{escape(address)}#{letters.anchor}">Letters</a>'


def forget(app: Sphinx, env: BuildEnvironment, name: str) -> None:
    """Drop the letters of a page that is gone or will be read again."""
    _kept(env).pop(name, None)


def write_anew(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Give the pages that quote a table which was read in this build."""
    was: dict[str, str] = getattr(env, "d2l_letters_said", {})
    now = {name: _written(letters) for name, letters in _kept(env).items()}
    changed = {name for name in {*was, *now} if was.get(name) != now.get(name)}
    env.d2l_letters_said = now  # type: ignore[attr-defined]
    folders = {PurePosixPath(name).parent for name in changed}
    return sorted(page for page in env.found_docs if PurePosixPath(page).parent in folders)


def _written(letters: Letters) -> str:
    rows = [[cell.pformat() for cell in row] for row in letters.said.values()]
    return repr((letters.heads, rows, sorted((p, sorted(own)) for p, own in letters.apart.items())))


def load(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.Node
) -> None:
    """Load the script on pages that explain letters."""
    if "d2l-said" in context.get("body", ""):
        app.add_js_file(SCRIPT, loading_method="defer")
        app.add_css_file(STYLES, priority=903)


def _kept(env: BuildEnvironment) -> dict[str, Letters]:
    if not hasattr(env, "d2l_letters"):
        env.d2l_letters = {}  # type: ignore[attr-defined]
    kept: dict[str, Letters] = env.d2l_letters  # type: ignore[attr-defined]
    return kept


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.add_directive("letters", LettersTable)
    app.connect("env-purge-doc", forget)
    app.connect("env-updated", write_anew)
    app.connect("doctree-resolved", explain, priority=820)
    app.connect("html-page-context", load, priority=997)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
