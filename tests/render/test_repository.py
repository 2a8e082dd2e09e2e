"""Links to the source need an address; without one there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from d2l_book.render.licences import FILE
from d2l_book.render.repository import VARIABLE, address, links
from tests.conftest import build, small_book

RUNNER = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "someone/book"}
BOOK = "https://github.com/someone/book"


def test_no_address_no_links() -> None:
    assert address({}) is None
    assert address({"GITHUB_SERVER_URL": "https://github.com"}) is None


@pytest.mark.parametrize("given", [RUNNER, {VARIABLE: BOOK}, {VARIABLE: f"{BOOK}.git/", **RUNNER}])
def test_address_is_the_one_named_or_that_of_the_runner(given: dict[str, str]) -> None:
    assert address(given) == BOOK


@pytest.mark.parametrize(
    "given", ["git@github.com:a/b.git", "https://github.com/a", 'https://h/a/b">']
)
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=VARIABLE):
        address({VARIABLE: given})


def test_report_names_the_page_and_does_not_break_out_of_the_link() -> None:
    html = links(BOOK, 'a "b"/c.md', '5.3.2 <b> & "more"')
    assert f'href="{BOOK}/blob/HEAD/a%20%22b%22/c.md"' in html
    assert (
        "title=Mistake+in%3A+5.3.2+%3Cb%3E+%26+%22more%22&amp;body=Page%3A+a+%22b%22%2Fc.md" in html
    )
    assert html.count("<a ") == 3


@pytest.mark.parametrize("runner", [{}, RUNNER], ids=["local", "runner"])
def test_page_carries_the_links_only_where_there_is_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runner: dict[str, str]
) -> None:
    for name in (*RUNNER, VARIABLE):
        monkeypatch.delenv(name, raising=False)
    for name, value in runner.items():
        monkeypatch.setenv(name, value)
    source = tmp_path / "source"
    source.mkdir()
    (source / "first.md").write_text("# First\n\nText.\n", encoding="utf-8")
    (source / "second.md").write_text("# Second\n\nText.\n", encoding="utf-8")
    small_book(source, "first", ["second"], ["d2l_book.render.offline"])
    done = build(source, tmp_path / "out")
    assert done.status == 0, done.log
    page = (done.html / "second.html").read_text(encoding="utf-8")
    for link in ("someone/book/issues/new?title=", "someone/book/blob/HEAD/second.md"):
        assert (link in page) == bool(runner)
    assert "colab" not in page  # a notebook alone lacks d2l_utils there
    assert "MathJax Consortium" in (done.html / "_static" / FILE).read_text(encoding="utf-8")
