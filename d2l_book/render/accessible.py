"""What the theme, docutils and raw HTML leave without a name or an address gets one."""

from __future__ import annotations

import re
from itertools import chain, count

_THEIRS = {
    # The sidebar's logo and search button lie in no landmark.
    '<div id="pst-primary-sidebar" ': '<div role="navigation" aria-label="Book" '
    'id="pst-primary-sidebar" ',
    # A deprecated role, and not allowed on the element; it stands in a list.
    ' role="doc-biblioentry"': ' role="listitem"',
    # A fold of code is named by the words that it shows.
    '<summary aria-label="Toggle hidden content">': "<summary>",
}
_NAMELESS_FOLD = re.compile(r'>([^<]+)</a><details([^>]*)><summary>(?=<span class="toctree-toggle)')
_FOLD = re.compile(r"<details(?![^>]* id=)([^>]*><summary[^>]*>(?:<(?!/summary)[^>]*>)*([^<]+))")


def accessible(html: str) -> str:
    """Return a page in which landmarks and folds have names, and what folds in the text an id.

    The id is made of the words of the summary, so that its address can be passed on; see book.js.

    Args:
        html: A page; one that this function returned stays as it is.
    """
    for theirs, ours in _THEIRS.items():
        html = html.replace(theirs, ours)
    html = _NAMELESS_FOLD.sub(_name_fold, html)
    taken = set(re.findall(r'\sid="([^"]+)"', html))
    before, article, text = html.partition("<article")
    text = _FOLD.sub(lambda fold: f'<details id="{_slug(fold[2], taken)}"{fold[1]}', text)
    return before + article + text


def _name_fold(match: re.Match[str]) -> str:
    name = match[1].strip().replace('"', "&quot;")
    return f'>{match[1]}</a><details{match[2]}><summary aria-label="Pages of: {name}">'


def _slug(text: str, taken: set[str]) -> str:
    """Return an id made of the words of a text that is not taken yet, and take it."""
    base = "-".join(re.findall(r"[a-z0-9]+", text.lower())) or "fold"
    numbered = (f"{base}-{number}" for number in count(2))
    slug = next(each for each in chain([base], numbered) if each not in taken)
    taken.add(slug)
    return slug
