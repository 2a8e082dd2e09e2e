"""Overviews quote the exercises' pages: what a page says and proves, they say, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import Build, build, small_book
from test_book import code_cell, notebook, page_text

from d2l_book.render.exercises import answer_in_one_line, cell_with, page_title
from d2l_utils.check_record import MIME, check_record, line_of

OVERVIEW = """# Overview

```{exercises}
sound: by looking twice
```

```{excerpt} sound
:containing: 6 * 7
```
"""

BROKEN = """# Broken

```{exercises}
silent: by nothing
```

```{exercises}
sound
```

```{exercises}
nowhere: by nothing
```

```{excerpt} sound
:containing: 6 * 8
```
"""


def fold(answer: str) -> str:
    return f"<details><summary>The answer in one line</summary>\n\n{answer}\n\n</details>"


def markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": text}


def write(path: Path, answer: str, *claims: str) -> None:
    cell = code_cell(1, output_type="stream", name="stdout", text="before\n")
    records = [check_record(claim, "equal", "42") for claim in claims]
    cell["outputs"] += [
        nbformat.v4.new_output("display_data", {MIME: each, "text/plain": line_of(each)})
        for each in records
    ]
    cell["source"] = 'd2l.check_equal("six times seven", 6 * 7, 42)'
    page = notebook(cell, text="# Exercise 9: six times seven")
    page["cells"].insert(1, nbformat.v4.new_markdown_cell(answer))
    path.write_text(nbformat.writes(page), encoding="utf-8")


def test_title_is_that_of_the_page() -> None:
    assert page_title([markdown("# A title\n\ntext")]) == "A title"
    with pytest.raises(ValueError, match=r"expected a first cell that begins with '# ', got none"):
        page_title([markdown("## A section"), markdown("# Too late")])


def test_answer_is_what_the_page_folds() -> None:
    cells = [markdown("# A title"), markdown(fold("It is\n$x$."))]
    assert answer_in_one_line(cells) == "It is $x$."
    with pytest.raises(ValueError, match=r"expected a fold 'The answer in one line', got none"):
        answer_in_one_line(cells[:1])


def test_excerpt_is_the_only_cell_with_its_text() -> None:
    cells = [{"cell_type": "code", "source": text} for text in ("a = 1", "a = 2")]
    assert cell_with([*cells, markdown("a = 2")], "a = 2") is cells[1]
    for text, number in (("a", 2), ("b", 0)):
        with pytest.raises(
            ValueError, match=rf"expected one code cell with '{text}', got {number}"
        ):
            cell_with(cells, text)


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Build, str]]:
    """A small book built, and built again after one of its exercises has changed."""
    folder = tmp_path_factory.mktemp("exercises")
    pages = ("sound", "silent", "broken")
    small_book(folder, "overview", pages, ("d2l_book.render.offline", "d2l_book.render.exercises"))
    (folder / "overview.md").write_text(OVERVIEW, encoding="utf-8")
    (folder / "broken.md").write_text(BROKEN, encoding="utf-8")
    write(folder / "silent.ipynb", "no answer", "a")
    done = []
    for answer, claims in (("Forty-two.", "a"), ("*42*.", "ab")):
        write(folder / "sound.ipynb", fold(answer), *claims)
        finished = build(folder, folder)
        done.append((finished, page_text(finished.html, "overview")))
    return done


def test_overview_says_what_the_page_says_and_proves(builds: list[tuple[Build, str]]) -> None:
    _, html = builds[0]
    assert re.search(r'<a [^>]*href="sound\.html"[^>]*>.*Exercise 9: six times seven', html)
    assert "Forty-two. <em>1 check: by looking twice.</em>" in html


def test_overview_changes_with_the_page(builds: list[tuple[Build, str]]) -> None:
    _, html = builds[1]
    assert "<em>42</em>. <em>2 checks: by looking twice.</em>" in html
    assert "Forty-two" not in html


def test_excerpt_shows_the_code_and_its_checks(builds: list[tuple[Build, str]]) -> None:
    for (_, html), checks in zip(builds, (1, 2), strict=True):
        excerpt = html[html.index('class="d2l-excerpt') :]
        assert "check_equal" in excerpt
        assert excerpt.count("<li><p>✓ ") == checks


@pytest.mark.parametrize(
    "complaint",
    [
        "silent.ipynb: expected a fold 'The answer in one line', got none",
        "expected '<page>: <how it is checked>', got 'sound'",
        "expected the page of a notebook, got 'nowhere'",
        "sound.ipynb: expected one code cell with '6 * 8', got 0",
    ],
)
def test_overview_of_what_is_not_there_fails_the_build(
    builds: list[tuple[Build, str]], complaint: str
) -> None:
    finished, _ = builds[0]
    assert finished.status != 0
    assert complaint in finished.log
