"""The licences of what the built book carries from others, in one file beside it.

The texts are taken from the installed packages, or lie beside the scripts that are kept in the
project; one that has none is an error, so that nothing is published without its terms.
"""

from __future__ import annotations

from importlib.metadata import files, version
from pathlib import Path

from sphinx.application import Sphinx

FILE = "licences.txt"

CARRIED = {
    "sphinx-mathjax-offline": "MathJax's fonts and style rules, which draw the formulas",
    "vl-convert-python": "Vega-Lite, which compiles the charts of live pages",
    "sphinx-book-theme": "the theme",
    "pydata-sphinx-theme": "what the theme is built on, with Bootstrap and Font Awesome Free",
    "sphinx": "the search and small scripts",
}
"""Installed package -> what of it is in the built book."""

BUNDLES = {
    "render/static/vendor/minisearch-LICENSE.txt": "MiniSearch, which finds what is searched for",
    "live/static/libraries/LICENSES.txt": "CodeMirror and markdown-it, which live pages use",
    "render/static/charts/LICENSES.txt": "Vega, which draws the charts",
}
"""File of terms, below this package -> what of the built book they are for."""

NOTICES = {
    "sphinx-mathjax-offline": "MathJax: Copyright The MathJax Consortium, Apache License 2.0.",
    "vl-convert-python": (
        "Vega, Vega-Lite and Vega-Embed: Copyright University of Washington Interactive Data Lab, "
        "BSD 3-Clause License (the same words as below)."
    ),
    "pydata-sphinx-theme": (
        "Bootstrap: Copyright The Bootstrap Authors, MIT License. Font Awesome Free: Copyright "
        "Fonticons, Inc.; icons CC BY 4.0, fonts SIL OFL 1.1, code MIT License."
    ),
}
"""Installed package -> what it says of those whose work it carries itself."""

_SAME_LICENCE = {"sphinx-mathjax-offline": "requests"}  # Apache 2.0 as well, with its text


def text_of(package: str) -> str:
    """Return the licence of an installed package.

    Args:
        package: Its name.

    Raises:
        LookupError: If it has no licence file.
    """
    texts = _files(package) or _files(_SAME_LICENCE.get(package, package))
    if not texts:
        raise LookupError(f"{package}: expected a licence file, found none")
    notice = [NOTICES[package]] if package in NOTICES else []
    return "\n\n".join([f"{package} {version(package)}", *notice, *texts])


def bundled(path: str) -> str:
    """Return the terms of scripts that are kept in the project, below what they are.

    Args:
        path: One of `BUNDLES`.
    """
    text = Path(__file__).resolve().parents[1].joinpath(path).read_text(encoding="utf-8")
    return f"{BUNDLES[path]}:\n{text}"


def is_licence(name: str) -> bool:
    """Whether a file's name says that it holds terms of use."""
    return name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE", "THIRDPARTY"))


def _files(package: str) -> list[str]:
    paths = [path for path in files(package) or () if is_licence(path.name)]
    return [Path(str(path.locate())).read_text(encoding="utf-8") for path in paths]


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the file when the book has been built."""
    if exception is None and app.builder.format == "html":
        rule = "\n\n" + "=" * 78 + "\n\n"
        parts = [f"{what}:\n{text_of(package)}" for package, what in CARRIED.items()]
        parts += map(bundled, BUNDLES)
        head = "What this book carries from others, and on what terms.\n"
        path = Path(app.outdir) / "_static" / FILE
        path.write_text(head + rule.join(["", *parts]), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
