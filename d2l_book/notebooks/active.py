"""What of a page's HTML would run, send or load something: all that is not known to be harmless.

A page is text, tables and pictures. What may stand in its Markdown and in its HTML outputs is a
list; everything else is refused, so that nothing new has to be thought of. The only scripts are
those that this project ships, compared by their text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from d2l_book.notebooks.external import style_addresses
from d2l_book.notebooks.markup import Element, read_markup

_TAG_NAMES = """
a abbr b blockquote br caption cite code col colgroup dd del details div dl dt em figcaption figure
h1 h2 h3 h4 h5 h6 hr i img kbd li mark ol p pre q s samp section small span strong sub summary sup
table tbody td tfoot th thead tr u ul var wbr
circle clippath defs desc ellipse g line lineargradient marker path pattern polygon polyline
radialgradient rect stop svg symbol text title tspan use
"""
_ATTRIBUTE_NAMES = """
abbr align alt class colspan dir height hidden id lang open reversed role rowspan scope start style
title value width
clip-path clip-rule clippathunits cx cy d dominant-baseline dx dy fill fill-opacity fill-rule
font-family font-size font-style font-weight fx fy gradienttransform gradientunits marker-end
marker-mid marker-start markerheight markerunits markerwidth offset opacity orient patterntransform
patternunits points preserveaspectratio r refx refy rx ry stop-color stop-opacity stroke
stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity
stroke-width text-anchor transform version viewbox x x1 x2 xml:space xmlns xmlns:xlink y y1 y2
"""
_TAGS = frozenset(_TAG_NAMES.split())
_ATTRIBUTES = frozenset(_ATTRIBUTE_NAMES.split())
_NAMED_FREELY = re.compile(r"aria-[a-z]+|data-(?:d2l|lm)-[a-z-]+")
_ONLY_ON = {"href": {"a", "use"}, "xlink:href": {"a", "use"}, "src": {"img"}, "rel": {"a"}}
_REFERRING = re.compile(r"style|fill|stroke|clip-path|marker-(?:start|mid|end)")
_IGNORED = re.compile(r"[\x00-\x20]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.I)
_LINKED = frozenset({"http", "https", "mailto"})
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,", re.I)


def active_problems(html: str) -> Iterator[str]:
    """Say what of a page's HTML is not known to be harmless.

    Args:
        html: A part of a page.

    Yields:
        A sentence for each problem.
    """
    markup = read_markup(html)
    for odd in markup.odd:
        yield f"HTML that a browser may read in another way: {odd!r}"
    for element in markup.elements:
        if element.tag == "script":
            if not _is_ours(element):
                yield "a script that is not the project's: pages run nothing else"
        elif element.tag not in _TAGS:
            yield f"<{element.tag}>, which is not on the list of harmless elements"
        else:
            yield from _in_attributes(element)


def address_problem(address: str, picture: bool = False) -> str:
    """Say why an address may not be linked to or shown; nothing if it may.

    Args:
        address: The decoded address.
        picture: Whether it is that of a picture.
    """
    plain = _IGNORED.sub("", address)
    scheme = _SCHEME.match(plain)
    if scheme is None or scheme[1].lower() in _LINKED or (picture and _PICTURE.match(plain)):
        return ""
    return f"an address that begins with {scheme[0]!r}, which may run something"


def _in_attributes(element: Element) -> Iterator[str]:
    for name, value in element.attributes:
        allowed = name in _ATTRIBUTES or _NAMED_FREELY.fullmatch(name)
        if not (element.tag in _ONLY_ON[name] if name in _ONLY_ON else allowed):
            yield f"{name} on <{element.tag}>, which is not on the list of harmless attributes"
        elif element.tag == "use" and name in _ONLY_ON and not value.startswith("#"):
            yield "a <use> of something outside the picture"
        elif name in _ONLY_ON and (problem := address_problem(value, picture=name == "src")):
            yield problem
        elif _REFERRING.fullmatch(name):
            addresses = style_addresses(value, rules=False)
            if not all(address.startswith("#") for address in addresses):
                yield "a style that loads something"


def _is_ours(script: Element) -> bool:
    if script.attributes == [("type", "application/json")]:
        return _is_json(script.text)
    return not script.attributes and script.text.strip() in map(str.strip, shipped_scripts())


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@cache
def shipped_scripts() -> tuple[str, ...]:
    """Return the JavaScript of d2l_utils, which outputs of cells carry; found, not imported."""
    spec = find_spec("d2l_utils")
    folders = spec.submodule_search_locations if spec is not None else None
    paths = (path for folder in folders or () for path in sorted(Path(folder).rglob("*.js")))
    return tuple(path.read_text(encoding="utf-8") for path in paths)
