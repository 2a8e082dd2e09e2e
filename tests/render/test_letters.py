"""A section's letters: said once on its index, explained on the pages beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from d2l_book.render.letters import Letters, apart_of, spelled
from tests.conftest import Build, build, complaints, small_book

TABLE = r"""# Section

```{letters}
:apart: "cuts: J; others"

| letter | what it is | shape | in code | elsewhere |
| --- | --- | --- | --- | --- |
| $\mathbf{W}^{(1)}$ | weights | $h \times d$ | `W1` | `net.W` |
| $J$ | objective | scalar | `J` | no |
```
"""
NORMS = r"""# Norms of $J$

First $\mathbf W^{(1)}$ and $J$, again $J$ and $J + 1$ and [$J$](index).

Then $J$.
"""
CUTS = r"""# Cuts

Here $J$ is a cut and $\mathbf{W}^{(1)}$ a weight.
"""


@pytest.mark.parametrize(
    "tex", [r"\mathbf{W}^{(1)}", r"{\mathbf W}^{(1)}", r" \mathbf{ W }^{(1) } "]
)
def test_spelling_does_not_matter(tex: str) -> None:
    assert spelled(tex) == r"\mathbfW^(1)"


def test_pages_and_letters_may_stand_apart() -> None:
    letters = Letters(
        "a/index", apart=apart_of("norms; cuts: s L"), said={"s": [], "L": [], "J": []}
    )
    assert set(letters.on("a/other")) == {"s", "L", "J"}
    assert set(letters.on("a/cuts")) == {"J"}
    assert letters.on("a/norms") == {}
    assert letters.on("b/other") == {}


@pytest.fixture(scope="module")
def section(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The pages of a small section, built."""
    folder = tmp_path_factory.mktemp("letters")
    texts = {"index": TABLE, "norms": NORMS, "cuts": CUTS, "others": "# Others\n\n$J$\n"}
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    small_book(folder, "index", list(texts)[1:], ["d2l_book.render.offline"])
    built = build(folder, folder)
    assert built.status == 0, complaints(built)
    return lambda page: (built.html / f"{page}.html").read_text(encoding="utf-8")


def letters_in(html: str) -> list[str]:
    return re.findall(r'<span ([^>]*class="[^"]*d2l-letter[^>]*)>', html)


def test_first_letter_in_a_paragraph_is_explained_and_the_first_of_the_page_a_stop(
    section: Callable[[str], str],
) -> None:
    html = section("norms")
    found = letters_in(html)
    assert ['tabindex="0"' in each for each in found] == [True, True, False]
    assert ["letter-0" in each for each in found] == [True, False, False]
    said = html[html.index("d2l-said") :]
    assert re.search(r'id="d2l-letter-0".*?weights; shape: .*?; in code: <code', said, re.DOTALL)
    assert "net.W" not in said


def test_letters_that_mean_something_else_are_left_alone(section: Callable[[str], str]) -> None:
    [only] = letters_in(section("cuts"))
    assert "letter-0" in only
    for page in ("others", "index"):
        assert letters_in(section(page)) == []


@pytest.mark.parametrize("table", ["No table.", "| a | b |\n| --- | --- |\n| x and $y$, $z$ | c |"])
def test_table_without_letters_is_refused(tmp_path: Path, table: str) -> None:
    (tmp_path / "index.md").write_text(f"# A\n\n```{{letters}}\n{table}\n```\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("# B\n", encoding="utf-8")
    small_book(tmp_path, "index", ["b"], ["d2l_book.render.letters"])
    built: Build = build(tmp_path, tmp_path)
    assert built.status != 0
    assert "letters: expected" in complaints(built)
