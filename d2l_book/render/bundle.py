"""The book's own small scripts and style sheets, one file of each for all pages.

Each does one thing and stands in a file of its own, and each looks for what it serves and does
nothing on a page without it. Together they are smaller than the pictures of a page, and a browser
that has them once asks for none on the next page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

STATIC = Path(__file__).resolve().parent / "static"

BUNDLES = {
    "d2l.js": (
        *("book.js", "copy.js", "letters.js", "progress.js", "quiz.js", "keys.js"),
        "exercises.js",
    ),
    "d2l.css": (
        *("book.css", "exercises.css", "reading.css", "progress.css", "keys.css", "letters.css"),
    ),
}
"""Bundle -> its parts, in the order in which they would be loaded."""


def write(folder: Path) -> None:
    """Write the bundles into a folder.

    Args:
        folder: The folder, made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for bundle, parts in BUNDLES.items():
        texts = [(STATIC / part).read_text(encoding="utf-8") for part in parts]
        (folder / bundle).write_text("\n".join(texts), encoding="utf-8")


def together(assets: Iterable[Any], bundle: Any, name: str) -> Iterator[Any]:
    """Give the assets of a page, with a bundle in the place of the first of its parts.

    Args:
        assets: What the page loads.
        bundle: The bundle, as Sphinx describes it.
        name: Its file.
    """
    given = False
    for asset in assets:
        file = str(getattr(asset, "filename", "") or "").removeprefix("_static/")
        if file not in BUNDLES[name]:
            yield asset
        elif not given:
            given = True
            yield bundle
