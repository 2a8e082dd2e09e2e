"""Links to the source need an address; without one there are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import build, small_book

from d2l_book.render.licences import FILE
from d2l_book.render.repository import links

RUNNER = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "someone/book"}


def test_no_address_no_links() -> None:
    assert links({}) == {}
    assert links({"GITHUB_SERVER_URL": "https://github.com"}) == {}


def test_links_lead_to_the_repository_that_is_built() -> None:
    options = links({**RUNNER, "GITHUB_REF_NAME": "main"})
    assert options["repository_url"] == "https://github.com/someone/book"
    assert options["repository_branch"] == "main"
    assert options["launch_buttons"]["colab_url"].startswith("https://colab.")


@pytest.mark.parametrize("runner", [{}, RUNNER], ids=["local", "runner"])
def test_page_carries_the_links_only_where_there_is_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runner: dict[str, str]
) -> None:
    for name in RUNNER:
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
    for link in ("someone/book/issues", "someone/book/blob/main/second.md"):
        assert (link in page) == bool(runner)
    assert "MathJax Consortium" in (done.html / "_static" / FILE).read_text(encoding="utf-8")
