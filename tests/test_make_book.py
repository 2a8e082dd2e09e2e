"""`make book` builds what has changed, and asks no one where nothing has."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = (
    "_toc.yml",
    "_config.yml",
    "references.bib",
    "requirements.lock",
    "constraints.txt",
    "tools/set_up.py",
    "pyproject.toml",
    "intro.md",
    "README.md",
    "d2l_book/a.py",
    "d2l_utils/figures.py",
    "chapters/one/index.md",
    "chapters/one/page.ipynb",
)
BUILDER = """#!/bin/sh
mkdir -p _build/html && echo build >> _build/log && echo page > _build/html/index.html
test ! -e broken
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A folder with the project's Makefile, and a builder that only counts its calls."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for number, name in enumerate([*FILES, ".venv/.ready"]):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (1_000_000_000 + number,) * 2)
    builder = tmp_path / ".venv" / "bin" / "jupyter-book"
    builder.parent.mkdir()
    builder.write_text(BUILDER, encoding="utf-8")
    builder.chmod(0o755)
    return tmp_path


def make(folder: Path) -> tuple[int, int]:
    """Run it: the exit status, and how often the book was built since it was begun."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    done = subprocess.run(["make", "book"], cwd=folder, env=environment, capture_output=True)
    return done.returncode, len((folder / "_build" / "log").read_text().splitlines())


def test_nothing_is_built_where_nothing_has_changed(book: Path) -> None:
    assert make(book) == (0, 1)
    assert make(book) == (0, 1)
    later(book / "README.md")
    assert make(book) == (0, 1)


@pytest.mark.parametrize("page", ["intro.md", "chapters/one/index.md", "chapters/one/page.ipynb"])
def test_a_changed_page_is_built_into_the_book_that_is_there(book: Path, page: str) -> None:
    make(book)
    later(book / page)
    assert make(book) == (0, 2)
    assert make(book) == (0, 2)


@pytest.mark.parametrize(
    "part", ["_toc.yml", "_config.yml", "references.bib", "d2l_book/a.py", "d2l_utils/figures.py"]
)
def test_the_book_is_begun_anew_where_every_page_may_change(book: Path, part: str) -> None:
    make(book)
    later(book / "intro.md")
    make(book)
    later(book / part)
    assert make(book) == (0, 1)


def test_a_build_that_failed_is_not_taken_for_done(book: Path) -> None:
    (book / "broken").touch()
    assert make(book) == (2, 1)
    assert make(book) == (2, 2)
    (book / "broken").unlink()
    assert make(book) == (0, 3)
    assert make(book) == (0, 3)


def later(path: Path) -> None:
    """Have a file changed after everything that is there, and before now."""
    book = next(each for each in path.parents if (each / "Makefile").is_file())
    for each in book.rglob("*"):
        stamp = each.stat().st_mtime_ns - 100 * 10**9
        os.utime(each, ns=(stamp, stamp))
    now = time.time()
    os.utime(path, (now - 10, now - 10))
