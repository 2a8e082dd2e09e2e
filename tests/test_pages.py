"""Every exercise's page has the parts that the book promises, in their order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT
from statements import STATEMENTS

from d2l_book.notebooks.sources import read_cells
from d2l_book.render.exercises import answer_in_one_line

EXERCISES = sorted(
    path for path in (ROOT / "chapters").rglob("*.ipynb") if path.name != "your-turn.ipynb"
)
PREDICTION = re.compile(
    r'<div class="d2l-predict" role="group" aria-label="Prediction (\d)">\s*'
    r"\*\*Predict (\d)\.\*\* (.+?)\s*((?:<details>.+?</details>\s*)+)</div>",
    re.DOTALL,
)
FOLD = re.compile(r"<details><summary>(.+?)</summary>\n\n(.+?)\n\n</details>", re.DOTALL)


def text_of(path: Path) -> str:
    cells = read_cells(path)
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def predictions(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The questions of a page with their choices, each a label and a reply."""
    found = []
    for number, match in enumerate(PREDICTION.finditer(text), start=1):
        assert match[1] == match[2] == str(number)
        found.append((match[3], FOLD.findall(match[4])))
    return found


def problems(choices: list[tuple[str, str]]) -> list[str]:
    """What is wrong with the choices of one question."""
    labels = [label for label, _ in choices]
    right = [reply for _, reply in choices if reply.startswith("**Right")]
    wrong = [reply for _, reply in choices if reply.startswith("**No.**")]
    found = []
    if [label[:3] for label in labels] != [f"{letter}. " for letter in "ABCDE"[: len(labels)]]:
        found.append(f"labels: {labels}")
    if len(right) != 1 or len(wrong) < 2 or len(right) + len(wrong) != len(choices):
        found.append(f"{len(right)} right, {len(wrong)} wrong, of {len(choices)}")
    found += [f"no reason: {reply}" for _, reply in choices if len(reply.split()) < 6]
    return found


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_parts_stand_in_their_order(path: Path) -> None:
    text = text_of(path)
    parts = [
        "\n> ",
        "https://d2l.ai/chapter_multilayer-perceptrons/backprop.html#exercises",
        "CC BY-SA 4.0",
        "\n## Try first",
        "**Predict 1.**",
        "<summary>Hint 1</summary>",
        "<summary>Hint 2</summary>",
        "<summary>The answer in one line</summary>",
        "\n## Short answer",
        "\n## Where a first answer goes wrong",
        "\n## Limits",
    ]
    places = [text.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)


def quoted(text: str) -> str:
    """The first quotation of a page, on one line."""
    quote = re.search(r"^> .*(?:\n>.*)*", text, re.MULTILINE)
    assert quote is not None
    return " ".join(re.sub(r"^> ?", "", quote[0], flags=re.MULTILINE).split())


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_statement_is_quoted_word_by_word(path: Path) -> None:
    assert path.stem in STATEMENTS, "add the exercise's statement to tests/statements.py"
    assert quoted(text_of(path)) == STATEMENTS[path.stem]


def test_quotation_ends_with_its_mark() -> None:
    assert quoted("# A\n\n> one\n> two\n>\n> 1. three\n\nfour\n\n> five") == "one two 1. three"


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
@pytest.mark.parametrize("overview", ["intro.md", "index.md"])
def test_overviews_list_the_page(path: Path, overview: str) -> None:
    place = ROOT / overview if overview == "intro.md" else path.parent / overview
    name = path.with_suffix("").relative_to(place.parent).as_posix()
    [listed] = re.findall(r"```{exercises}\n(.*?)```", place.read_text("utf-8"), re.DOTALL)
    assert name in [line.partition(": ")[0] for line in listed.splitlines()]


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_every_choice_is_answered_and_one_is_right(path: Path) -> None:
    found = predictions(text_of(path))
    assert len(found) >= 2
    for question, choices in found:
        assert problems(choices) == [], question


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_answer_in_one_line_is_short(path: Path) -> None:
    answer = answer_in_one_line(read_cells(path))
    assert len(re.sub(r"\$[^$]+\$", "x", answer).split()) <= 45


@pytest.mark.parametrize(
    ("replies", "complaint"),
    [
        (["**No.** " * 6] * 3, "0 right, 3 wrong, of 3"),
        (["**Right.** " * 6] * 2 + ["**No.** " * 6], "2 right, 1 wrong, of 3"),
        (["**Right.** " * 6, "**No.** " * 6, "Perhaps, if one looks closely enough"], "of 3"),
        (["**Right.** " * 6, "**No.** " * 6, "**No.** Because."], "no reason"),
    ],
)
def test_choices_without_sound_replies_are_noticed(replies: list[str], complaint: str) -> None:
    labelled = list(zip(("A. a", "B. b", "C. c"), replies, strict=True))
    assert any(complaint in problem for problem in problems(labelled))
    unordered = [("B. a", "**Right.** " * 6), ("A. b", "**No.** " * 6)]
    assert any("labels" in problem for problem in problems(unordered))
