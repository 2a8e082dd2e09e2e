"""A notebook says once, in its metadata, which exercise it answers."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from d2l_book.notebooks.answers import (
    answer_in_one_line,
    answers_in,
    page_title,
    read_answer,
)


def markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": text}


def fold(answer: str) -> str:
    return f"<details><summary>The answer in one line</summary>\n\n{answer}\n\n</details>"


def write(path: Path, said: object, *texts: str) -> Path:
    cells = [nbformat.v4.new_markdown_cell(text) for text in texts or ("# A title",)]
    metadata = {} if said is None else {"d2l": said}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
    return path


def test_answer_knows_exercise_title_and_line(tmp_path: Path) -> None:
    said = {"exercise": "dropout/3", "checked": "by looking"}
    answer = read_answer(write(tmp_path / "a.ipynb", said, "# Variance", fold("It\nfalls.")))
    assert answer is not None
    assert (answer.exercise.label, answer.part, answer.checked) == ("5.6.3", None, "by looking")
    assert (answer.title, answer.in_one_line) == ("Variance", "It falls.")
    assert answer.text.startswith("# Variance\n\n<details>")


def test_notebook_without_metadata_answers_nothing(tmp_path: Path) -> None:
    assert read_answer(write(tmp_path / "a.ipynb", None)) is None


def test_changed_notebook_is_read_again(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", {"exercise": "dropout/3"}, "# One")
    assert read_answer(path).title == "One"  # type: ignore[union-attr]
    write(path, {"exercise": "dropout/3"}, "# Two")
    os.utime(path, ns=(1, 1))  # however fast the two were written
    assert read_answer(path).title == "Two"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("dropout/3", "expected metadata d2l with 'exercise'"),
        ({"part": "more"}, "expected metadata d2l with 'exercise'"),
        ({"exercise": "dropout/3", "parts": "more"}, "got {'exercise': 'dropout/3', 'parts'"),
        ({"exercise": "dropout/33"}, "a.ipynb: expected the id of an exercise of D2L"),
    ],
)
def test_metadata_that_say_something_else_are_refused(
    tmp_path: Path, said: object, complaint: str
) -> None:
    path = write(tmp_path / "a.ipynb", said)
    with pytest.raises(ValueError, match=re.escape(complaint)):
        read_answer(path)


def test_answers_follow_d2l_and_parts_follow_their_page(tmp_path: Path) -> None:
    said = {
        "a": {"exercise": "dropout/2", "part": "more"},
        "b": {"exercise": "dropout/2"},
        "c": {"exercise": "backprop/next-6"},
        "d": {"exercise": "backprop/5"},
        "e": {"exercise": "mlp/1"},
        "f": {"exercise": "dropout/next-5"},
        "g": None,
    }
    paths = [write(tmp_path / f"{name}.ipynb", each) for name, each in said.items()]
    assert [answer.path.stem for answer in answers_in(paths)] == ["e", "d", "c", "b", "a", "f"]


def test_title_is_that_of_the_page() -> None:
    assert page_title([markdown("# A title\n\ntext")]) == "A title"
    with pytest.raises(ValueError, match=r"expected a first cell that begins with '# ', got none"):
        page_title([markdown("## A section"), markdown("# Too late")])


def test_answer_is_what_the_page_folds() -> None:
    cells = [markdown("# A title"), markdown(fold("It is\n$x$."))]
    assert answer_in_one_line(cells) == "It is $x$."
    with pytest.raises(ValueError, match=r"expected a fold 'The answer in one line', got none"):
        answer_in_one_line(cells[:1])
