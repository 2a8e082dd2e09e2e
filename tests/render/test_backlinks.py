"""The page of an exercise says in which others it is used."""

from __future__ import annotations

from pathlib import Path

import nbformat

from d2l_book.render.backlinks import users_of
from tests.conftest import build, complaints, small_book


def page(path: Path, text: str) -> None:
    cells = [nbformat.v4.new_markdown_cell(text)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


def test_page_lists_the_exercises_that_link_to_it_once_each(tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text("# Index\n\n[b](b) [a](a)\n", encoding="utf-8")
    page(tmp_path / "a.ipynb", "# A\n\nSelf: [a](a.ipynb). Web: [x](https://example.org/b).")
    page(tmp_path / "b.ipynb", "# B <b>\n\n[one](a) and [two](a.ipynb), [index](index.md).")
    page(tmp_path / "c.ipynb", "# C\n\n[deep](a.ipynb#a) and [b](b).\n")
    small_book(tmp_path, "index", ["a", "b", "c"], ["d2l_book.render.backlinks"])
    built = build(tmp_path, tmp_path)
    html = {name: (built.html / f"{name}.html").read_text(encoding="utf-8") for name in "abc"}
    assert "Used in" in html["a"], complaints(built)
    used = html["a"].split('class="d2l-used">')[1].split("</p>")[0]
    assert used == 'Used in <a href="b.html">B &lt;b&gt;</a>, <a href="c.html">C</a>.'
    assert '"d2l-used">Used in <a href="c.html">C</a>.' in html["b"]
    assert "d2l-used" not in html["c"]


def test_nothing_is_used_in_a_book_without_exercises() -> None:
    class Env:
        d2l_links: dict[str, list[str]] = {}  # noqa: RUF012

    assert users_of(Env(), "a") == []  # type: ignore[arg-type]
