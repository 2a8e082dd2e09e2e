"""Find what makes a page ask another host when it is opened."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from d2l_book.notebooks.markup import Element, read_markup

_FETCHING = frozenset(
    [
        "src",
        "srcset",
        "imagesrcset",
        "poster",
        "background",
        "data",
        "ping",
        "action",
        "formaction",
        "manifest",
        "codebase",
        "classid",
        "archive",
        "lowsrc",
        "dynsrc",
        "icon",
        "profile",
    ]
)
_LISTS = frozenset({"srcset", "imagesrcset", "ping", "archive"})
_LINKS = frozenset({"href", "xlink:href"})
_FOLLOWED = frozenset({"a", "area"})
_MERELY_NAMED = frozenset({"alternate", "author", "canonical", "help", "license", "next", "prev"})
"""Relations of a ``<link>`` that a browser does not act upon."""
_STYLED = frozenset(
    [
        "style",
        "fill",
        "stroke",
        "clip-path",
        "mask",
        "filter",
        "cursor",
        "marker",
        "marker-start",
        "marker-mid",
        "marker-end",
    ]
)
_FOREIGN = re.compile(r"(?:https?|wss?|ftp):|[\\/]{2}", re.I)
_IGNORED_IN_ADDRESSES = re.compile(r"[\x00-\x20]+")
_REFRESH = re.compile(r"^[\s\d.;,]*(?:url\s*=)?\s*[\"']?([^\"']+)", re.I)
_QUOTED = re.compile(
    r"""(["'`])\s*((?:(?:https?|wss?|ftp):)?(?://|\\/\\/)[\w-]+[.:\w/\\][^"'`\s]*)"""
)
_NAMESPACE = re.compile(r"https?:(?://|\\/\\/)www\.w3\.org(?:/|\\/)")
_ADDRESS_KEYS = frozenset({"url", "href", "src"})


def external_requests(html: str) -> list[str]:
    """List the addresses on other hosts that a page would load by itself.

    Links that a reader may follow are not requests; nor is what only stands in shown code.

    Args:
        html: A page or a part of one.

    Returns:
        The addresses, in order.
    """
    return [found for each in read_markup(html).elements for found in _requests(each)]


def external_data(value: object) -> list[str]:
    """List the addresses on other hosts from which a chart would load its data or pictures.

    Args:
        value: The chart's specification, or a part of it.

    Returns:
        The addresses, in order.
    """
    if isinstance(value, list):
        return [found for each in value for found in external_data(each)]
    if not isinstance(value, dict):
        return []
    found = [each for key, each in value.items() if key in _ADDRESS_KEYS and isinstance(each, str)]
    inside = [address for each in value.values() for address in external_data(each)]
    return [each for each in found if is_foreign(each)] + inside


def is_foreign(address: str) -> bool:
    """Whether an address is on another host.

    Args:
        address: The decoded value of an attribute. Browsers ignore spaces around and line ends in
            it, and take a backslash for a slash.
    """
    return _FOREIGN.match(_IGNORED_IN_ADDRESSES.sub("", address)) is not None


def style_addresses(css: str, rules: bool = True) -> list[str]:
    """List the addresses that a style sheet or a style attribute refers to, foreign or not.

    Args:
        css: The text.
        rules: Whether it is a sheet, where rules such as ``@import`` may stand.
    """
    import tinycss2

    parse = tinycss2.parse_stylesheet if rules else tinycss2.parse_component_value_list
    return [found for node in parse(css) for found in _in_css(node)]


def _in_css(node: Any) -> Iterator[str]:
    if node.type == "url":
        yield node.value
    quotes = node.type == "at-rule" and node.lower_at_keyword in ("import", "namespace")
    if node.type == "function":
        quotes = node.lower_name in ("url", "src", "image", "image-set", "-webkit-image-set")
    parts = [*(getattr(node, "prelude", None) or []), *(getattr(node, "content", None) or [])]
    parts += getattr(node, "arguments", None) or []
    for part in parts:
        if quotes and part.type == "string":
            yield part.value
        yield from _in_css(part)


def _requests(element: Element) -> Iterator[str]:
    for name, value in element.attributes:
        if name in _STYLED:
            yield from filter(is_foreign, style_addresses(value, rules=False))
        elif name.startswith("on"):
            yield from _in_script(value)
        elif name == "srcdoc":
            yield from external_requests(value)
        elif name in _FETCHING or (name in _LINKS and _acts(element)):
            entries = re.split(r"[\s,]+", value) if name in _LISTS else [value]
            yield from (entry.strip() for entry in entries if is_foreign(entry))
    if element.tag == "meta" and element.get("http-equiv").strip().lower() == "refresh":
        target = _REFRESH.match(element.get("content"))
        if target is not None and is_foreign(target[1]):
            yield target[1]
    if element.tag == "style":
        yield from filter(is_foreign, style_addresses(element.text))
    elif element.tag == "script" and "json" in element.get("type"):
        yield from _in_json(element.text)
    elif element.tag == "script":
        yield from _in_script(element.text)


def _acts(element: Element) -> bool:
    """Whether a browser loads what the element links to."""
    relations = set(element.get("rel").lower().split())
    named = element.tag == "link" and bool(relations) and relations <= _MERELY_NAMED
    return element.tag not in _FOLLOWED and not named


def _in_script(script: str) -> Iterator[str]:
    """Find addresses in a script's texts; names of document types are no addresses."""
    for found in _QUOTED.finditer(script):
        if not _NAMESPACE.match(found[2]):
            yield found[2]


def _in_json(text: str) -> Iterator[str]:
    try:
        yield from external_data(json.loads(text))
    except ValueError:
        yield from _in_script(text)
