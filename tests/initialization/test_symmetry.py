"""What is a symmetry of a loss, and what is not."""

from collections.abc import Callable, Mapping

import pytest
import torch
from torch import Tensor

from d2l_utils.initialization import loss_invariance

Params = Mapping[str, Tensor]
Action = Callable[[Params], Params]
GEN = torch.Generator().manual_seed(0)
PARAMS = {"W1": torch.randn(4, 3, generator=GEN), "W2": torch.randn(2, 4, generator=GEN)}
X = torch.randn(5, 3, generator=GEN)


def relu_loss(p: Params) -> Tensor:
    return ((X @ p["W1"].T).relu() @ p["W2"].T).square().mean()


def scaled(p: Params, a: float, b: float) -> dict[str, Tensor]:
    return {"W1": p["W1"] * a, "W2": p["W2"] * b}


def test_powers_of_two_change_no_bit_of_a_relu_net() -> None:
    assert loss_invariance(relu_loss, PARAMS, lambda p: scaled(p, 4, 0.25)) == 0


def test_a_flip_is_no_symmetry_of_a_relu_net() -> None:
    assert loss_invariance(relu_loss, PARAMS, lambda p: scaled(p, -1, -1)) > 1e-3


def test_the_change_is_relative_to_the_loss_before() -> None:
    # the net is linear in W2, so its mean square becomes four times as large
    assert loss_invariance(relu_loss, PARAMS, lambda p: scaled(p, 1, 2)) == pytest.approx(3)


def test_a_loss_of_zero_is_compared_in_absolute_terms() -> None:
    change = loss_invariance(
        lambda p: p["a"].sum(), {"a": torch.zeros(2)}, lambda p: {"a": p["a"] + 3}
    )
    assert change == 6


def test_an_action_in_place_leaves_the_callers_parameters() -> None:
    before = PARAMS["W1"].clone()
    loss_invariance(relu_loss, PARAMS, lambda p: {**p, "W1": p["W1"].mul_(4)})
    assert torch.equal(PARAMS["W1"], before)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (lambda p: {"W1": p["W1"]}, "expected the parameters W1, W2, got W1"),
        (lambda p: {**p, "W1": p["W1"].T}, r"W1 of shape \(4, 3\).*got shape \(3, 4\)"),
        (lambda p: {**p, "W2": p["W2"].double()}, "W2 .*float32.*got .*float64"),
    ],
)
def test_an_action_must_keep_names_shapes_and_dtypes(action: Action, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        loss_invariance(relu_loss, PARAMS, action)


def test_a_loss_must_be_a_finite_scalar() -> None:
    with pytest.raises(ValueError, match=r"scalar, got shape \(4, 3\)"):
        loss_invariance(lambda p: p["W1"], PARAMS, lambda p: p)
    with pytest.raises(ValueError, match="finite number, got inf"):
        loss_invariance(lambda p: p["W1"].sum() + torch.inf, {"W1": torch.ones(1)}, dict)
