"""Overviews quote the exercises' pages: what a page says and proves, they say, and nothing else."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import nbformat
import pytest

from d2l_book.editions import editions
from d2l_book.render.catalogue import address_of
from d2l_book.render.edition_map import described, sections_in
from d2l_book.render.exercises import cell_with
from d2l_book.render.labels import label_of
from d2l_utils.checks.record import MIME, check_record, line_of
from tests.conftest import Build, build, small_book
from tests.notebooks.test_answers import fold, markdown
from tests.render.test_build import code_cell, notebook, page_text

CHAPTER = "chapters/multilayer-perceptrons/index"
SECTION = "chapters/multilayer-perceptrons/backprop"
SOUND = f"{SECTION}/sound"

OVERVIEW = f"""# Overview

{{number-of}}`answers` of {{number-of}}`exercises` with {{number-of}}`checks`.

```{{exercises}}
```

```{{excerpt}} {SOUND}
:containing: 6 * 7
```

```{{edition-map}}
```
"""

BROKEN = f"""# Broken

```{{exercises}} backpropp
```

```{{sections}} backprop
```

```{{edition-map}} nowhere
```

```{{excerpt}} nowhere
:containing: 6 * 7
```

```{{excerpt}} {SOUND}
:containing: 6 * 8
```

{{number-of}}`readers`
"""

PAGES = {
    "overview": OVERVIEW,
    "broken": BROKEN,
    "all": "# All\n\n```{all-exercises}\n```\n",
    CHAPTER: "# Multilayer perceptrons\n\n```{sections} multilayer-perceptrons\n```\n",
    f"{SECTION}/index": (
        "# Backprop\n\n```{exercises} backprop\n```\n\n```{edition-map} backprop\n```\n"
    ),
}


def write(path: Path, answer: str, *claims: str, exercise: str = "backprop/2") -> None:
    cell = code_cell(1, output_type="stream", name="stdout", text="before\n")
    records = [check_record(claim, "equal", "42") for claim in claims]
    cell["outputs"] += [
        nbformat.v4.new_output("display_data", {MIME: each, "text/plain": line_of(each)})
        for each in records
    ]
    cell["source"] = 'd2l.check_equal("six times seven", 6 * 7, 42)'
    page = notebook(cell, text="# Six times seven")
    page["cells"].insert(1, nbformat.v4.new_markdown_cell(answer))
    page["metadata"]["d2l"] = {"exercise": exercise, "checked": "by looking twice"}
    path.write_text(nbformat.writes(page), encoding="utf-8")


def test_excerpt_is_the_only_cell_with_its_text() -> None:
    cells = [{"cell_type": "code", "source": text} for text in ("a = 1", "a = 2")]
    assert cell_with([*cells, markdown("a = 2")], "a = 2") is cells[1]
    for text, number in (("a", 2), ("b", 0)):
        with pytest.raises(
            ValueError, match=rf"expected one code cell with '{text}', got {number}"
        ):
            cell_with(cells, text)


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Build, dict[str, str]]]:
    """A small book: sound; another answer and one check more; no answer; an unknown exercise."""
    folder = tmp_path_factory.mktemp("exercises")
    (folder / SECTION).mkdir(parents=True)
    extensions = ("d2l_book.render.offline", "d2l_book.render.exercises")
    small_book(
        folder, "overview", [page for page in [*PAGES, SOUND] if page != "overview"], extensions
    )
    for page, text in PAGES.items():
        (folder / f"{page}.md").write_text(text, encoding="utf-8")
    done = []
    for answer, claims, exercise in (
        (fold("Forty-two."), "a", "backprop/2"),
        (fold("*42*."), "ab", "backprop/2"),
        ("no answer", "a", "backprop/2"),
        (fold("Forty-two."), "a", "backprop/22"),
    ):
        write(folder / f"{SOUND}.ipynb", answer, *claims, exercise=exercise)
        finished = build(folder, folder)
        pages = {page: unescape(page_text(finished.html, page)) for page in [*PAGES, SOUND]}
        index = finished.html / "_static" / "search" / "index.js"
        pages["search index"] = index.read_text(encoding="utf-8")
        done.append((finished, pages))
    return done


def test_overview_says_what_the_page_says_and_proves(
    builds: list[tuple[Build, dict[str, str]]],
) -> None:
    for page, link in (("overview", f"{SOUND}.html"), (f"{SECTION}/index", "sound.html")):
        html = builds[0][1][page]
        assert re.search(rf'<a [^>]*href="{link}"[^>]*>.*?5\.3\.2 Six times seven', html), page
        assert "Add a bias to the hidden layer" in html
        assert '<details id="answer-to-5-3-2"><summary>Answer to 5.3.2</summary>' in html
        assert re.search(r"</summary>\s*<p>Forty-two\.</p>\s*</details>", html)
        assert "<em>1 check: by looking twice.</em>" in html


def test_overview_changes_with_the_page(builds: list[tuple[Build, dict[str, str]]]) -> None:
    for page in ("overview", f"{SECTION}/index"):
        html = builds[1][1][page]
        assert "<p><em>42</em>.</p>" in html
        assert "<em>2 checks: by looking twice.</em>" in html
        assert "Forty-two" not in html


def test_numbers_are_counted(builds: list[tuple[Build, dict[str, str]]]) -> None:
    assert "<p>1 of 632 with 1.</p>" in builds[0][1]["overview"]
    assert "<p>1 of 632 with 2.</p>" in builds[1][1]["overview"]


def test_section_lists_what_is_not_answered_and_the_book_does_not(
    builds: list[tuple[Build, dict[str, str]]],
) -> None:
    pages = builds[0][1]
    assert pages[f"{SECTION}/index"].count("Not answered here yet.") == 4
    assert "Not answered here yet." not in pages["overview"]
    assert "Compute the memory footprint" in pages[f"{SECTION}/index"]


def test_chapter_counts_the_answers_of_its_sections(
    builds: list[tuple[Build, dict[str, str]]],
) -> None:
    html = builds[0][1][CHAPTER]
    counts = re.findall(r"<p>(\d) of (\d) answered</p>", html)
    assert counts == [
        ("0", "7"),
        ("0", "9"),
        ("1", "5"),
        ("0", "4"),
        ("0", "5"),
        ("0", "7"),
        ("0", "5"),
    ]
    assert html.count('class="d2l-open"') == 41
    [filled] = re.findall(r'<a class="[^"]*d2l-answered.*?</a>', html)
    assert 'href="backprop/sound.html"' in filled
    assert re.sub("<[^>]+>", "", filled).startswith("5.3.")
    assert re.search(r'href="backprop/index\.html"[^>]*>.*?5\.3 Forward Propagation', html)
    assert 'href="https://d2l.ai/chapter_multilayer-perceptrons/dropout.html"' in html


def test_excerpt_shows_the_code_and_its_checks(
    builds: list[tuple[Build, dict[str, str]]],
) -> None:
    for (_, pages), checks in zip(builds, (1, 2, 1, 1), strict=True):
        excerpt = pages["overview"].partition('class="d2l-excerpt')[2]
        assert "check_equal" in excerpt
        assert excerpt.count("<li><p>✓ ") == checks


def test_title_has_its_number_everywhere_and_once(
    builds: list[tuple[Build, dict[str, str]]],
) -> None:
    pages = builds[0][1]
    assert re.search(r"<title>5\.3\.2 Six times seven — ", pages[SOUND])
    assert re.search(r"<h1>5\.3\.2 Six times seven<", pages[SOUND])
    assert re.search(r"<h1>5\.3 Backprop<", pages[f"{SECTION}/index"])
    assert re.search(r"<h1>5 Multilayer perceptrons<", pages[CHAPTER])
    sidebar = pages["all"].partition('id="pst-primary-sidebar"')[2].partition("<article")[0]
    assert re.search(r">\s*5\.3\.2 Six times seven\s*</a>", sidebar)
    assert "5.3.2 5.3.2" not in "".join(pages.values())
    neighbour = pages[f"{SECTION}/index"].partition('class="prev-next-area')[2]
    assert "5.3.2 Six times seven" in neighbour
    assert '"5.3.2 Six times seven"' in pages["search index"]


def test_editions_are_mapped(builds: list[tuple[Build, dict[str, str]]]) -> None:
    rows = re.findall(r"<tr.*?</tr>", builds[0][1][f"{SECTION}/index"], re.DOTALL)
    texts = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    assert "5.3.2 4.7.2 4.7.2 exercise 2" in texts
    assert "not there not there not there exercise 6, new" in texts
    assert re.search(
        r"5\.3 Forward Propagation.*?<td><p>4\.7</p></td>", builds[0][1]["overview"], re.S
    )


def test_all_exercises_are_listed_with_what_is_answered(
    builds: list[tuple[Build, dict[str, str]]],
) -> None:
    html = builds[0][1]["all"]
    for exercise in editions().exercises:
        assert f'<li id="{address_of(exercise)}">' in html
    assert html.count("(not answered here yet)") == 631
    assert len(re.findall(r'<details[^>]* class="d2l-catalogue"', html)) == 160
    assert "<strong>5.3.2</strong> (<a" in html
    assert "<span>1 of 5 answered</span>" in html
    assert 'href="https://d2l.ai/chapter_computer-vision/ssd.html"' in html


@pytest.mark.parametrize(
    "complaint",
    [
        "expected the section of an exercise of D2L, got 'backpropp'; near it: backprop",
        "expected the chapter of an exercise of D2L, got 'backprop'",
        "expected the section of an exercise of D2L, got 'nowhere'",
        "expected the page of a notebook, got 'nowhere'",
        "sound.ipynb: expected one code cell with '6 * 8', got 0",
        "number-of: expected one of exercises, sections, answers, checks, got 'readers'",
    ],
)
def test_overview_of_what_is_not_there_fails_the_build(
    builds: list[tuple[Build, dict[str, str]]], complaint: str
) -> None:
    finished, _ = builds[0]
    assert finished.status != 0
    assert complaint in finished.log


def test_page_without_an_answer_fails_the_build(
    builds: list[tuple[Build, dict[str, str]]],
) -> None:
    finished, _ = builds[2]
    assert finished.status != 0
    assert "sound.ipynb: expected a fold 'The answer in one line', got none" in finished.log


def test_page_that_answers_no_exercise_of_d2l_fails_the_build(
    builds: list[tuple[Build, dict[str, str]]],
) -> None:
    finished, _ = builds[3]
    assert finished.status != 0
    complaint = "sound.ipynb: expected the id of an exercise of D2L, got 'backprop/22'"
    assert len([line for line in finished.log.splitlines() if complaint in line]) >= 3
    assert "Traceback" not in finished.log


def test_labels_of_pages(tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", "", exercise="backprop/next-6")
    assert label_of("a", tmp_path / "a.ipynb") == "5.3.6 (draft)"
    assert label_of("chapters/preface/index", tmp_path / "index.md") == ""
    assert label_of("chapters/linear-regression/index", tmp_path / "index.md") == "3"
    folder = "chapters/linear-regression/linear-regression"
    assert label_of(f"{folder}/index", tmp_path / "index.md") == "3.1"
    assert label_of("intro", tmp_path / "intro.md") == ""
    write(tmp_path / "b.ipynb", "", exercise="backprop/7")
    with pytest.raises(ValueError, match="got 'backprop/7'"):
        label_of("b", tmp_path / "b.ipynb")


def test_places_in_other_editions_are_described() -> None:
    known = editions()
    assert described(known.exercise("mlp/6"), "next") == "exercise 8, extended"
    merged = "4.2.4 and 4.2.5 and 4.2.6, merged"
    assert described(known.exercise("mlp-implementation/5"), "0.17") == merged
    assert described(known.exercise("generalization-deep/1"), "0.17") == "not there"
    section = known.section("mlp-implementation")
    assert sections_in(known.exercises_of(section), "0.17") == "4.2, 4.3"
