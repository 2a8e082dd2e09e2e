"""Making an SVG fit to stand beside others in one page, with a name for those who cannot see it."""

from __future__ import annotations

import hashlib
import re
from html import escape


def standalone(svg: str) -> str:
    """Make an SVG safe to stand beside others in one page.

    Removes what precedes the picture, comments, metadata and titles (which name the program that
    drew it, or its inner names), style sheets (which would apply to the whole page) and ids that
    nothing refers to; prefixes the remaining ids with a hash of the content.

    Args:
        svg: Markup as written by matplotlib or Graphviz.

    Returns:
        The same picture, starting with ``<svg``; the same markup gives the same ids.
    """
    svg = svg[svg.index("<svg") :]
    for unwanted in (r"<!--.*?-->\n?", r"\s*<metadata>.*?</metadata>", r"<title>.*?</title>\n?"):
        svg = re.sub(unwanted, "", svg, flags=re.DOTALL)
    svg = re.sub(r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
    svg = svg.replace("<svg", '<svg style="stroke-linejoin: round; stroke-linecap: butt"', 1)
    used = {href or url for href, url in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg)}
    prefix = "f" + hashlib.sha256(svg.encode()).hexdigest()[:8]

    def identify(match: re.Match[str]) -> str:
        return f' id="{prefix}-{match[1]}"' if match[1] in used else ""

    svg = re.sub(r'\sid="([^"]*)"', identify, svg)
    svg = re.sub(r'href="#([^"]+)"', rf'href="#{prefix}-\1"', svg)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", svg)


def described(svg: str, alt: str) -> str:
    """Give an SVG the role of an image and an accessible name, in place of those it may have.

    Args:
        svg: Markup starting with ``<svg``.
        alt: The name.

    Returns:
        The markup with both.
    """
    start, end = svg.split(">", 1)
    start = re.sub(r'\s(?:role|aria-label|aria-roledescription)="[^"]*"', "", start)
    return start.replace("<svg", f'<svg role="img" aria-label="{escape(alt)}"', 1) + ">" + end
