"""The fewest mistakes that explain everything, or no name at all."""

from __future__ import annotations

from typing import Any

from d2l_utils.autograd.explaining import MAX_TOGETHER, Evidence, explain

RIGHT = (0, 0, 0, 0)
MADE = {"a": (1, 0, 0, 0), "b": (0, 1, 0, 0), "c": (0, 0, 1, 0), "d": (0, 0, 0, 1)}


def outcomes_with(names: tuple[str, ...]) -> tuple[int, ...]:
    if set(names) == {"a", "b"}:
        raise ValueError("both change one line")
    return tuple(map(sum, zip(RIGHT, *(MADE[name] for name in names), strict=True)))


def evidence(*got: int | None, also: int = 0) -> Evidence[Any]:
    return Evidence(
        got, outcomes_with, lambda place, a, b: a == b, lambda place, each: each in (0, also)
    )


def test_what_is_right_needs_no_explanation() -> None:
    assert explain(evidence(*RIGHT), MADE) == ()
    assert evidence(*RIGHT).wrong() == []


def test_the_fewest_mistakes_that_give_everything_are_named() -> None:
    assert explain(evidence(0, 0, 1, 0), MADE) == ("c",)
    assert explain(evidence(1, 0, 1, 0), MADE) == ("a", "c")
    assert explain(evidence(0, 1, 1, 1), MADE) == ("b", "c", "d")
    assert evidence(0, 1, 1, 1).wrong() == [1, 2, 3]


def test_nothing_is_named_if_one_outcome_is_not_explained() -> None:
    assert explain(evidence(1, 0, 7, 0), MADE) == ()
    assert explain(evidence(7, 0, 0, 0), MADE) == ()


def test_what_cannot_be_made_together_and_too_many_at_once_are_not_named() -> None:
    assert explain(evidence(1, 1, 0, 0), MADE) == ()
    assert MAX_TOGETHER == 3
    assert explain(evidence(1, 1, 1, 1), MADE) == ()


def test_what_is_left_out_says_nothing() -> None:
    assert explain(evidence(1, None, None, None), MADE) == ("a",)
    assert explain(evidence(None, None, None, None), MADE) == ()


def test_another_right_outcome_beside_a_mistake_does_not_hide_it() -> None:
    assert explain(evidence(1, 0, 5, 0, also=5), MADE) == ("a",)
