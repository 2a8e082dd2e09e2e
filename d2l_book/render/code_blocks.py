"""Blocks of code as they are written to a page: lines that may wrap, and a button that copies them.

What continues a line on a narrow screen is indented further than the line itself, since
indentation means something in Python. Where a line cannot be too long for a phone it is left as it
is. The button is out of the order in which the Tab key goes through a page, which it would double;
the key y copies as well, see copy.js. What a cell printed wraps too, but for a table drawn with
characters, which would fall apart.
"""

from __future__ import annotations

import re
from html import escape, unescape

from d2l_book.render.subjects import subject

NARROW = 34
"""A line of so many characters fits every screen."""

DRAWN = "d2l-drawn"
"""The class of an output whose lines must not wrap."""

LONG = 24
"""What has more characters without a blank may break before a dot and behind a bracket."""

_BLOCK = re.compile(
    r'(<div class="(?P<kind>(?:(?!output)[^"])*highlight-(?P<language>[\w+-]+)[^"]*)">'
    r'<div class="highlight"><pre>)(?P<code>.*?)(</pre>)',
    re.DOTALL,
)
_OUTPUT = re.compile(
    r'<div class="(?P<kind>output (?:text_plain|stream)\b[^"]*)">'
    r'(?P<start><div class="highlight"><pre>)(?P<text>.*?)</pre>',
    re.DOTALL,
)
_RULE = re.compile(r"^[-=+|─═ ]*[-=─═]{8}[-=+|─═ ]*$", re.MULTILINE)
_TAG = re.compile(r"<[^>]*>")
_PART = re.compile(r"<[^>]*>|[^<]+")


def with_lines_and_buttons(html: str) -> str:
    """Return a page whose blocks of code wrap well and can be copied; drawn tables do not wrap.

    Args:
        html: A page; what this function returned stays as it is.
    """
    return _OUTPUT.sub(_output, _BLOCK.sub(_block, html))


def wrapped(code: str) -> str:
    """Return highlighted code whose long lines are elements that know their indentation.

    Args:
        code: Lines of text and of elements that end on the line on which they begin.
    """
    *lines, last = code.split("\n")
    return "".join([*map(_line, lines), last])


def _line(line: str) -> str:
    text = unescape(_TAG.sub("", line))
    if len(text) <= NARROW or line.count("<span") != line.count("</span>"):
        return f"{line}\n"
    indent = len(text) - len(text.lstrip(" "))
    style = f' style="--indent:{indent}"' if indent else ""
    return f'<span class="d2l-line"{style}>{_breakable(line, text)}\n</span>'


def _breakable(line: str, text: str) -> str:
    """Return a line with the places at which what has no blanks may break."""
    parts: list[str] = []
    place = 0
    for part in _PART.findall(line):
        if part.startswith("<"):
            parts.append(part)
            continue
        start = text.rfind(" ", 0, place) + 1
        place += len(unescape(part))
        is_long = len(text[start:].partition(" ")[0]) > LONG
        before = "<wbr>" if is_long and part == "." else ""
        after = "<wbr>" if is_long and part.endswith(("(", "[", "{")) else ""
        parts.append(f"{before}{part}{after}")
    return "".join(parts)


def _output(match: re.Match[str]) -> str:
    """Return an output, marked if a rule of dashes says that it is a drawn table."""
    if DRAWN in match["kind"] or not _RULE.search(unescape(_TAG.sub("", match["text"]))):
        return match[0]
    return f'<div class="{match["kind"]} {DRAWN}">{match["start"]}{match["text"]}</pre>'


def _block(match: re.Match[str]) -> str:
    start, code, end = match[1], match["code"], match[5]
    if "d2l-line" in code or match.string.startswith("<button", match.end()):
        return match[0]
    text = unescape(_TAG.sub("", code))
    is_python = match["language"] in ("python", "ipython3", "default")
    about = subject(text) if is_python else f"beginning with {text.strip().partition(chr(10))[0]}"
    name = escape(f"Copy code {about}")
    button = (
        f'<button type="button" class="d2l-copy" tabindex="-1" aria-label="{name}" hidden>'
        "Copy</button>"
    )
    return f"{start}{wrapped(code)}{end}{button}"
