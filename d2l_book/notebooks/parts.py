"""Does a page have the parts that the book promises, in their order, and is the statement D2L's?

The page that answers an exercise begins with D2L's statement, lets the reader predict, and ends
with its limits. `part_problems` says in words what is missing, so that a page that was begun with
``python -m d2l_book.authoring.new`` can be completed by reading it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from d2l_book.editions import DRAFT, Exercise, attribution
from d2l_book.notebooks.answers import Answer, read_answer, source

UNFILLED = "TODO(author):"
"""Marks what the author of a new page has still to write."""

PARTS = (
    "\n> ",
    "\n## Try first",
    "**Predict 1.**",
    "**Predict 2.**",
    "<summary>Hint 1</summary>",
    "<summary>Hint 2</summary>",
    "<summary>The answer in one line</summary>",
    "\n## Short answer",
    "\n## Where a first answer goes wrong",
    "\n## Limits",
)
"""What the page of an exercise contains, in this order."""

ANSWER_WORDS = 45
"""How long the answer in one line may be; a formula counts as one word."""

REASON_WORDS = 6
"""How long the reply to a choice is at least."""

_PREDICTION = re.compile(
    r'<div class="d2l-predict" role="group" aria-label="Prediction (\d+)">\s*'
    r"\*\*Predict (\d+)\.\*\* (.+?)\s*((?:<details>.+?</details>\s*)+)</div>",
    re.DOTALL,
)
_FOLD = re.compile(r"<details><summary>(.+?)</summary>\n\n(.+?)\n\n</details>", re.DOTALL)
_FORMULA = re.compile(r"\${1,2}([^$]+)\${1,2}")


def part_problems(path: Path) -> list[str]:
    """Say what is wrong with the parts of a notebook's page.

    Args:
        path: The notebook.

    Returns:
        One sentence per problem; none for a sound page and for one that answers no exercise.
    """
    try:
        answer = read_answer(path)
    except ValueError as problem:
        return [str(problem)]
    if answer is None:
        return []
    problems = list(_unfilled(answer))
    if answer.part is None:
        problems += _in_order(answer.text)
        problems += statement_problems(answer)
        problems += _in_one_line(answer)
        if (found := answer.text.count('<div class="d2l-predict"')) < 2:
            problems.append(f"expected at least two predictions, got {found}")
    return problems + prediction_problems(answer.text)


def statement_problems(answer: Answer) -> list[str]:
    """Compare what a page begins with with D2L's statement, word for word, and with its label.

    Markup, white space and the spelling of formulas may differ. The draft's statements are not
    quoted, so only the label is compared.

    Args:
        answer: The page.

    Returns:
        One sentence per difference.
    """
    head = source(answer.cells[0]) if answer.cells else ""
    problems = []
    if answer.exercise.edition != DRAFT:
        problems += list(_difference(quoted(head), answer.exercise))
    line = attribution(answer.exercise)
    if line not in head.splitlines():
        problems.append(f"expected this line below the statement: {line}")
    return problems


def quoted(markdown: str) -> str:
    """Return what a text quotes: its lines that begin with ``>``, without that sign.

    Args:
        markdown: The text.
    """
    lines = (line for line in markdown.splitlines() if line.startswith(">"))
    return "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines)


def words(markdown: str) -> list[str]:
    """Return the words of a text without its markup; formulas without what is not seen of them.

    Args:
        markdown: The text.
    """
    text = re.sub(r"^\s*(?:\d+\.|[*+-])\s+", "", markdown, flags=re.MULTILINE)
    text = _FORMULA.sub(lambda formula: f" ${_spelled(formula[1])}$ ", text)
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
    text = re.sub(r"[*`]|\b_|_\b", "", text)
    return re.sub(r" (?=[.,;:?!)]+(?:\s|$))", "", " ".join(text.split())).split()


def prediction_problems(text: str) -> list[str]:
    """Say what is wrong with the questions that a page lets the reader predict.

    Args:
        text: The page's Markdown.
    """
    problems = []
    started = text.count('<div class="d2l-predict"')
    found = list(_PREDICTION.finditer(text))
    if started != len(found):
        problems.append(f"expected {started} predictions in the usual form, got {len(found)}")
    for number, match in enumerate(found, start=1):
        if not match[1] == match[2] == str(number):
            problems.append(f"expected Prediction {number}, got {match[1]} and {match[2]}")
        choices = choice_problems(_FOLD.findall(match[4]))
        problems += [f"prediction {number}: {problem}" for problem in choices]
    return problems


def choice_problems(choices: list[tuple[str, str]]) -> list[str]:
    """Say what is wrong with the choices of one question.

    Args:
        choices: For each its label and the reply folded under it.
    """
    labels = [label for label, _ in choices]
    right = [reply for _, reply in choices if reply.startswith("**Right")]
    wrong = [reply for _, reply in choices if reply.startswith("**No.**")]
    problems = []
    if [label[:3] for label in labels] != [f"{letter}. " for letter in "ABCDE"[: len(labels)]]:
        problems.append(f"expected labels 'A. ...', 'B. ...', got {labels}")
    if len(right) != 1 or len(wrong) < 2 or len(right) + len(wrong) != len(choices):
        problems.append(
            "expected one choice that begins with **Right and two or more with **No.**, "
            f"got {len(right)} right, {len(wrong)} wrong, of {len(choices)}"
        )
    return problems + [
        f"expected a reason of {REASON_WORDS} words or more, got {reply!r}"
        for _, reply in choices
        if len(reply.split()) < REASON_WORDS
    ]


def _unfilled(answer: Answer) -> Iterator[str]:
    if UNFILLED in answer.checked:
        yield "the notebook's metadata do not yet say in 'checked' how the answer is checked"
    for number, cell in enumerate(answer.cells):
        for line in source(cell).splitlines():
            if UNFILLED in line:
                what = re.sub(r"<[^>]+>", "", line.partition(UNFILLED)[2]).strip()
                yield f"cell {number} is still to be written: {what}"


def _in_order(text: str) -> Iterator[str]:
    last = -1
    for part in PARTS:
        place = text.find(part)
        name = part.strip() if part != "\n> " else "a quoted statement ('> ...')"
        if place < 0:
            yield f"expected {name}, got none"
        elif place < last:
            yield f"expected {name} after what comes before it on other pages"
        last = max(last, place)


def _in_one_line(answer: Answer) -> Iterator[str]:
    try:
        line = answer.in_one_line
    except ValueError:  # already reported as a part that is missing
        return
    long = len(_FORMULA.sub("x", line).split())
    if long > ANSWER_WORDS:
        yield f"expected an answer in one line of at most {ANSWER_WORDS} words, got {long}"


def _difference(quote: str, exercise: Exercise) -> Iterator[str]:
    for said, got in zip_longest(words(exercise.statement), words(quote)):
        if said != got:
            yield (
                f"expected the statement of {exercise.label} word for word: "
                f"where it says {said or 'nothing more'}, the page says {got or 'nothing more'}"
            )
            return


def _spelled(formula: str) -> str:
    """Write a formula without spaces, braces and the many names of upright letters."""
    upright = re.sub(r"\\(?:textrm|mathrm|text|operatorname)\b", "", formula)
    return re.sub(r"\\[,;!: ]|[\s{}]", "", upright)
