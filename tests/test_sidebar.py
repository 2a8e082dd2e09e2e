"""The side bar lists the chapters, and of one's own branch what it holds."""

from __future__ import annotations

import re
from html import unescape

import pytest
import yaml
from conftest import Build, build, small_book

TOC = {
    "format": "jb-book",
    "root": "root",
    "parts": [
        {
            "caption": "First <part>",
            "chapters": [
                {
                    "file": "one",
                    "sections": [
                        {"file": "one-a", "sections": [{"file": "one-a-x"}, {"file": "one-a-y"}]},
                        {"file": "one-b", "sections": [{"file": "one-b-x"}]},
                    ],
                },
                {"file": "two", "title": "Two, in brief", "sections": [{"file": "two-a"}]},
                {"url": "https://example.org", "title": "Elsewhere"},
            ],
        },
    ],
}
NAMES = ("one", "one-a", "one-a-x", "one-a-y", "one-b", "one-b-x", "two", "two-a")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A book of two chapters with sections and exercises."""
    folder = tmp_path_factory.mktemp("tree")
    small_book(folder, "root", [], ["d2l_book.render.offline"])
    (folder / "_toc.yml").write_text(yaml.safe_dump(TOC), encoding="utf-8")
    for name in ("root", *NAMES):
        (folder / f"{name}.md").write_text(f"# The & page {name} of $x$\n", encoding="utf-8")
    return build(folder, folder)


def links(tree: Build, page: str) -> list[tuple[int, str]]:
    """Level and address of each link of a page's side bar."""
    html = (tree.html / f"{page}.html").read_text(encoding="utf-8")
    [bar] = re.findall(r'<nav class="bd-links.*?</nav>', html, re.DOTALL)
    bar = bar[bar.index("</ul>") :]  # the first list leads home
    return [
        (int(level), address)
        for level, address in re.findall(
            r'<li class="toctree-l(\d)[^>]*><a [^>]*href="([^"]*)"', bar
        )
    ]


TOP = [(1, "one.html"), (1, "two.html"), (1, "https://example.org")]


def test_book_is_built_without_a_warning(tree: Build) -> None:
    assert tree.status == 0, tree.log


@pytest.mark.parametrize("page", ["root", "search", "genindex"])
def test_outside_the_chapters_they_are_all_that_is_listed(tree: Build, page: str) -> None:
    assert links(tree, page) == TOP


def test_chapter_lists_its_sections(tree: Build) -> None:
    assert links(tree, "one") == [(1, "#"), (2, "one-a.html"), (2, "one-b.html"), *TOP[1:]]


def test_exercise_lists_its_branch_and_nothing_of_others(tree: Build) -> None:
    assert links(tree, "one-a-y") == [
        (1, "one.html"),
        (2, "one-a.html"),
        (3, "one-a-x.html"),
        (3, "#"),
        (2, "one-b.html"),
        *TOP[1:],
    ]


def test_branch_is_open_and_marked_and_its_folds_have_names(tree: Build) -> None:
    html = (tree.html / "one-a-y.html").read_text(encoding="utf-8")
    [bar] = re.findall(r'<nav class="bd-links.*?</nav>', html, re.DOTALL)
    assert bar.count('<details open="open"><summary aria-label="Pages of: The &amp; page one') == 2
    assert len(re.findall(r'<li class="toctree-l\d current active', bar)) == 3
    assert bar.count('class="current reference internal"') == 1


def test_titles_are_those_of_the_table_of_contents_or_of_the_pages(tree: Build) -> None:
    html = (tree.html / "root.html").read_text(encoding="utf-8")
    [bar] = re.findall(r'<nav class="bd-links.*?</nav>', html, re.DOTALL)
    assert "First &lt;part&gt;</span>" in bar
    assert ">Two, in brief</a>" in bar
    assert (
        '>The &amp; page one of <span class="math notranslate nohighlight">\\(x\\)</span></a>'
        in bar
    )
    assert ">Elsewhere</a>" in bar


def test_reader_still_goes_on_and_back_through_all_pages(tree: Build) -> None:
    page, seen = "root", ["root"]
    while True:
        html = (tree.html / f"{page}.html").read_text(encoding="utf-8")
        found = re.search(r'<link rel="next" title="([^"]*)" href="([^"]*)\.html"', html)
        if found is None:
            break
        assert unescape(found[1]).startswith("The & page") or found[1].startswith("Two")
        page = found[2]
        seen.append(page)
    assert seen == ["root", *NAMES]
