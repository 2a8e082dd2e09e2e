"""The candidates for the peak, by hand for a net with sizes that are easy to tell apart."""

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
    found = levels([*backward(SIZES, True)])
    assert found[1:3] == [saved + 12 + 3 * 300, saved + 12 + 300 + 3 * 10_000]


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
