"""The theme's icons, reduced to those that the pages show.

The theme carries Font Awesome whole: 300 kB of fonts for some twenty icons, and 85 kB of rules for
the others. Here the rules that no page uses go, and fonts keep the characters that are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

STYLES = "styles/pydata-sphinx-theme.css"
FONTS = "vendor/fontawesome/webfonts"

_NAME = re.compile(r"\bfa-[a-z0-9-]+")
_RULE = re.compile(r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"\\[^"]+"\}')
_CHARACTER = re.compile(r'"\\([0-9a-f]{2,4}) ?"|"([\ue000-\uffff])"')


def icon_names(text: str) -> set[str]:
    """Return the classes of icons that a page or a script names, such as ``fa-download``."""
    return set(_NAME.findall(text))


def trim_icons(static: Path, sources: Iterable[Path], others: Iterable[str] = ()) -> None:
    """Drop the icons that nothing uses from a built book.

    Args:
        static: The book's folder of static files; left alone if it was trimmed before.
        sources: Pages and scripts, whose text names the icons they show.
        others: Icons that are shown besides.
    """
    names = set(others).union(*(icon_names(path.read_text("utf-8")) for path in sources))
    path = static / STYLES
    styles = path.read_text(encoding="utf-8")
    trimmed = used_rules(styles, names)
    if trimmed == styles:
        return
    path.write_text(trimmed, encoding="utf-8")
    shown = [sheet.read_text(encoding="utf-8") for sheet in static.rglob("*.css")]
    left = set().union(*map(characters, shown))
    for font in (static / FONTS).glob("*.woff2"):
        subset_font(font, left)


def used_rules(styles: str, names: set[str]) -> str:
    """Return a style sheet without the rules of other icons.

    Args:
        styles: The style sheet.
        names: The classes of icons that are shown, such as ``fa-download``.
    """

    def kept(rule: re.Match[str]) -> str:
        return rule[0] if names & set(_NAME.findall(rule[1])) else ""

    return _RULE.sub(kept, styles)


def characters(styles: str) -> set[int]:
    """Return the code points that a style sheet writes as the content of something."""
    found = _CHARACTER.finditer(styles)
    return {int(match[1], 16) if match[1] else ord(match[2]) for match in found}


def subset_font(path: Path, unicodes: set[int]) -> None:
    """Keep of a font only some characters.

    Args:
        path: The font, in WOFF2; it is overwritten.
        unicodes: Their code points; those that the font does not have are ignored.
    """
    from fontTools.subset import Options, Subsetter, load_font, save_font

    options = Options(flavor="woff2")
    with load_font(str(path), options) as font:
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=unicodes)
        subsetter.subset(font)
        save_font(font, str(path), options)
