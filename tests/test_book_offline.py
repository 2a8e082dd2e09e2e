"""The book's Sphinx extension, its style sheet, and what it says about its sources."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import ROOT

from d2l_utils.figures import COLORS

CSS = (ROOT / "d2l_book" / "render" / "static" / "book.css").read_text(encoding="utf-8")
NOT_TEXT = {"paper": 1.0, "grid": 1.3}  # the page itself; lines that only help the eye
TEXT = {"ink": 4.5}


def css_colors(selector: str) -> dict[str, str]:
    """The book's variables in the first rule of `selector`."""
    [rule, *_] = re.findall(rf"^\s*{re.escape(selector)} {{(.*?)}}", CSS, re.DOTALL | re.MULTILINE)
    return dict(re.findall(r"--d2l-(\w+): (#[0-9a-f]{6});", rule))


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two colours."""

    def luminance(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_agrees_with_the_definition() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_light_colors_are_those_of_the_figures() -> None:
    assert css_colors(":root") == COLORS


def test_dark_colors_are_not_for_paper() -> None:
    assert re.search(r'@media not print {\s*html\[data-theme="dark"\] {\s*--d2l-', CSS)
    assert len(re.findall(r"--d2l-ink:", CSS)) == 2


@pytest.mark.parametrize("name", COLORS)
def test_dark_color_stands_out_from_the_dark_page(name: str) -> None:
    dark = css_colors('html[data-theme="dark"]')
    assert set(dark) == set(COLORS)
    needed = NOT_TEXT.get(name, TEXT.get(name, 3.0))
    assert contrast(dark[name], dark["paper"]) >= needed


def test_dark_paper_is_the_dark_page() -> None:
    spec = find_spec("sphinx_book_theme")
    assert spec is not None
    assert spec.origin is not None
    [path] = Path(spec.origin).parent.rglob("sphinx-book-theme.css")
    page = re.findall(
        r"html\[data-theme=dark\]{[^}]*--pst-color-background:(#\w+)",
        path.read_text(encoding="utf-8"),
    )
    assert page == [css_colors('html[data-theme="dark"]')["paper"]]
