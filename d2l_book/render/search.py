"""The book's search: an index made while the book is built, and a page that looks things up in it.

Sphinx's own search finds pages, not sections, knows no misspelling, and shows no excerpt when the
book is opened as files. Here the index and the words of each page are scripts, which a page opened
as a file may load: the index when something is searched, a page's words when it is found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from d2l_book.notebooks.answers import read_answer
from d2l_book.render.labels import label_of
from d2l_book.render.prose import sections
from d2l_book.render.search_index import Page, index_of
from d2l_book.render.sidebar import branch

ALL_EXERCISES = "exercises"
"""The page that lists all exercises; without it, the book's first page stands for it."""


def connect(app: Sphinx) -> None:
    """Connect the search to the build."""
    app.connect("builder-inited", replace_theirs)
    app.connect("doctree-read", remember, priority=700)
    app.connect("env-purge-doc", forget)
    app.connect("html-collect-pages", search_page)
    app.connect("build-finished", write_index)


def replace_theirs(app: Sphinx) -> None:
    """Have Sphinx make neither its index nor its page."""
    app.builder.search = False  # type: ignore[attr-defined]


def remember(app: Sphinx, document: nodes.document) -> None:
    """Keep the words of a page that was read; Sphinx keeps them from build to build."""
    page = Page(app.env.docname, sections(document))
    path = Path(app.env.doc2path(page.name))
    with suppress(ValueError):  # an unknown exercise is reported where titles are numbered
        label = label_of(page.name, path).partition(" ")[0]
        page.label = label if "." in label else ""  # "exercise 5" does not mean chapter 5
    if path.suffix == ".ipynb":
        answer = read_answer(path) if page.label else None
        page.deeper = answer is not None and answer.part is not None
        page.exercise = "" if page.deeper else page.label.rpartition(".")[2]
    if page.sections:
        _pages(app.env)[page.name] = page
    _index(app).unlink(missing_ok=True)


def forget(app: Sphinx, env: BuildEnvironment, name: str) -> None:
    """Drop the words of a page that is gone or will be read again, and the index made of them."""
    _pages(env).pop(name, None)
    _index(app).unlink(missing_ok=True)


def _index(app: Sphinx) -> Path:
    return Path(app.outdir) / "_static" / "search" / "index.js"


def _pages(env: BuildEnvironment) -> dict[str, Page]:
    if not hasattr(env, "d2l_search"):
        env.d2l_search = {}  # type: ignore[attr-defined]
    pages: dict[str, Page] = env.d2l_search  # type: ignore[attr-defined]
    return pages


def search_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Give the page on which one searches."""
    pages = app.env.found_docs
    everything = ALL_EXERCISES if ALL_EXERCISES in pages else app.config.root_doc
    title = app.env.titles[everything].astext()
    context = {"title": "Search", "d2l_everything": everything, "d2l_everything_title": title}
    yield "search", context, "d2l-search.html"


def write_index(app: Sphinx, exception: Exception | None) -> None:
    """Write the index, if a page was read since it was made, and the words that have changed."""
    index = _index(app)
    if exception is not None or app.builder.format != "html" or index.is_file():
        return
    pages = list(in_order(app.env))
    for page in pages:
        text = json.dumps([section.text for section in page.sections], ensure_ascii=False)
        script = f"d2lSearch.words({json.dumps(page.name)}, {text});\n"
        _write(index.parent / f"{page.name}.js", script)
    data = json.dumps(index_of(pages), ensure_ascii=False, separators=(",", ":"))
    _write(index, f"d2lSearch.index({data});\n")


def in_order(env: BuildEnvironment) -> Iterator[Page]:
    """Give the pages in reading order, each with its label and the titles above it."""
    known = _pages(env)
    reading = [name for name in env.collect_relations() if name in known]
    for name in [*reading, *sorted(set(known) - set(reading))]:
        page = known[name]
        above = [env.titles[each].astext() for each in branch(env, name)[:-1]]
        yield Page(name, page.sections, page.label, page.exercise, page.deeper, above)


def _write(path: Path, text: str) -> None:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
