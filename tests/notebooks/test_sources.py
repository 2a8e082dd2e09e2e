"""What the book says about its sources: when a page changed, and whether it was run."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from d2l_book.notebooks.sources import has_code, last_updated, run_problems, unrun_cells


def write_notebook(path: Path, *counts: int | None, error: bool = False) -> Path:
    output = {"output_type": "error", "ename": "E", "evalue": "no\nat all", "traceback": []}
    cells = [{"cell_type": "markdown", "source": "# A", "metadata": {}}]
    cells += [
        {"cell_type": "code", "source": "1", "execution_count": n, "outputs": [output] * error}
        for n in counts
    ]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("counts", "error", "expected"),
    [
        ((1, 2), False, []),
        ((1, None), False, ["cell 2 has not been run"]),
        (
            (2, 1),
            False,
            ["cell 1 was run as number 2, expected 1", "cell 2 was run as number 1, expected 2"],
        ),
        ((1,), True, ["cell 1 stopped with an error (E: no)"]),
        (
            (2,),
            True,
            ["cell 1 was run as number 2, expected 1", "cell 1 stopped with an error (E: no)"],
        ),
    ],
)
def test_how_a_notebook_was_run_is_read_from_it(
    tmp_path: Path, counts: tuple[int | None, ...], error: bool, expected: list[str]
) -> None:
    assert unrun_cells(write_notebook(tmp_path / "a.ipynb", *counts, error=error)) == expected


def test_cell_without_code_is_not_expected_to_have_been_run() -> None:
    cells = [
        {"cell_type": "code", "source": source, "execution_count": count, "outputs": []}
        for source, count in ((["a = 1\n", "a"], 1), ([" \n"], None), ("", None), ("a", 2))
    ]
    assert [has_code(cell) for cell in cells] == [True, False, False, True]
    assert run_problems(cells) == {}
    assert run_problems(cells[2:]) == {1: ["was run as number 2, expected 1"]}


def git(folder: Path, *arguments: str, date: str = "2001-02-03T04:05:06Z") -> None:
    environment = os.environ | {
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_DATE": date,
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    who = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    subprocess.run(
        ["git", *who, *arguments], cwd=folder, env=environment, check=True, capture_output=True
    )


def test_date_is_that_of_the_last_commit_of_this_page(tmp_path: Path) -> None:
    for name in ("old.md", "new.md"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    git(tmp_path, "init")
    git(tmp_path, "add", "old.md")
    git(tmp_path, "commit", "-m", "old")
    git(tmp_path, "add", "new.md")
    git(tmp_path, "commit", "-m", "new", date="2002-03-04T23:59:59Z")
    assert last_updated(tmp_path / "old.md") == "2001-02-03"
    assert last_updated(tmp_path / "new.md") == "2002-03-04"


def test_date_outside_git_is_the_given_one_or_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text("words", encoding="utf-8")
    os.utime(page, (86_400, 86_400))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert last_updated(page) == "1970-01-02"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert last_updated(page) == "2001-09-09"
