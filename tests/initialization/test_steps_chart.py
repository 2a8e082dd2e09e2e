"""The chart of layerwise rates: its numbers are those of the net it stands for."""

from __future__ import annotations

import pytest
import torch

from d2l_utils.initialization import Lars, explore_steps, layer_steps
from d2l_utils.initialization.steps_chart import RATE, _rows, net_and_loss

POWERS = [(0, 0), (5, -2), (-6, -6)]


@pytest.mark.parametrize("powers", POWERS)
@pytest.mark.parametrize("kind", ["sgd", "lars"])
def test_sizes_are_those_of_an_optimizer_step(powers: tuple[int, int], kind: str) -> None:
    weights, loss = net_and_loss()
    factors = (*powers, -sum(powers))
    W = [(w.detach() * 2.0**k).requires_grad_() for w, k in zip(weights, factors, strict=True)]
    before = [w.detach().clone() for w in W]
    loss(W).backward()
    if kind == "sgd":
        torch.optim.SGD(W, lr=RATE).step()
    else:
        Lars(W, lr=1.0, momentum=0.0, trust_coefficient=RATE).step()
    for w, old, layer in zip(W, before, layer_steps(*powers), strict=True):
        assert w.grad is not None
        assert layer.weights == pytest.approx(float(old.norm()), rel=1e-3)
        assert layer.gradient == pytest.approx(float(w.grad.norm()), rel=1e-3)
        moved = float((w.detach() - old).norm() / old.norm())
        assert getattr(layer, kind) == pytest.approx(moved, rel=2e-3)


def test_the_function_stays_and_a_broken_product_changes_it() -> None:
    weights, loss = net_and_loss()
    W = [w.detach() for w in weights]
    assert float(loss([4 * W[0], W[1] / 2, W[2] / 2])) == float(loss(W))
    assert float(loss([4 * W[0], W[1], W[2]])) != pytest.approx(float(loss(W)))


def test_the_chart_repeats_and_holds_the_rows() -> None:
    chart = explore_steps().to_dict()
    assert chart == explore_steps().to_dict()
    rows = _rows()
    assert len(rows) == 12
    assert all(repr(row["base"]) in repr(chart) for row in rows)


def test_powers_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"first: expected .*, got 101"):
        layer_steps(101, 0)
