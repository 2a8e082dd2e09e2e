"""D2L's exercises, and where they stand: counted, labelled and found."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from d2l_book.editions import DRAFT, attribution, editions, elsewhere

KNOWN = editions()


def test_all_of_d2l_is_there() -> None:
    assert (len(KNOWN.chapters), len(KNOWN.sections), len(KNOWN.exercises)) == (24, 160, 632)
    five = [(s.number, len(KNOWN.exercises_of(s))) for s in KNOWN.sections_of(KNOWN.chapters[5])]
    sizes = [("5.1", 7), ("5.2", 9), ("5.3", 5), ("5.4", 4), ("5.5", 5), ("5.6", 7), ("5.7", 5)]
    assert five == sizes


def test_ids_labels_and_sections_are_unique() -> None:
    every = (*KNOWN.exercises, *KNOWN.additions)
    assert len({each.id for each in every}) == len({each.label for each in every}) == 642
    assert len({section.slug for section in KNOWN.sections}) == 160


def test_exercises_stand_in_order() -> None:
    for section in KNOWN.sections:
        numbers = [exercise.number for exercise in KNOWN.exercises_of(section)]
        assert numbers == list(range(1, len(numbers) + 1)), section.slug


def test_exercise_is_found_by_id_and_by_label() -> None:
    exercise = KNOWN.exercise("backprop/2")
    assert exercise is KNOWN.labelled("5.3.2")
    assert exercise.first_line.startswith("Add a bias to the hidden layer")
    assert exercise.parts == 2
    section = exercise.section
    assert section.heading.startswith("5.3 Forward Propagation")
    assert section.address == "https://d2l.ai/chapter_multilayer-perceptrons/backprop.html"
    assert section.folder == "chapters/multilayer-perceptrons/backprop"
    assert section.chapter.heading == "5 Multilayer Perceptrons"
    assert section.chapter.address == "https://d2l.ai/chapter_multilayer-perceptrons/index.html"


def test_what_the_preface_asks_has_a_label_without_a_section_number() -> None:
    exercise = KNOWN.exercise("preface/1")
    assert exercise.label == "Preface 1"
    assert exercise.section.heading == "Preface"
    assert exercise.section.address == "https://d2l.ai/chapter_preface/index.html"


@pytest.mark.parametrize(
    ("find", "name", "near"),
    [
        (KNOWN.exercise, "dropuot/3", "dropout/3"),
        (KNOWN.exercise, "dropout/9", "dropout/7"),
        (KNOWN.exercise, "backprop/6", "backprop/next-6"),
        (KNOWN.labelled, "5.3.22", "5.3.2"),
        (KNOWN.section, "dropouts", "dropout"),
        (KNOWN.chapter, "multilayer-perceptron", "multilayer-perceptrons"),
    ],
)
def test_unknown_name_is_refused_with_the_nearest(find: object, name: str, near: str) -> None:
    with pytest.raises(ValueError, match=rf"got '{name}'; near it: .*{near}"):
        find(name)  # type: ignore[operator]


def test_name_without_any_like_it_is_refused_too() -> None:
    with pytest.raises(ValueError, match=r"expected the id of an exercise of D2L, got 'zzz'$"):
        KNOWN.exercise("zzz")


@pytest.mark.parametrize(
    ("id", "expected"),
    [
        ("backprop/2", "4.7.2 in 0.17 and in the Chinese second edition"),
        ("dropout/3", "4.6.3 in 0.17 and in the Chinese second edition"),
        ("lstm/1", "9.2.1 in 0.17 and in the Chinese second edition"),
        ("gru/2", "9.1.2 in 0.17 and in the Chinese second edition"),
        ("gan/1", "17.1.1 in 0.17"),
        ("aws/1", "19.3.1 in 0.17, 16.3.1 in the Chinese second edition"),
        ("generalization-deep/1", ""),
    ],
)
def test_labels_in_older_editions(id: str, expected: str) -> None:
    assert elsewhere(KNOWN.exercise(id)) == expected


def test_places_say_how_an_exercise_differs_there() -> None:
    extended = {p.edition: (p.number, p.relation) for p in KNOWN.exercise("mlp/6").places}
    assert extended[DRAFT] == (8, "extended")
    relations = Counter(p.relation for each in KNOWN.exercises for p in each.places)
    expected = {"same", "reworded", "extended", "merged", "part", "replaced"}
    assert set(relations) <= expected
    known = [p for each in KNOWN.exercises for p in each.places if p.edition != DRAFT]
    without = {p.section for p in known if p.section_number is None}
    assert without == {"preface/index"}


def test_draft_adds_ten_exercises_in_our_words() -> None:
    assert len(KNOWN.additions) == 10
    added = KNOWN.exercise("backprop/next-6")
    assert (added.label, added.edition) == ("5.3.6 (draft)", DRAFT)
    assert "in our words" in attribution(added)
    assert all(each.statement.endswith((".", "?")) for each in KNOWN.additions)


def test_attribution_gives_label_link_and_licence() -> None:
    assert attribution(KNOWN.exercise("backprop/2")) == (
        "Exercise 5.3.2 of [*Dive into Deep Learning*]"
        "(https://d2l.ai/chapter_multilayer-perceptrons/backprop.html#exercises) (CC BY-SA 4.0). "
        "It is 4.7.2 in 0.17 and in the Chinese second edition."
    )


def test_statements_are_plain_markdown() -> None:
    for exercise in KNOWN.exercises:
        statement = exercise.statement
        assert statement == statement.strip() != ""
        assert statement.count("$") % 2 == 0, exercise.id
        assert not re.search(r":\w+:`|@tab|\t", statement), exercise.id


def test_source_and_licence_stand_with_the_statements() -> None:
    for part in ("v1.0.3", "b2e2ae30898a9d0126a9699ae7e441de3e272715", "CC BY-SA 4.0", "Zachary"):
        assert part in KNOWN.source
