from collections.abc import Callable, Collection
from itertools import combinations

import pytest
import torch
from torch import Tensor

from d2l_utils.backprop.checker.agreement import matches
from d2l_utils.backprop.checker.diagnosis import explain
from d2l_utils.backprop.checker.mistakes import MISTAKES, PARAMETERS
from d2l_utils.backprop.checker.problems import random_problems, right_gradients
from d2l_utils.backprop.checker.wrong_gradients import AMOUNTS, gradients_with

pytestmark = pytest.mark.exercise(2)

TOL = 1e-6
PROBLEMS = {
    (activation, loss): random_problems(activation, loss, seed=0)
    for activation, loss in [
        ("tanh", "cross_entropy"),
        ("relu", "cross_entropy"),
        ("gelu", "squared"),
    ]
}
# One of each two is overruled by the other or undoes it: what is left is a smaller set.
OVERRULING = (
    *("loss part missing", "penalty forgotten", "φ' forgotten", "sign flipped", "norm alone"),
    *(name for name, mistake in MISTAKES.items() if mistake.place == "all"),
    *AMOUNTS,
)
# Each says which examples count; of two the first in this order is made.
ONE_EXAMPLE = (
    "first example only",
    "last example only",
    "first example as batch",
    "last example as batch",
)
# For relu h > 0 exactly where z > 0; each activation has its own slope; gelu's has no formula in h.
HARMLESS = {
    "relu": ("φ' at h", "φ' in terms of h, at z", "slope of relu"),
    "tanh": ("slope of tanh",),
    "gelu": ("φ' in terms of h, at z",),
}


def wrong_gradients(
    made: Collection[str], setting: tuple[str, str], only: Collection[str] = PARAMETERS
) -> dict[str, list[Tensor]]:
    """The gradients with mistakes in the parameters `only`, where they differ from the right."""
    problems = PROBLEMS[setting]
    right = [right_gradients(problem) for problem in problems]
    made_gradients = [gradients_with(made, problem) for problem in problems]
    got = {name: [gradients[name] for gradients in made_gradients] for name in only}
    return {
        name: values
        for name, values in got.items()
        if not matches(values, [gradients[name] for gradients in right], TOL)
    }


@pytest.mark.parametrize("setting", PROBLEMS)
def test_each_mistake_alone_is_named_everywhere_and_nothing_else(setting: tuple[str, str]) -> None:
    for name, mistake in MISTAKES.items():
        if mistake.loss not in ("", setting[1]):
            continue
        wrong = wrong_gradients((name,), setting)
        assert bool(wrong) == (name not in HARMLESS[setting[0]])
        if wrong:
            assert explain(wrong, PROBLEMS[setting], TOL) == dict.fromkeys(wrong, (name,))


@pytest.mark.parametrize("setting", PROBLEMS)
def test_pairs_are_named_or_amount_to_less(setting: tuple[str, str]) -> None:
    harmless = HARMLESS.get(setting[0], ())
    possible = [
        name for name, m in MISTAKES.items() if m.loss in ("", setting[1]) and name not in harmless
    ]
    pairs = [
        pair
        for pair in combinations(possible, 2)
        if len({MISTAKES[name].place for name in pair}) == 2 and not AMOUNTS.keys() & set(pair)
    ]
    exact = 0
    tried = pairs[list(PROBLEMS).index(setting) :: 40]
    for pair in tried:
        wrong = wrong_gradients(pair, setting)
        if not wrong:
            continue
        causes = explain(wrong, PROBLEMS[setting], TOL)
        assert causes.keys() == wrong.keys(), pair
        named = {mistake for cause in causes.values() for mistake in cause}
        exact += named == set(pair)
        if named != set(pair):
            # Not a guess: what is named gives all the numbers, and is no longer than the pair.
            assert len(named) <= 2
            for name, cause in causes.items():
                values = [gradients_with(cause, problem)[name] for problem in PROBLEMS[setting]]
                assert matches(values, wrong[name], 1e-12)
    assert exact >= 0.7 * len(tried)


@pytest.mark.parametrize("setting", [("tanh", "cross_entropy"), ("gelu", "squared")])
def test_pairs_of_independent_mistakes_in_one_gradient_are_named_exactly(
    setting: tuple[str, str],
) -> None:
    """W1 with each seventh pair of those that no other set gives as well; b1 and W2 are right.

    With the squared loss only the pairs that cross-entropy does not have.
    """
    possible = [
        name
        for name, m in MISTAKES.items()
        if "W1" in m.spoils
        and m.loss in ("", setting[1])
        and name not in (*OVERRULING, *HARMLESS[setting[0]])
    ]
    smaller = [
        {"difference reversed", "penalty subtracted"},
        {"1/n forgotten", "penalty times n"},
        {"1/n twice", "penalty over n"},
        {"2 of the square kept", "mean over outputs"},
        {"λ forgotten", "norm not squared"},
        {"cross-entropy doubled", "penalty doubled"},
        {"cross-entropy halved", "penalty halved"},
        {"2 of the square kept", "penalty doubled"},
        {"2 of the square lost", "penalty halved"},
        *({"1/n forgotten", name} for name in ONE_EXAMPLE[:2]),  # one example as the batch
        *({"1/n twice", name} for name in ONE_EXAMPLE[2:]),  # one example only
    ]
    tried = 0
    for pair in combinations(possible, 2):
        is_new = setting[1] != "squared" or "squared" in {MISTAKES[name].loss for name in pair}
        alone = len({MISTAKES[name].place for name in pair}) == 1 or set(pair) in smaller
        tried += is_new and not alone
        if is_new and not alone and tried % 7 == 0:
            wrong = wrong_gradients(pair, setting, only=["W1"])
            assert explain(wrong, PROBLEMS[setting], TOL) == {"W1": pair}
    assert tried > 70


def test_different_mistakes_in_different_gradients_are_told_apart() -> None:
    setting = ("tanh", "cross_entropy")
    wrong = (
        wrong_gradients(["transposed", "penalty doubled"], setting, only=["W1"])
        | wrong_gradients(["bias as a column"], setting, only=["b1"])
        | wrong_gradients(["z for h"], setting, only=["W2"])
    )
    assert explain(wrong, PROBLEMS[setting], TOL) == {
        "W1": ("penalty doubled", "transposed"),
        "b1": ("bias as a column",),
        "W2": ("z for h",),
    }


def test_one_story_is_preferred_where_numbers_allow_two() -> None:
    setting = ("tanh", "cross_entropy")
    both = wrong_gradients(["φ' forgotten"], setting)
    assert explain(both, PROBLEMS[setting], TOL) == {
        "W1": ("φ' forgotten",),
        "b1": ("φ' forgotten",),
    }
    # Where W1 is right, φ' was not forgotten: only b1 was taken from the wrong place.
    only_b1 = {"b1": both["b1"]}
    assert explain(only_b1, PROBLEMS[setting], TOL) == {"b1": ("bias from h",)}


def test_three_mistakes_in_one_gradient_are_all_named() -> None:
    setting = ("tanh", "cross_entropy")
    made = ("1/n forgotten", "φ' forgotten", "penalty forgotten")
    assert explain(wrong_gradients(made, setting), PROBLEMS[setting], TOL) == {
        "W1": made,
        "b1": made[:2],
        "W2": (made[0], made[2]),
    }


@pytest.mark.parametrize("setting", PROBLEMS)
def test_unknown_errors_are_not_explained(setting: tuple[str, str]) -> None:
    problems = PROBLEMS[setting]
    gen = torch.Generator().manual_seed(3)
    spoils: list[Callable[[Tensor], Tensor]] = [
        lambda g: g * 1.001,
        lambda g: 3 * g,
        lambda g: g + 1e-4,
        lambda g: g.abs(),
        lambda g: g.flip(0),
        lambda g: torch.randn(g.shape, generator=gen, dtype=g.dtype),
        lambda g: g.flatten(),
        lambda g: g[..., :-1],
        lambda g: g[None],
        lambda g: g / 3,
    ]
    right = [right_gradients(problem) for problem in problems]
    for spoil, other in zip(spoils[::2], spoils[1::2], strict=True):
        wrong = {
            "W1": [spoil(gradients["W1"]) for gradients in right],
            "W2": [other(gradients["W2"]) for gradients in right],
        }
        assert explain(wrong, problems, TOL) == {}


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        ("penalty halved", "cross_entropy"),
        ("penalty halved", "squared"),
        ("cross-entropy doubled", "cross_entropy"),
        ("cross-entropy halved", "cross_entropy"),
        ("2 of the square lost", "squared"),
    ],
)
def test_a_factor_near_a_known_one_is_not_named(name: str, loss: str) -> None:
    setting = next(setting for setting in PROBLEMS if setting[1] == loss)
    problems = PROBLEMS[setting]
    right = [right_gradients(problem)["W1"] for problem in problems]
    made = wrong_gradients((name,), setting, only=["W1"])["W1"]
    for amount in (0.999, 1.0, 1.7):
        between = [a + amount * (b - a) for a, b in zip(right, made, strict=True)]
        named = explain({"W1": between}, problems, TOL)
        assert named == ({"W1": (name,)} if amount == 1 else {})


def test_a_mistake_made_on_one_problem_only_is_not_claimed() -> None:
    setting = ("tanh", "cross_entropy")
    wrong = wrong_gradients(["φ' forgotten"], setting, only=["W1"])
    wrong["W1"][1:] = [right_gradients(p)["W1"] for p in PROBLEMS[setting][1:]]
    assert explain(wrong, PROBLEMS[setting], TOL) == {}


def test_matches_compares_shape_and_every_problem() -> None:
    a, b = torch.ones(2, 3), torch.ones(3)
    assert matches([a, b], [a, b], 1e-12)
    assert not matches([a, b], [a, b + 1e-3], 1e-6)
    assert not matches([a], [torch.ones(1, 3)], 1e-6)
