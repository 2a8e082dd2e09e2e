"""A page is begun by one command, or refused in words."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from d2l_book.authoring import new
from d2l_book.authoring.new import begin_page
from d2l_book.notebooks.answers import read_answer
from d2l_book.notebooks.gate import inspect
from tests.conftest import ROOT

SECTION = "chapters/multilayer-perceptrons/backprop"
TAKEN = f"{SECTION}/your-turn.ipynb"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A book without section 5.6, and with one page, which is a part of an answer to 5.3.2."""
    (tmp_path / SECTION).mkdir(parents=True)
    for name in (TAKEN, f"{SECTION}/index.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    contents = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    contents, found = re.subn(r" {6}- file: \S+/dropout/index\n( {8,}.+\n)*", "", contents)
    assert found == 1
    (tmp_path / "_toc.yml").write_text(contents, encoding="utf-8")
    return tmp_path


def files(root: Path) -> dict[str, str]:
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in paths}


def test_page_and_its_surroundings_are_written(root: Path) -> None:
    before = files(root)
    path = begin_page("dropout/3", "variance", root)
    answer = read_answer(path)
    assert answer is not None
    assert (answer.exercise.label, answer.title) == ("5.6.3", "Variance")
    changed = {name for name, text in files(root).items() if before.get(name) != text}
    folder = "chapters/multilayer-perceptrons"
    pages = {f"{folder}/dropout/variance.ipynb", f"{folder}/dropout/index.md", f"{folder}/index.md"}
    assert changed == pages | {"_toc.yml"}
    assert f"file: {folder}/dropout/variance\n" in (root / "_toc.yml").read_text()


def test_page_of_a_known_section_leaves_its_index_alone(root: Path) -> None:
    index = (root / SECTION / "index.md").read_bytes()
    begin_page("backprop/2", "bias", root)
    assert (root / SECTION / "index.md").read_bytes() == index


def test_new_page_fails_the_gate_which_says_what_is_missing(root: Path) -> None:
    found = [str(finding) for finding in inspect(begin_page("dropout/3", "variance", root))]
    for what in (
        "still to be written: the answer in a paragraph or two",
        "still to be written: what was not shown, and what was not executed here",
        "has not been run",
    ):
        assert any(what in line for line in found), what


@pytest.mark.parametrize(
    ("id", "name", "complaint"),
    [
        ("dropout/8", "gates", "expected the id of an exercise of D2L, got 'dropout/8'; near it"),
        ("dropout/3", "Variance", "expected a name of small letters, digits and hyphens"),
        ("dropout/3", "a--b", "got 'a--b'"),
        ("dropout/3", "../x", "got '../x'"),
        ("dropout/3", "index", "got 'index'"),
        ("backprop/3", "your-turn", f"expected a new name, got 'your-turn': {TAKEN} exists"),
    ],
)
def test_what_cannot_be_begun_is_refused_and_nothing_is_written(
    root: Path, id: str, name: str, complaint: str
) -> None:
    before = files(root)
    with pytest.raises(ValueError, match=re.escape(complaint)):
        begin_page(id, name, root)
    assert files(root) == before


def test_exercise_that_has_a_page_is_refused(root: Path) -> None:
    begin_page("dropout/3", "variance", root)
    with pytest.raises(ValueError, match=r"got 'dropout/3': .*variance\.ipynb answers it"):
        begin_page("dropout/3", "spread", root)


def test_command_says_what_to_do_next(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(new, "ROOT", root)
    monkeypatch.setattr(begin_page, "__defaults__", (root,))
    assert new.main(["dropout/3", "variance"]) == 0
    page = "chapters/multilayer-perceptrons/dropout/variance.ipynb"
    assert f"make page PAGE={page}" in capsys.readouterr().out
    assert new.main(["dropout/3", "variance"]) == 1
    assert "expected a new name" in capsys.readouterr().err
