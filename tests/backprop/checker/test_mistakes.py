from collections import defaultdict
from itertools import combinations

import pytest
import torch

from d2l_utils.backprop.checker.mistakes import MISTAKES, PARAMETERS
from d2l_utils.backprop.checker.problems import random_problems, right_gradients
from d2l_utils.backprop.checker.wrong_gradients import Propagation, gradients_with
from d2l_utils.backprop.derivatives import ACTIVATIONS, LOSSES
from d2l_utils.checks.claims import relative_error

pytestmark = pytest.mark.exercise(2)

# Mistakes without effect, because the activation gives nothing to get wrong.
HARMLESS = {
    # h > 0 exactly where z > 0
    "relu": {"φ' at h", "φ' in terms of h, at z", "slope of relu"},
    "tanh": {"slope of tanh"},
    "sigmoid": {"slope of sigmoid"},
    # Its slope has no formula in h.
    "gelu": {"φ' in terms of h, at z"},
    "identity": {
        "φ' at h",
        "φ' in terms of h, at z",
        "φ' in terms of h, at dJ/dh",
        "φ' forgotten",
        "bias from h",
        "z for h",
    },
}


# A factor of the loss part, of the penalty's part and of both are one where a part is missing.
INTERCHANGEABLE = [
    {"sign flipped", "difference reversed", "penalty subtracted"},
    {"J doubled", "cross-entropy doubled", "2 of the square kept", "penalty doubled"},
    {"J halved", "cross-entropy halved", "2 of the square lost", "penalty halved"},
    {"J times n", "1/n forgotten", "penalty times n"},
    {"J over n", "1/n twice", "penalty over n"},
    {"φ' forgotten", "bias from h"},  # b1 cannot tell them apart
    {"bias as a row", "bias as a column"},  # nor these, if the bias has one number
]
SAME = [
    {frozenset(a), frozenset(b)}
    for a, b in [
        ({"norm not squared", "λ forgotten"}, {"norm alone", "penalty halved"}),
        ({"J doubled", "mean over outputs"}, {"library's squared error", "penalty doubled"}),
        ({"J halved", "library's squared error"}, {"mean over outputs", "penalty halved"}),
        ({"first example only", "penalty over n"}, {"J over n", "first example as batch"}),
        ({"last example only", "penalty over n"}, {"J over n", "last example as batch"}),
        ({"first example as batch", "penalty times n"}, {"J times n", "first example only"}),
        ({"last example as batch", "penalty times n"}, {"J times n", "last example only"}),
    ]
]


def possible(loss: str) -> list[str]:
    return [name for name, mistake in MISTAKES.items() if mistake.loss in ("", loss)]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_no_mistake_gives_the_right_gradients(activation: str, loss: str) -> None:
    for problem in random_problems(activation, loss, seed=1):
        right = right_gradients(problem)
        for name, value in gradients_with((), problem).items():
            assert relative_error(value, right[name]) <= 1e-12


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_each_mistake_spoils_what_it_says_and_nothing_else(activation: str, loss: str) -> None:
    problems = random_problems(activation, loss, seed=1)
    for mistake in set(possible(loss)) - HARMLESS.get(activation, set()):
        spoiled = set()
        for problem in problems:
            right, wrong = right_gradients(problem), gradients_with((mistake,), problem)
            spoiled |= {
                name
                for name in PARAMETERS
                if wrong[name].shape != right[name].shape
                or relative_error(wrong[name], right[name]) > 1e-3
            }
        # The penalty's variants reach b1 only together with its regularization.
        with_bias = gradients_with((mistake, "bias regularized"), problems[0])["b1"]
        only_bias = gradients_with(("bias regularized",), problems[0])["b1"]
        if with_bias.shape == only_bias.shape and not torch.equal(with_bias, only_bias):
            spoiled |= {"b1"} & set(MISTAKES[mistake].spoils)
        assert spoiled == set(MISTAKES[mistake].spoils), mistake


@pytest.mark.parametrize("loss", LOSSES)
def test_only_the_known_equivalents_give_the_same_numbers(loss: str) -> None:
    """Different smallest sets with equal numbers differ by interchangeable mistakes."""
    passes = [Propagation(problem) for problem in random_problems("tanh", loss, seed=0)]
    for name in PARAMETERS:
        groups = defaultdict(list)
        # A gradient that is shrunk on every problem has lost every factor.
        usable = [m for m in possible(loss) if name in MISTAKES[m].spoils and m != "norm clipped"]
        for size in range(3):
            for made in combinations(usable, size):
                values = [each.gradient(name, frozenset(made)) for each in passes]
                groups[_fingerprint(values)].append(set(made))
        for sets in groups.values():
            smallest = [made for made in sets if len(made) == min(map(len, sets))]
            for a, b in combinations(smallest, 2):
                different = a ^ b
                for swap in INTERCHANGEABLE:
                    different -= swap if len(different & swap) == 2 else set()
                assert not different or {frozenset(a), frozenset(b)} in SAME, (name, a, b)


def _fingerprint(values: list[torch.Tensor]) -> tuple[object, ...]:
    return tuple(
        (tuple(v.shape), *(f"{x:.6e}" if abs(x) > 1e-9 else "0" for x in v.flatten().tolist()))
        for v in values
    )


@pytest.mark.parametrize("loss", LOSSES)
def test_a_mistake_with_the_other_loss_has_no_effect(loss: str) -> None:
    (problem, *_) = random_problems("tanh", loss, seed=0)
    others = [name for name, mistake in MISTAKES.items() if mistake.loss not in ("", loss)]
    assert others
    right = gradients_with((), problem)
    for mistake in others:
        made = gradients_with((mistake,), problem)
        assert all(torch.equal(made[name], right[name]) for name in PARAMETERS), mistake


def test_unknown_names_are_refused() -> None:
    (problem, *_) = random_problems("relu", "squared", seed=0)
    with pytest.raises(ValueError, match="expected names of MISTAKES, got typo"):
        gradients_with(["1/n forgotten", "typo"], problem)


def test_texts_are_single_sentences_without_a_full_stop() -> None:
    for name, mistake in MISTAKES.items():
        assert mistake.text[-1] not in ".:;", name
        assert set(mistake.spoils) <= set(PARAMETERS)
