"""Layerwise rates: the paper's formula, and what they make no difference of."""

import math

import pytest
import torch
from torch import Tensor

from d2l_utils.initialization import Lars


def two_tensors() -> list[Tensor]:
    gen = torch.Generator().manual_seed(0)
    return [
        torch.randn(shape, generator=gen, dtype=torch.float64).requires_grad_()
        for shape in ((4, 3), (2, 4))
    ]


def test_steps_follow_the_formula_of_the_paper() -> None:
    params = two_tensors()
    options = {"momentum": 0.8, "weight_decay": 0.1, "trust_coefficient": 0.02}
    optimizer = Lars(params, lr=0.5, **options)
    by_hand = [p.detach().clone() for p in params]
    velocity = [torch.zeros_like(w) for w in by_hand]
    for step in range(3):
        for i, w in enumerate(by_hand):
            params[i].grad = (step + 1) * w.sin()
            g = params[i].grad
            ratio = 0.02 * w.norm() / (g.norm() + 0.1 * w.norm())
            velocity[i] = 0.8 * velocity[i] + 0.5 * ratio * (g + 0.1 * w)
            by_hand[i] = w - velocity[i]
        optimizer.step()
        for p, w in zip(params, by_hand, strict=True):
            torch.testing.assert_close(p.detach(), w, rtol=1e-12, atol=1e-14)


def test_the_relative_step_is_the_rate_times_the_trust_coefficient() -> None:
    params = two_tensors()
    before = [p.detach().clone() for p in params]
    for p, size in zip(params, (1e-6, 1e6), strict=True):
        p.grad = size * torch.ones_like(p)
    Lars(params, lr=0.5, momentum=0.0, trust_coefficient=0.02).step()
    for p, w in zip(params, before, strict=True):
        assert float((p.detach() - w).norm() / w.norm()) == pytest.approx(0.01)


def test_a_power_of_two_on_a_gradient_changes_no_bit() -> None:
    ends = []
    for factor in (1.0, 2.0**30):
        (p, _) = two_tensors()
        optimizer = Lars([p], lr=1.0, trust_coefficient=0.1)
        for _ in range(5):
            p.grad = factor * p.detach().cos()
            optimizer.step()
        ends.append(p.detach())
    assert torch.equal(*ends)


def test_a_tensor_of_zeros_stays_unless_told_what_its_ratio_is() -> None:
    for ratio, expected in ((0.0, 0.0), (1.0, -0.5)):
        p = torch.zeros(3, requires_grad=True)
        p.grad = torch.ones(3)
        Lars([p], lr=0.5, zero_ratio=ratio).step()
        assert p.tolist() == [expected] * 3


def test_a_gradient_of_zero_gives_no_nan() -> None:
    p = torch.ones(3, requires_grad=True)
    p.grad = torch.zeros(3)
    Lars([p], lr=0.5).step()
    assert p.tolist() == [1.0] * 3


def test_a_closure_is_called_with_gradients_on() -> None:
    p = torch.ones(2, requires_grad=True)

    def closure() -> float:
        loss = p.square().sum()
        loss.backward()
        return loss.item()

    assert Lars([p], lr=0.5).step(closure) == 2
    assert bool((p < 1).all())


def test_a_stored_state_is_taken_up_again() -> None:
    ends = []
    for restart in (False, True):
        (p, _) = two_tensors()
        optimizer = Lars([p], lr=1.0, trust_coefficient=0.1)
        for step in range(4):
            if restart and step == 2:
                state = optimizer.state_dict()
                optimizer = Lars([p], lr=1.0, trust_coefficient=0.1)
                optimizer.load_state_dict(state)
            p.grad = p.detach().cos()
            optimizer.step()
        ends.append(p.detach())
    assert torch.equal(*ends)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lr", 0.0),
        ("lr", -0.1),
        ("lr", math.nan),
        ("lr", math.inf),
        ("momentum", -0.1),
        ("momentum", 1.0),
        ("weight_decay", -1e-4),
        ("trust_coefficient", 0.0),
        ("trust_coefficient", -0.001),
        ("zero_ratio", -1.0),
    ],
)
def test_options_out_of_range_are_refused(name: str, value: float) -> None:
    options = {"lr": 0.1, name: value}
    with pytest.raises(ValueError, match=f"{name}: expected .*, got"):
        Lars(two_tensors(), **options)


def test_options_of_a_group_are_checked_too() -> None:
    p, q = two_tensors()
    with pytest.raises(ValueError, match="trust_coefficient"):
        Lars([{"params": [p]}, {"params": [q], "trust_coefficient": -1.0}], lr=0.1)


def test_no_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match="expected at least one tensor"):
        Lars([], lr=0.1)
