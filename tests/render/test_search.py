"""The search index: what it takes from a page, how it is packed, and how large it becomes."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import nbformat
import pytest
from docutils import nodes
from docutils.utils import new_document

from d2l_book.render.prose import Section, plain_math, sections
from d2l_book.render.search_index import ALPHABET, FIELDS, Page, index_of, tokens
from d2l_utils.checks.record import MIME, check_record, line_of
from tests.conftest import ROOT, Build, build, small_book
from tests.render.test_build import PAGES, code_cell, notebook

VENDOR = ROOT / "d2l_book" / "render" / "static" / "vendor"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Hessian's entries", ["hessian", "s", "entrie"]),
        ("loss of a bias, two losses", ["loss", "bia", "two", "losse"]),
        ("Exercise 5.3.2: W1, déjà-vu", ["exercise", "5.3.2", "w1", "deja", "vu"]),
        ("measure_memory(x) is a", ["measure", "memory", "x"]),
    ],
)
def test_words_are_looked_up_without_case_accent_or_plural(text: str, words: list[str]) -> None:
    assert tokens(text) == words


@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        (r"\mathbf{X}", "X"),
        (r"n \times m", "n × m"),
        (r"\frac{\partial J}{\partial \mathbf{b}^{(1)}}", "∂ J/∂ b(1)"),
        (r"\Lambda \varphi \lambda", "Λ φ λ"),
        (r"\max(x, 0)", "max(x, 0)"),
        (r"\operatorname{relu}(x)", "relu(x)"),
        ("+".join("abcdefghijklmnopqrstu"), "…"),
    ],
)
def test_short_formulas_are_read_as_plain_text(tex: str, plain: str) -> None:
    assert plain_math(tex) == plain


def unpacked(text: str) -> dict[int, dict[int, int]]:
    """The places of one word as the page's script reads them."""
    numbers = []
    for letters in re.findall("[g-z0-9_-]*[A-Za-f]", text):
        digits = [ALPHABET.index(letter) % 32 for letter in letters]
        numbers.append(sum(digit * 32**place for place, digit in enumerate(digits)))
    mask, *rest = numbers
    queue = iter(rest)
    found: dict[int, dict[int, int]] = {}
    for place in range(len(FIELDS)):
        if mask & 2**place:
            section = 0
            found[place] = {}
            for _ in range(next(queue)):
                step = next(queue)
                section += step // 2
                found[place][section] = next(queue) if step % 2 else 1
    assert list(queue) == []
    return found


def test_places_of_a_word_are_unpacked_as_they_were_packed() -> None:
    filler = [Section("", f"heading {n}", "word " * (n == 200) * 40) for n in range(300)]
    pages = [
        Page("a", [Section("", "The word", "word words"), *filler]),
        Page("b", [Section("", "b", "")], "5.3.2", "2"),
    ]
    index = index_of(pages)
    places = dict(zip(index["terms"].split(), map(unpacked, index["places"].split()), strict=True))
    assert places["word"] == {1: {0: 1}, 2: dict.fromkeys(range(1, 301), 1), 3: {0: 2, 201: 40}}
    assert places["5.3.2"] == places["5.3"] == places["exercise"] == {0: {301: 1}}
    assert index["sections"] == [list(range(301)), [301]]
    assert index["headings"][:2] == [" The word", " heading 0"]
    assert "the" not in places


def test_page_that_goes_deeper_is_not_found_by_the_label_it_shows() -> None:
    pages = [
        Page("a", [Section("", "a", ""), Section("x", "a", "b")], "5.3.2", "2"),
        Page("b", [Section("", "b", ""), Section("x", "b", "c")], "5.3.2", deeper=True),
    ]
    index = index_of(pages)
    places = dict(zip(index["terms"].split(), map(unpacked, index["places"].split()), strict=True))
    assert {section for found in places["5.3.2"].values() for section in found} == {0, 1}
    assert [label for _, _, label, _ in index["pages"]] == ["5.3.2", "5.3.2"]


PAGE = """# A page about *one* thing

Its $\\mathbf{X}$ are `matrices` {cite}`none`.

$$\\text{displayed}$$

> A statement.

<div class="d2l-predict"><style>p { color: red }</style>

<details><summary>A choice &amp; more</summary>

An answer.

</details>

</div>

## A section

```python
shown_code = 1
```

| a table | of words |
| --- | --- |
| cell | entry |
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A book of one page and a list of exercises."""
    folder = tmp_path_factory.mktemp("search")
    small_book(folder, "root", ["page", "exercises"], ["d2l_book.render.offline"])
    (folder / "root.md").write_text("# A book\n", encoding="utf-8")
    (folder / "exercises.md").write_text("# All of them\n", encoding="utf-8")
    cell = code_cell(1, output_type="stream", name="stdout", text="✓ printed: 1\n")
    cell["source"] = "executed = 1"
    record = check_record("displayed", "equal", "1")
    data = {MIME: record, "text/plain": line_of(record)}
    cell["outputs"].append(nbformat.v4.new_output("display_data", data))
    text = nbformat.writes(notebook(cell, text=PAGE.replace("{cite}`none`", "")))
    (folder / "page.ipynb").write_text(text, encoding="utf-8")
    return build(folder, folder)


def words_of(html: Path, page: str) -> list[str]:
    script = (html / "_static" / "search" / f"{page}.js").read_text(encoding="utf-8")
    [texts] = re.findall(rf'\Ad2lSearch\.words\("{page}", (.*)\);\n\Z', script)
    return list(json.loads(texts))


def test_citation_that_is_left_out_takes_its_parentheses_along() -> None:
    document = new_document("page")
    cited = nodes.inline("", "key", refdomain="cite")
    words = (nodes.Text("LARS ("), cited, nodes.Text(") gives each layer, as "))
    paragraph = nodes.paragraph("", "", *words, nodes.literal("", "step()"), nodes.Text(" does."))
    document += nodes.section("", nodes.title("", "A rule"), paragraph, ids=["rule"])
    [section] = sections(document)
    assert section.text == "LARS gives each layer, as step() does."


def test_words_of_a_page_are_its_prose(small: Build) -> None:
    assert small.status == 0, small.log
    top, section = words_of(small.html, "page")
    assert top == "Its X are matrices. A statement. A choice & more An answer."
    assert section == "a table of words cell entry"


def test_index_knows_the_sections_of_a_page(small: Build) -> None:
    script = (small.html / "_static" / "search" / "index.js").read_text(encoding="utf-8")
    index = json.loads(script.removeprefix("d2lSearch.index(").removesuffix(");\n"))
    assert [page[:2] for page in index["pages"]] == [
        ["root", "A book"],
        ["page", "A page about one thing"],
        ["exercises", "All of them"],
    ]
    assert index["headings"][:3] == [" A book", " A page about one thing", "a-section A section"]
    assert not {"shown", "displayed", "executed", "printed", "red"} & set(index["terms"].split())


def test_without_scripts_the_search_page_leads_to_all_exercises(small: Build) -> None:
    html = (small.html / "search.html").read_text(encoding="utf-8")
    [said] = re.findall(r"<noscript>\s*<p>(.*?)</p>\s*</noscript>", html, re.DOTALL)
    assert '<a href="exercises.html">All of them</a>' in said


def test_pages_do_not_load_the_search(book_html: Path) -> None:
    for page in PAGES:
        html = (book_html / f"{page}.html").read_text(encoding="utf-8")
        assert not re.search(r'<script[^>]* src="[^"]*(search|minisearch|highlight)', html), page
    assert not (book_html / "searchindex.js").exists()


def test_words_of_the_book_are_neither_tools_nor_code_nor_formulas(book_html: Path) -> None:
    for page in PAGES:
        text = " ".join(words_of(book_html, page))
        assert not re.search(r"\\[a-z]|Show code|checks passed", text), page


def test_statement_of_an_exercise_is_among_the_words_of_its_page(book_html: Path) -> None:
    [page] = [page for page in PAGES if page.endswith("gradient-shape")]
    assert "What is the dimensionality of the gradient of f with respect to X?" in " ".join(
        words_of(book_html, page)
    )


def test_scripts_of_others_are_as_published() -> None:
    readme = (VENDOR / "README.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$", readme, re.MULTILINE))
    assert set(listed) == {path.name for path in VENDOR.glob("*.js")}
    for name, expected in listed.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == expected
    template = (VENDOR.parents[1] / "templates" / "d2l-search.html").read_text(encoding="utf-8")
    assert all(f"vendor/{name}" in template for name in listed)
    assert (VENDOR / "minisearch-LICENSE.txt").read_text().startswith("Copyright 2022 Luca Ongaro")
