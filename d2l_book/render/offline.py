"""Sphinx extension: a book that asks nobody else for anything, and carries only what it uses.

The theme as it comes asks a CDN for MathJax, links every page to Binder, loads a 1.5 MB script for
icons that its style sheet already has, and loads some scripts twice and most for nothing. Here
formulas are typeset when the book is built (`d2l_book.render.mathematics`), Vega comes from an
installed package, a page loads the scripts and icons it uses, and a page whose notebook has not
been run is reported, which fails the build.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html._assets import _CascadingStyleSheet, _JavaScript
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from d2l_book.notebooks.external import external_requests
from d2l_book.notebooks.sources import commit_times, last_updated
from d2l_book.render import bundle, proof, search, vega
from d2l_book.render.checks import join_lists
from d2l_book.render.icons import trim_icons
from d2l_book.render.sidebar import add_sidebar
from d2l_book.render.styles import class_names, trim_sheets
from d2l_book.render.tidy import Templates, names_of_all

logger = logging.getLogger(__name__)

STATIC = Path(__file__).resolve().parent / "static"
TEMPLATES = STATIC.with_name("templates")
LIVE_STATIC = STATIC.parents[1] / "live" / "static"
USES = {
    "togglebutton": re.compile(r'class="[^"]*\b(?:dropdown|toggle)\b'),
    "sphinx-design": re.compile(r'class="[^"]*\bsd-'),
    "design-tabs": re.compile(r'class="[^"]*\bsd-tab'),
    "sphinx-thebe": re.compile(r"(?!)"),  # nothing uses it, nor the two for Sphinx's own search
    "sphinx_highlight": re.compile(r"(?!)"),
    "doctools": re.compile(r"(?!)"),
    "copybutton": re.compile(r"(?!)"),  # ours are out of the way of the Tab key: see code_blocks
    "clipboard": re.compile(r"(?!)"),
}
"""Part of an asset's name -> what the text of a page that uses it contains."""

UNUSED = (
    "scripts/fontawesome.js",
    "images",
    "locales",
    "sphinx-thebe.js",
    "sphinx-thebe.css",
    "play-solid.svg",
    *("copybutton.js", "copybutton.css", "copybutton_funcs.js", "clipboard.min.js"),
    *("copy-button.svg", "check-solid.svg"),
    "charts/README.md",
    "charts/LICENSES.txt",
    *(part for parts in bundle.BUNDLES.values() for part in parts),
    *(f"{name}.js" for name in ("searchtools", "language_data", "sphinx_highlight", "doctools")),
)
"""Static files that no page asks for."""

PARTS = (
    "backlinks",
    "citations",
    "description",
    "equivalents",
    "letters",
    "licences",
    "mathematics",
    "progress",
    "reading",
    "repository",
)
"""The modules beside this one that are extensions too."""

_INLINE = {
    "toggleHint": "togglebutton",
    "toggleOpenOnPrint": "togglebutton",
    "togglebuttonSelector": "togglebutton",
    "thebe": "sphinx-thebe",
}


def configure(app: Sphinx, config: Config) -> None:
    """Set what jupyter-book's configuration file cannot express."""
    bundles = Path(app.doctreedir) / "bundles"
    bundle.write(bundles)
    config.html_static_path += [str(STATIC), str(LIVE_STATIC), str(bundles)]
    config.templates_path.insert(0, str(TEMPLATES))
    config.template_bridge = f"{Templates.__module__}.{Templates.__qualname__}"
    # Nothing is numbered; to number nothing, Sphinx would read every page again in every build.
    config.numfig = False
    config.html_context = {**config.html_context, "default_mode": "auto"}
    empty = ("navbar_start", "navbar_center", "navbar_end", "navbar_persistent")
    config.html_theme_options = {
        **config.html_theme_options,
        **{bar: [] for bar in (*empty, "primary_sidebar_end")},
    }


def keep_few(app: Sphinx, *event: Any) -> None:
    """Let go of the pages that Sphinx holds from reading to writing; it finds them on the disk.

    Hundreds of them take gigabytes, and Python's collector goes through them again and again.
    """
    app.env._write_doc_doctree_cache.clear()
    app.env._pickled_doctree_cache.clear()


def drop_thebe(app: Sphinx) -> None:
    """Disconnect what would link every page to a CDN and to Binder."""
    for event in ("env-before-read-docs", "doctree-resolved"):
        app.events.listeners[event] = [
            listener
            for listener in app.events.listeners[event]
            if getattr(listener.handler, "__module__", "") != "sphinx_thebe"
        ]


def report_unrun(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Warn about every page whose notebook was not run, in every build until it is."""
    for name in sorted(env.found_docs):
        path = Path(env.doc2path(name))
        if path.suffix == ".ipynb":
            problems = proof.verdict_on(env, path).unrun
            if problems:
                more = f" (and {len(problems) - 1} more)" if problems[1:] else ""
                message = "%s: %s%s; run `make run` and commit the notebook"
                logger.warning(message, path.name, problems[0], more, location=name, type="d2l")
    return []


def list_checks(app: Sphinx, doctree: nodes.document, name: str) -> None:
    """Show the checks of a cell that follow each other as one list."""
    join_lists(doctree)


def trim_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.Node
) -> None:
    """Give a page, of all scripts and style sheets, those it uses, once each."""
    body = context.get("body", "")
    for address in external_requests(body):
        logger.warning(
            "the page would ask another host: %s", address, location=pagename, type="d2l"
        )
    if 'class="highlight"' in body:
        app.add_js_file("copy.js", loading_method="defer")
    if 'class="d2l-chart"' in body:
        app.add_js_file("chart.js", loading_method="defer", **vega.script_data())
    script = _JavaScript("_static/d2l.js", defer="defer")
    styles = _CascadingStyleSheet("_static/d2l.css")
    scripts, sheets = context["script_files"], context["css_files"]
    context["script_files"] = list(_used(bundle.together(scripts, script, "d2l.js"), body))
    context["css_files"] = list(_used(bundle.together(sheets, styles, "d2l.css"), body))


def _used(assets: Iterable[Any], body: str) -> Iterable[Any]:
    seen = set()
    for asset in assets:
        attributes = getattr(asset, "attributes", {})
        text = attributes.get("body") or ""
        name = str(getattr(asset, "filename", None) or asset)
        parts = [part for part in USES if part in name]
        parts += [part for word, part in _INLINE.items() if word in text]
        key = (name, text)
        if key not in seen and all(USES[part].search(body) for part in parts):
            seen.add(key)
            yield asset


class Dates:
    """The day on which each page's source last changed; git is asked once for all."""

    def __init__(self) -> None:
        self.committed: dict[Path, int] | None = None

    def add(
        self,
        app: Sphinx,
        pagename: str,
        templatename: str,
        context: dict[str, Any],
        doctree: nodes.Node,
    ) -> None:
        """Give a page its date."""
        if pagename in app.env.found_docs:
            if self.committed is None:
                self.committed = commit_times(Path(app.srcdir))
            path = Path(app.env.doc2path(pagename))
            context["last_updated"] = last_updated(path, self.committed)


def add_source_script(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.Node
) -> None:
    """Write a page's notebook as a script, for pages that are opened as files: see book.js."""
    source = Path(app.env.doc2path(pagename)) if pagename in app.env.found_docs else Path()
    if source.suffix == ".ipynb":
        target = Path(app.outdir) / "_sources" / f"{pagename}.ipynb.js"
        target.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(source.read_text(encoding="utf-8"))
        target.write_text(f"d2lSource = {text};\n", encoding="utf-8")


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Drop static files that no page uses."""
    if exception is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    templates = app.builder.templates
    if not isinstance(templates, Templates) or not templates.icons:
        return  # no page was written, so Sphinx has not copied its static files again
    for unused in UNUSED:
        _remove(static / unused)
    for path in [*static.rglob("*.map"), *static.glob("*macros.html")]:
        path.unlink()
    scripts = [*static.glob("*.js"), *static.glob("scripts/*.js")]
    book = (app.env.found_docs, Path(app.outdir))
    records = Path(app.doctreedir)
    trim_icons(static, scripts, names_of_all(templates.icons, *book, records / "d2l-icons.json"))
    record = records / "d2l-classes.json"
    trim_sheets(static, scripts, names_of_all(templates.classes, *book, record, class_names))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    for part in PARTS:
        app.setup_extension(f"d2l_book.render.{part}")
    app.connect("config-inited", configure, priority=900)
    app.connect("builder-inited", drop_thebe, priority=900)
    app.connect("source-read", keep_few)
    app.connect("env-updated", keep_few)
    app.connect("html-page-context", keep_few)
    app.connect("env-get-outdated", report_unrun)
    app.connect("env-get-outdated", proof.report_unproven)
    app.connect("doctree-read", proof.add_proof)
    app.connect("doctree-resolved", list_checks)
    app.connect("html-page-context", Dates().add, priority=400)
    app.connect("html-page-context", add_sidebar, priority=400)
    app.connect("html-page-context", add_source_script)
    app.connect("html-page-context", trim_page, priority=999)
    app.connect("build-finished", finish)
    search.connect(app)
    app.add_css_file("book.css", priority=900)
    app.add_js_file("book.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
