"""Pages carry the icons that they show, and no others."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTFont

from d2l_book.render.icons import FONTS, STYLES, characters, subset_font, trim_icons, used_rules

SOLID = f"{FONTS}/fa-solid-900.woff2"
BRANDS = f"{FONTS}/fa-brands-400.woff2"
RULES = (
    '.fa-download:before{content:"\\f019"}'
    '.fa-face-grin:before,.fa-grin:before{content:"\\f580"}'
    '.fa-0:before{content:"\\30 "}'
    ".fa-lg{font-size:1.25em}"
    'html{--icon:"\\f35d";--other:"\uf058";--brand:"\\f09b"}'
)


def font_characters(path: Path) -> set[int]:
    with TTFont(path) as font:
        return set(font.getBestCmap())


def whole(name: str) -> Path:
    """A file of the theme's, as it comes."""
    spec = find_spec("pydata_sphinx_theme")
    assert spec is not None
    assert spec.origin is not None
    [path] = Path(spec.origin).parent.rglob(name)
    return path


def test_rules_of_other_icons_go_and_all_else_stays() -> None:
    kept = used_rules(RULES, {"fa-grin", "fa-lg"})
    assert "fa-face-grin:before,.fa-grin:before" in kept
    assert ".fa-lg{" in kept
    assert "--icon" in kept
    assert "download" not in kept
    assert "fa-0" not in kept
    assert used_rules(kept, {"fa-grin", "fa-lg"}) == kept


def test_characters_are_those_that_rules_write() -> None:
    assert characters(RULES) == {0xF019, 0xF580, 0x30, 0xF35D, 0xF058, 0xF09B}
    assert characters('a{content:"\\2014 \\00A0"}b{content:""}') == set()


def test_font_keeps_the_characters_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "font.woff2"
    path.write_bytes(whole(SOLID).read_bytes())
    subset_font(path, {0xF019, 0xF002, 0x10FFFF})
    assert font_characters(path) == {0xF002, 0xF019}
    assert path.stat().st_size < whole(SOLID).stat().st_size / 50


def test_trimmed_book_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / STYLES).parent.mkdir()
    (tmp_path / STYLES).write_text(RULES, encoding="utf-8")
    (tmp_path / FONTS).mkdir(parents=True)
    for name in (SOLID, BRANDS):
        (tmp_path / name).write_bytes(whole(name).read_bytes())
    page = tmp_path / "page.html"
    page.write_text('<i class="fa-solid fa-download"></i>', encoding="utf-8")
    trim_icons(tmp_path, [page])
    once = {name: (tmp_path / name).read_bytes() for name in (STYLES, SOLID, BRANDS)}
    assert font_characters(tmp_path / SOLID) == {0xF019, 0xF058, 0xF35D}
    assert font_characters(tmp_path / BRANDS) == {0xF09B}
    trim_icons(tmp_path, [page])
    assert once == {name: (tmp_path / name).read_bytes() for name in (STYLES, SOLID, BRANDS)}


def test_every_icon_of_the_book_has_its_rule_and_its_character(book_html: Path) -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in book_html.rglob("*.html"))
    classes = " ".join(re.findall(r'class="([^"]*\bfas?\b[^"]*)"', pages)).split()
    shown = {name for name in classes if name.startswith("fa-")} - {"fa-solid", "fa-lg"}
    assert {"fa-download", "fa-bars", "fa-moon", "fa-magnifying-glass"} <= shown
    static = book_html / "_static"
    styles = (static / STYLES).read_text(encoding="utf-8")
    font = font_characters(static / SOLID)
    for icon in shown:
        rule = re.search(rf"\.{icon}:before[^{{]*\{{content:[^}}]+\}}", styles)
        assert rule is not None, icon
        assert characters(rule[0]) & font, icon
    assert len(font) < 60
