"""The candidates for the peak, by hand for a net with sizes that are easy to tell apart."""

from dataclasses import replace

import pytest

from d2l_utils.memory_levels import Sizes, backward, forward, prediction, step

pytestmark = pytest.mark.exercise(3)

SIZES = Sizes(element=4, weights=(10_000, 300), biases=(0, 0), hidden=(1_000_000,), logits=20_000)


def levels(found: list[tuple[str, int]]) -> list[int]:
    return [level for _, level in found]


def test_prediction_holds_neighbours_only() -> None:
    assert levels([*prediction(SIZES)]) == [1_000_000, 2_000_000, 1_020_000]


def test_forward_pass_keeps_the_hidden_output() -> None:
    assert levels([*forward(SIZES, False)]) == [2_000_000, 1_040_008]


def test_backward_pass_grows_gradients_and_lets_outputs_go() -> None:
    assert levels([*backward(SIZES, False)]) == [
        1_040_012,  # log-probabilities and their gradient, loss, its gradient, class weights
        1_060_008,  # the gradient of the logits too
        2_020_308,  # h, dJ/do, dJ/dh, dJ/dW2
        3_000_308,  # h, dJ/dh, dJ/dz
        1_010_308,  # dJ/dz, dJ/dW1, dJ/dW2
        10_308,
    ]


def test_penalty_makes_three_copies_of_each_weight_from_the_last_to_the_first() -> None:
    saved = 1_000_000 + 20_000 + 4
    assert levels([*backward(SIZES, True)]) == [
        saved + 12 + 12,  # loss, penalty and gradient; a float64 scalar with its float32 copy
        saved + 12 + 3 * 300,
        saved + 12 + 300 + 3 * 10_000,
        saved + 20_000 + 8 + 10_300,  # from here as without a penalty, beside its gradients
        saved + 40_000 + 4 + 10_300,
        2_020_308 + 10_300,
        3_000_308 - 300 + 10_300,  # each gradient is added to the one that is there
        1_010_308 - 300 + 10_300,
        8 + 10_300,
    ]


def test_penalty_in_the_loss_squares_each_weight_after_the_forward_pass() -> None:
    saved = 1_000_000 + 20_000 + 4
    found = levels([*forward(SIZES, True)])
    assert found == [2_000_000, 1_040_008, saved + 2 * 4 + 10_000, saved + 3 * 4 + 300]


def test_in_float64_a_scalar_needs_no_copy() -> None:
    wide = Sizes(element=8, weights=(64,), biases=(0,), hidden=(), logits=800)
    saved = 800 + 8
    assert levels([*backward(wide, True)])[0] == saved + 3 * 8 + 8


def test_biases_are_parameters_with_gradients_of_their_own() -> None:
    biased = replace(SIZES, biases=(4_000, 40))
    assert biased.parameters == 10_300 + 4_040
    assert levels([*backward(biased, False)])[2:] == [
        2_020_308 + 40,
        3_000_308 + 40,
        1_010_308 + 4_040,
        10_308 + 4_040,
    ]
    assert levels([*step(biased, "momentum", False, False)]) == [
        4 + 14_340 + copied for copied in (10_000, 14_000, 14_300, 14_340)
    ]


@pytest.mark.parametrize(
    ("optimizer", "state_exists", "expected"),
    [
        ("sgd", True, [10_304, 10_304]),
        ("momentum", True, [10_316, 10_316]),
        ("momentum", False, [20_304, 20_604]),
        ("adam", True, [10_304 + 20_012, 10_304 + 10_000 + 612]),
        ("adam", False, [10_304 + 20_608 + 20_012, 10_304 + 20_608 + 10_000 + 612]),
    ],
)
def test_optimizers_step(optimizer: str, state_exists: bool, expected: list[int]) -> None:
    assert levels([*step(SIZES, optimizer, False, state_exists)]) == expected


def test_weight_decay_copies_one_parameter_at_a_time() -> None:
    assert levels([*step(SIZES, "sgd", True, True)]) == [20_304, 10_604]
