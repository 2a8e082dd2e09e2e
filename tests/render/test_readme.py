"""The README's table is written from the pages, and current."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from d2l_book.notebooks.answers import answers_in
from d2l_book.render import readme
from d2l_book.render.readme import BEGIN, END, readme_table, with_table
from d2l_utils.checks.record import MIME, check_record, line_of
from tests.conftest import ROOT
from tests.notebooks.test_answers import fold


def write(path: Path, **said: str) -> Path:
    texts = ("# Forty-two", fold("It is $|x|$."))
    cells = [nbformat.v4.new_markdown_cell(text) for text in texts]
    record = check_record("a", "equal", "42")
    data = {MIME: record, "text/plain": line_of(record)}
    printed = nbformat.v4.new_output("display_data", data)
    cells.append(nbformat.v4.new_code_cell("1", execution_count=1, outputs=[printed]))
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"d2l": said}), path)
    return path


def test_table_is_current() -> None:
    assert readme.main(["--check"]) == 0, "run python -m d2l_book.render.readme"


def test_row_has_page_parts_answer_and_checks(tmp_path: Path) -> None:
    pages = [
        write(tmp_path / "more.ipynb", exercise="dropout/3", part="deeper"),
        write(tmp_path / "page.ipynb", exercise="dropout/3", checked="by looking"),
    ]
    table = readme_table(answers_in(pages), tmp_path)
    assert table.startswith("1 of the 632 exercises are answered, with 2 checks.\n")
    row = "| [5.6.3 Forty-two](page.ipynb), [deeper](more.ipynb) | It is $\\|x\\|$. "
    assert table.endswith(f"{row}| 2 checks: by looking |")


def test_table_stands_between_its_marks() -> None:
    readme = f"a\n{BEGIN}\nold\n{END}\nb\n"
    assert with_table(readme, "new") == f"a\n{BEGIN}\nnew\n{END}\nb\n"
    for spoilt in ("a", f"{BEGIN}", f"{END}{BEGIN}", readme * 2):
        with pytest.raises(ValueError, match="once each in the README"):
            with_table(spoilt, "new")


def test_table_that_is_not_current_is_noticed_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    current = (ROOT / "README.md").read_text(encoding="utf-8")
    path = tmp_path / "README.md"
    path.write_text(with_table(current, "old"), encoding="utf-8")
    monkeypatch.setattr(readme, "README", path)
    assert readme.main(["--check"]) == 1
    assert "to change nothing" in capsys.readouterr().out
    assert readme.main([]) == 0
    assert path.read_text(encoding="utf-8") == current
