"""One command writes the file."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import is_zipfile

import pytest

from d2l_book.export import __main__ as command
from tests.export import sample


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a built book, in the place of the real one."""
    html = tmp_path / "_build" / "html"
    html.mkdir(parents=True)
    sample.write(html)
    monkeypatch.setattr(command, "read_book", lambda root: sample.BOOK)
    monkeypatch.setattr(command, "last_change", lambda root: "2026-11-25")
    monkeypatch.setattr(command, "ROOT", tmp_path)
    return tmp_path


def test_command_writes_the_file_and_says_where(
    built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["epub"]) == 0
    assert is_zipfile(built / "_build" / "worked-solutions.epub")
    assert "worked-solutions.epub" in capsys.readouterr().out


def test_without_a_built_book_the_command_says_how_to_build_one(
    built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (built / "_build" / "html" / "one.html").unlink()
    assert command.main(["epub"]) == 1
    assert "`make book` builds the pages" in capsys.readouterr().err


def test_other_kinds_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["docx"])
    assert "invalid choice: 'docx'" in capsys.readouterr().err


def test_last_change_is_a_day() -> None:
    root = Path(__file__).parents[2]
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", command.last_change(root))
