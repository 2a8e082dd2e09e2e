"""Pages as they are written: what the theme hard-codes is tidied, and a policy is added.

Nothing is gone over afterwards, so a build touches the pages that it writes and no others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sphinx.jinja2glue import BuiltinTemplateLoader
from sphinx.util import logging

from d2l_book.render.accessible import accessible
from d2l_book.render.code_blocks import with_lines_and_buttons
from d2l_book.render.icons import icon_names
from d2l_book.render.policy import Trusted, protected
from d2l_book.render.styles import class_names

logger = logging.getLogger(__name__)

_ICON_SCRIPT = re.compile(
    r"\s*<!-- So that users[^>]*-->\s*<script[^>]*fontawesome\.js[^>]*></script>"
)
_SEARCH_SCRIPT = re.compile(
    r'\s*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>'
)
_DOWNLOAD = re.compile(r'(<a href="[^"]*_sources/[^"]*") target="_blank"')
_VIEWPORT = re.compile(r'\s*<meta name="viewport"[^>]*>')
_PAGE = re.compile(r"\s*<!DOCTYPE html>", re.IGNORECASE)


class Templates(BuiltinTemplateLoader):
    """Sphinx's templates, whose pages are tidied.

    Attributes:
        icons: Page written in this build -> the icons that it shows.
        classes: Page written in this build -> the classes of its elements.
    """

    def __init__(self) -> None:
        super().__init__()
        self.icons: dict[str, list[str]] = {}
        self.classes: dict[str, list[str]] = {}
        self.trusted = Trusted()

    def render(self, template: str, context: dict[str, Any]) -> str:  # type: ignore[override]
        """Return a page, tidied, or a part of one as it is.

        Args:
            template: The template's name.
            context: Its variables.
        """
        html = super().render(template, context)
        if not _PAGE.match(html):
            return html
        html, stopped = protected(tidied(html), self.trusted)
        for script in stopped:
            message = "the page's policy stops: %s"
            logger.warning(message, script, location=context["pagename"], type="d2l")
        self.icons[context["pagename"]] = sorted(icon_names(html))
        self.classes[context["pagename"]] = sorted(class_names(html))
        return html


def tidied(html: str) -> str:
    """Return a page without scripts it has no use for, whose source downloads when asked for.

    Args:
        html: The page as the theme's templates wrote it; Sphinx and two themes name its viewport.
    """
    head, first, rest = html.partition('<meta name="viewport"')
    html = head + first + _VIEWPORT.sub("", rest)
    html = _SEARCH_SCRIPT.sub("", _ICON_SCRIPT.sub("", html))
    return with_lines_and_buttons(accessible(_DOWNLOAD.sub(r"\1 download", html)))


def names_of_all(
    written: dict[str, list[str]],
    pages: Iterable[str],
    outdir: Path,
    record: Path,
    read: Callable[[str], set[str]] = icon_names,
) -> set[str]:
    """Return the icons or classes that a book's pages show, and keep them for the next build.

    Args:
        written: Page written in this build -> its names.
        pages: All pages of the book.
        outdir: Where they are.
        record: The file that remembers; what it lacks is read from the page.
        read: Finds the names in a page.
    """
    known = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    known.update(written)
    kept = {}
    for page in {*pages, *written}:
        path = outdir / f"{page}.html"
        if page not in known and path.is_file():
            known[page] = sorted(read(path.read_text(encoding="utf-8")))
        kept[page] = known.get(page, [])
    record.write_text(json.dumps(kept, sort_keys=True), encoding="utf-8")
    return {name for names in kept.values() for name in names}
