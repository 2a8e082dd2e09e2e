"""What overviews say about the answers that there are."""

from __future__ import annotations

from d2l_book.editions import editions
from d2l_book.notebooks.answers import answers_in
from d2l_book.notebooks.execute import find_notebooks
from d2l_book.render.overview import checked, checks_of, number_answered


def test_only_pages_of_their_own_answer_an_exercise() -> None:
    answers = list(answers_in(find_notebooks()))
    exercises = editions().exercises
    of_their_own = {answer.exercise.id for answer in answers if answer.part is None}
    assert number_answered(answers, exercises) == len(of_their_own)
    assert number_answered([], exercises) == 0


def test_line_counts_the_checks_and_says_how() -> None:
    for answer in answers_in(find_notebooks()):
        if answer.part is None:
            line = checked(answer)
            assert str(checks_of(answer)) in line
            assert answer.checked in line
