"""A page's Markdown as the HTML that a reader gets, to be judged like any other HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from d2l_book.notebooks.active import active_problems
from d2l_book.notebooks.external import external_requests

EXTENSIONS = (
    "amsmath",
    "colon_fence",
    "deflist",
    "dollarmath",
    "substitution",
    "tasklist",
    "attrs_block",
    "attrs_inline",
)
"""What the book's Markdown knows beyond the usual, as in ``_config.yml``."""

_TEXT_DIRECTIVES = frozenset(
    [
        "admonition",
        "caution",
        "danger",
        "dropdown",
        "figure",
        "hint",
        "important",
        "note",
        "tip",
        "warning",
        "all-exercises",
        "edition-map",
        "exercises",
        "letters",
        "sections",
        "excerpt",
        "tableofcontents",
        "bibliography",
    ]
)
_ROLES = frozenset(
    [
        "abbr",
        "number-of",
        "cite",
        "cite:p",
        "cite:t",
        "doc",
        "eq",
        "kbd",
        "math",
        "numref",
        "ref",
        "samp",
        "sub",
        "sup",
        "term",
    ]
)
_DIRECTIVE = re.compile(r"\{([^}]*)\}\s*(.*)", re.DOTALL)
_OPTIONS = re.compile(r"\A(?:---\n.*?\n---\n|(?::[\w-]+:[^\n]*\n?)+)", re.DOTALL)
_TASK_BOX = re.compile(r'<input class="task-list-item-checkbox"[^>]*>')


def as_html(source: str) -> str:
    """Return the HTML of Markdown, with that of directives in it.

    Args:
        source: The Markdown of a cell or a page.
    """
    md = _parser()
    tokens = md.parse(source, {})
    inside = [as_html(_body(token)) for token in _directives(tokens) if _holds_text(token)]
    html = md.renderer.render(tokens, md.options, {})
    return _TASK_BOX.sub("", "\n".join([html, *inside]))


def markdown_problems(source: str) -> Iterator[str]:
    """Say what in Markdown would run, load or insert something.

    Args:
        source: The Markdown of a cell or a page.

    Yields:
        A sentence for each problem.
    """
    html = as_html(source)
    if external_requests(html):
        yield "would fetch from another host at reading time: store the file with the book"
    yield from active_problems(html)
    for token in _all_tokens(source):
        directive = _DIRECTIVE.match(token.info.strip()) if "fence" in token.type else None
        if directive and directive[1] not in _TEXT_DIRECTIVES | {"math"}:
            yield f"the directive {{{directive[1]}}}, which is not on the list of harmless ones"
        if token.type == "myst_role" and token.meta["name"] not in _ROLES:
            yield f"the role {{{token.meta['name']}}}, which is not on the list of harmless ones"


def _all_tokens(source: str) -> Iterator[Any]:
    tokens = _parser().parse(source, {})
    for token in tokens:
        yield token
        yield from token.children or ()
    for token in _directives(tokens):
        if _holds_text(token):
            yield from _all_tokens(_body(token))


def _directives(tokens: list[Any]) -> Iterator[Any]:
    return (each for each in tokens if "fence" in each.type and _DIRECTIVE.match(each.info.strip()))


def _holds_text(token: Any) -> bool:
    directive = _DIRECTIVE.match(token.info.strip())
    return directive is not None and directive[1] in _TEXT_DIRECTIVES


def _body(token: Any) -> str:
    """Return a directive's title and text, which are Markdown too, and what its options say."""
    directive = _DIRECTIVE.match(token.info.strip())
    title = directive[2] if directive else ""
    if directive and directive[1] == "figure":
        title = f"![a picture]({title})"
    return f"{title}\n\n{_OPTIONS.sub('', token.content)}"


@cache
def _parser() -> Any:
    from markdown_it.renderer import RendererHTML
    from myst_parser.config.main import MdParserConfig
    from myst_parser.parsers.mdit import create_md_parser

    md: Any = create_md_parser(MdParserConfig(enable_extensions=set(EXTENSIONS)), RendererHTML)
    md.validateLink = lambda address: True  # an address that runs something is to be seen here
    return md
