from collections import defaultdict
from itertools import combinations

import pytest
import torch

from d2l_utils.backprop.checker.check import random_problems, right_gradients
from d2l_utils.backprop.checker.mistakes import MISTAKES, PARAMETERS, gradients_with
from d2l_utils.backprop.derivatives import ACTIVATIONS, LOSSES
from d2l_utils.checks.claims import relative_error

pytestmark = pytest.mark.exercise(2)

# Mistakes without effect, because the activation gives nothing to get wrong.
HARMLESS = {
    "relu": {"φ' at h"},  # h > 0 exactly where z > 0
    "identity": {"φ' at h", "φ' forgotten", "bias from h", "z for h"},
}


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
    """Different smallest sets with equal numbers differ by one of three interchangeable pairs."""
    problems = random_problems("tanh", loss, seed=0)
    swaps = [
        {"sign flipped", "difference reversed"},  # without a penalty's part there is one sign
        {"sign flipped", "penalty subtracted"},  # without a loss part too
        {"φ' forgotten", "bias from h"},  # b1 cannot tell them apart
    ]
    for name in PARAMETERS:
        groups = defaultdict(list)
        usable = [m for m in possible(loss) if name in MISTAKES[m].spoils]
        for size in range(3):
            for made in combinations(usable, size):
                values = [gradients_with(made, problem)[name] for problem in problems]
                groups[_fingerprint(values)].append(set(made))
        for sets in groups.values():
            smallest = [made for made in sets if len(made) == min(map(len, sets))]
            for a, b in combinations(smallest, 2):
                different = a ^ b
                for swap in swaps:
                    different -= swap if len(different & swap) == 2 else set()
                assert not different, (name, a, b)


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
