"""Pages are tidied as they are written, and remembered for what they show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from d2l_book.render.tidy import names_of_all, tidied
from tests.conftest import Build, build, small_book


def test_templates_are_tidied_and_the_rest_kept() -> None:
    script = '<script defer src="f/fontawesome.js?x=1"></script>'
    icons = f"<!-- So that users can add custom icons -->\n{script}"
    link = '<a href="../_sources/a.ipynb" target="_blank" class="b">'
    assert tidied(f"<p>a</p>{icons}<p>b</p>") == "<p>a</p><p>b</p>"
    assert tidied(link) == '<a href="../_sources/a.ipynb" download class="b">'
    tools = '<script src="../_static/searchtools.js"></script>'
    assert tidied(f"<p>a</p>{tools}") == "<p>a</p>"
    viewport = '<meta name="viewport" content="width=device-width" />'
    assert tidied(f"<a>{viewport}\n {viewport}<b>{viewport}</b>") == f"<a>{viewport}<b></b>"
    ours = '<script src="_static/book.js"></script>'
    assert tidied(ours) == ours


def test_icons_are_those_of_all_pages_that_there_are(tmp_path: Path) -> None:
    record = tmp_path / "icons.json"
    (tmp_path / "missed.html").write_text('<i class="fa-bars">', encoding="utf-8")
    first = names_of_all({"a": ["fa-moon"], "b": ["fa-sun"]}, ["a", "b"], tmp_path, record)
    assert first == {"fa-moon", "fa-sun"}
    second = names_of_all({"a": ["fa-star"]}, ["a", "missed"], tmp_path, record)
    assert second == {"fa-star", "fa-bars"}
    assert json.loads(record.read_text(encoding="utf-8")) == {
        "a": ["fa-star"],
        "missed": ["fa-bars"],
    }


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, tuple[bytes, int]]]:
    """The files of a book, built twice; in between one of its two pages was written again."""
    folder = tmp_path_factory.mktemp("twice")
    small_book(folder, "root", ["one", "two"], ["d2l_book.render.offline"])
    for name in ("root", "one", "two"):
        (folder / f"{name}.md").write_text(f"# {name}\n", encoding="utf-8")
    states = []
    for _ in range(2):
        done: Build = build(folder, folder)
        assert done.status == 0, done.log
        states.append(
            {
                path.relative_to(done.html).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
                for path in done.html.rglob("*")
                if path.is_file()
            }
        )
        (folder / "one.md").write_text("# one, changed\n", encoding="utf-8")
    return states


def test_build_writes_the_page_that_changed_and_leaves_the_others_alone(
    twice: list[dict[str, tuple[bytes, int]]],
) -> None:
    first, second = twice
    assert b"one, changed" in second["one.html"][0]
    assert first["two.html"] == second["two.html"]
    assert first["_static/search/two.js"] == second["_static/search/two.js"]


def test_second_build_leaves_as_little_unused_as_the_first(
    twice: list[dict[str, tuple[bytes, int]]],
) -> None:
    first, second = twice
    assert set(first) == set(second)
    for name in first:
        if name.startswith("_static/") and not name.startswith("_static/search/"):
            assert first[name][0] == second[name][0], name
