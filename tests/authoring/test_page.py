"""One page: what is wrong with it is said at each step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from d2l_book.authoring import page
from d2l_book.authoring.page import build_problems, run_problems, visit_problems
from tests.conftest import small_book
from tests.notebooks.sample_notebooks import write

SOUND = 'import d2l_utils as d2l\nd2l.check_equal("six times seven", 6 * 7, 42)'
CHANGING = "import os\nprint(os.getpid() % 7919)"


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        (SOUND, None),
        (CHANGING, "running it again changed it"),
        ("1 / 0", "a cell failed; the file is unchanged"),
        ("print('took 3 seconds')", "a time in the output"),
    ],
)
def test_run_is_judged_and_repeated(tmp_path: Path, source: str, complaint: str | None) -> None:
    problems = run_problems(write(tmp_path / "page.ipynb", (source,)))
    if complaint is None:
        assert problems == []
    else:
        assert any(complaint in problem for problem in problems), problems


def test_warnings_of_the_build_are_said(tmp_path: Path) -> None:
    small_book(tmp_path, "root", ["other"], [])
    (tmp_path / "other.md").write_text("# Another page\n", encoding="utf-8")
    (tmp_path / "root.md").write_text("# A book\n", encoding="utf-8")
    assert build_problems(tmp_path, tmp_path) == []
    (tmp_path / "root.md").write_text("# A book\n\n[nowhere](nowhere.md)\n", encoding="utf-8")
    problems = build_problems(tmp_path, tmp_path)
    assert any("nowhere.md" in problem for problem in problems)


SPOILT = {
    "<script>console.error('dear me')</script>": "console error: dear me",
    "<script>undefined.x</script>": "error: Cannot read properties of undefined",
    "<img src='http://127.0.0.1:9/x.png' alt='x'>": "asks another host: http://127.0.0.1:9/",
    "<img src='missing.png' alt='x'>": "failed: file://",
    "<details><p style='width: 500px'>folded</p></details>": "375 px: the page is 5",
}


@pytest.mark.parametrize("body", ["<p>sound</p>", "".join(SPOILT)], ids=["sound", "spoilt"])
def test_visit_says_what_is_wrong_and_takes_pictures(
    browser: Any, tmp_path: Path, body: str
) -> None:
    (tmp_path / "a").mkdir()
    html = f"<!doctype html><article class='bd-article'>{body}</article>"
    (tmp_path / "a" / "page.html").write_text(html, encoding="utf-8")
    problems = visit_problems(browser, tmp_path, "a/page", tmp_path / "pictures")
    if body == "<p>sound</p>":
        assert problems == []
    else:
        for complaint in SPOILT.values():
            assert any(complaint in problem for problem in problems), problems
    assert len(list((tmp_path / "pictures").glob("a-page-*.png"))) == 6


def test_what_is_no_notebook_of_the_book_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (tmp_path / "page.ipynb", page.ROOT / "intro.md"):
        with pytest.raises(SystemExit):
            page.main([str(path)])
        assert "expected a notebook of the book, got" in capsys.readouterr().err
