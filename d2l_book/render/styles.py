"""The theme's style sheets, reduced to the rules that some page of the book can use.

The theme's main sheet has rules for everything that Bootstrap knows, nine tenths of which no page
has. A rule goes if each of its selectors asks for a class that neither a page nor a script names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

SHEETS = (
    "styles/pydata-sphinx-theme.css",
    "styles/sphinx-book-theme.css",
    "basic.css",
    "mystnb.*.css",
)
"""The sheets that are reduced, as patterns below the book's static files."""

MADE_LATER = ("ansi-", "dataframe")
"""Beginnings of classes that the outputs of cells have; a live page shows new ones."""

_CLASSES = re.compile(r'\sclass="([^"]+)"')
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_NESTING = ("media", "supports", "layer", "container")


def class_names(html: str) -> set[str]:
    """Return the classes of a page's elements."""
    return {name for names in _CLASSES.findall(html) for name in names.split()}


def script_words(scripts: Iterable[str]) -> set[str]:
    """Return every word of some scripts, among which are the classes that they set."""
    return {word for script in scripts for word in _WORD.findall(script)}


def trim_sheets(static: Path, scripts: Iterable[Path], classes: set[str]) -> None:
    """Reduce the theme's style sheets in a built book.

    Args:
        static: The book's folder of static files.
        scripts: The scripts that its pages run.
        classes: The classes that its pages have.
    """
    names = classes | script_words(path.read_text(encoding="utf-8") for path in scripts)
    for pattern in SHEETS:
        for path in static.glob(pattern):
            path.write_text(reduced(path.read_text(encoding="utf-8"), names), encoding="utf-8")


def reduced(css: str, names: set[str]) -> str:
    """Return a style sheet without the rules that cannot apply.

    Args:
        css: The style sheet.
        names: The classes that pages have or may get. One that ends in a hyphen is the beginning
            of others, which scripts put together.
    """
    import tinycss2

    beginnings = (*MADE_LATER, *(name for name in names if name.endswith("-") and len(name) > 3))
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return "".join(_kept(rules, names, beginnings))


def _kept(rules: Iterable[Any], names: set[str], beginnings: tuple[str, ...]) -> Iterator[str]:
    import tinycss2

    for rule in rules:
        if rule.type == "at-rule" and rule.content and rule.at_keyword in _NESTING:
            inner = tinycss2.parse_rule_list(rule.content, True, True)
            body = "".join(_kept(inner, names, beginnings))
            if body:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{body}}}"
        elif rule.type == "qualified-rule":
            selectors = [
                tinycss2.serialize(selector).strip()
                for selector in _selectors(rule.prelude)
                if all(n in names or n.startswith(beginnings) for n in _asked(selector))
            ]
            if selectors:
                yield f"{','.join(selectors)}{{{tinycss2.serialize(rule.content).strip()}}}"
        else:
            yield rule.serialize()


def _selectors(prelude: Iterable[Any]) -> list[list[Any]]:
    """Split a rule's prelude at its commas, those inside of brackets aside."""
    parts: list[list[Any]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _asked(selector: list[Any]) -> Iterator[str]:
    """The classes without which a selector matches nothing; those inside of brackets do not count.

    What stands in brackets may be one of several, or what an element must not be.
    """
    for before, token in pairwise(selector):
        if before.type == "literal" and before.value == "." and token.type == "ident":
            yield token.value
