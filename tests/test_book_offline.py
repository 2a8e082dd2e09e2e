"""The book's Sphinx extension, its style sheet, and what it says about its sources."""

from __future__ import annotations

import json
import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import ROOT

from book import vega
from book.external import external_requests
from book.offline import copy_mathjax, tidied
from book.sources import last_updated, unrun_cells
from d2l_utils.figures import COLORS

CSS = (ROOT / "book" / "static" / "book.css").read_text(encoding="utf-8")
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


@pytest.mark.parametrize("selector", [":root", "html[data-theme]"])
def test_light_colors_are_those_of_the_figures(selector: str) -> None:
    assert css_colors(selector) == COLORS


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


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://example.org/a.js"></script>',
        "<img alt='x' src='//example.org/a.png'>",
        '<link rel="stylesheet" href="http://example.org/a.css">',
        "<style>@import 'https://example.org/a.css';</style>",
        '<div style="background: url(https://example.org/a.png)"></div>',
        '<svg><image href="https://example.org/a.png"/></svg>',
        "<iframe title=x src=https://example.org/></iframe>",
    ],
)
def test_a_request_to_another_host_is_found(html: str) -> None:
    [address] = external_requests(f"<p>before</p>{html}")
    assert "example.org" in address


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://d2l.ai">a link</a>',
        '<script src="_static/a.js"></script><img src="a.png" alt="x">',
        '<pre>&lt;img src="https://example.org"&gt; url(https://example.org)</pre>',
        '<script type="application/json">{"$schema": "url(https://example.org)"}</script>',
        '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    ],
)
def test_links_and_shown_code_are_not_requests(html: str) -> None:
    assert external_requests(html) == []


def test_templates_are_tidied_and_the_rest_kept() -> None:
    script = '<script defer src="f/fontawesome.js?x=1"></script>'
    icons = f"<!-- So that users can add custom icons -->\n{script}"
    link = '<a href="../_sources/a.ipynb" target="_blank" class="b">'
    assert tidied(f"<p>a</p>{icons}<p>b</p>") == "<p>a</p><p>b</p>"
    assert tidied(link) == '<a href="../_sources/a.ipynb" download class="b">'
    tools = '<script src="../_static/searchtools.js"></script>'
    assert tidied(f"<p>a</p>{tools}") == "<p>a</p>"
    assert tidied(f"<p>a</p>{tools}", searches=True) == f"<p>a</p>{tools}"
    ours = '<script src="_static/book.js"></script>'
    assert tidied(ours) == ours


def test_mathjax_is_copied_once(tmp_path: Path) -> None:
    copy_mathjax(tmp_path)
    script = tmp_path / "tex-chtml.js"
    assert script.stat().st_size > 1_000_000
    assert len(list(tmp_path.rglob("*.woff"))) > 10
    assert (tmp_path / "input" / "tex" / "extensions" / "boldsymbol.js").is_file()
    os.utime(script, (1, 1))
    copy_mathjax(tmp_path)
    assert script.stat().st_mtime == 1


def test_vega_is_one_classic_script_that_keeps_its_names(tmp_path: Path) -> None:
    vega.write_bundle(tmp_path)
    text = (tmp_path / vega.script_name()).read_text(encoding="utf-8")
    assert text.startswith("(function () {")
    assert "window.vegaEmbed" in text[-200:]
    assert not re.search(r"^(import|export)\b", text, re.MULTILINE)


def write_notebook(path: Path, *counts: int | None, error: bool = False) -> Path:
    output = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}
    cells = [{"cell_type": "markdown", "source": "# A", "metadata": {}}]
    cells += [
        {"cell_type": "code", "source": "1", "execution_count": n, "outputs": [output] * error}
        for n in counts
    ]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("counts", "error", "expected"),
    [
        ((1, 2), False, []),
        ((1, None), False, ["cell 2 has not been run"]),
        ((2, 1), False, ["cell 1 was run as number 2, expected 1"]),
        ((1,), True, ["cell 1 stopped with an error"]),
    ],
)
def test_how_a_notebook_was_run_is_read_from_it(
    tmp_path: Path, counts: tuple[int | None, ...], error: bool, expected: list[str]
) -> None:
    found = unrun_cells(write_notebook(tmp_path / "a.ipynb", *counts, error=error))
    assert found[: len(expected)] == expected
    assert bool(found) == bool(expected)


def git(folder: Path, *arguments: str, date: str = "2001-02-03T04:05:06Z") -> None:
    environment = os.environ | {
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_DATE": date,
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    who = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    subprocess.run(
        ["git", *who, *arguments], cwd=folder, env=environment, check=True, capture_output=True
    )


def test_date_is_that_of_the_last_commit_of_this_page(tmp_path: Path) -> None:
    for name in ("old.md", "new.md"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    git(tmp_path, "init")
    git(tmp_path, "add", "old.md")
    git(tmp_path, "commit", "-m", "old")
    git(tmp_path, "add", "new.md")
    git(tmp_path, "commit", "-m", "new", date="2002-03-04T23:59:59Z")
    assert last_updated(tmp_path / "old.md") == "2001-02-03"
    assert last_updated(tmp_path / "new.md") == "2002-03-04"


def test_date_outside_git_is_the_given_one_or_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text("words", encoding="utf-8")
    os.utime(page, (86_400, 86_400))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert last_updated(page) == "1970-01-02"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert last_updated(page) == "2001-09-09"
