"""All thinned networks, or a sample of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from d2l_utils.dropout import drop_units, monte_carlo, thinned_outputs


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


x = torch.randn(6, generator=seeded(), dtype=torch.float64)
W = torch.randn(6, 3, generator=seeded(1), dtype=torch.float64)


def linear(h: Tensor) -> Tensor:
    return h @ W


def test_mean_and_variance_of_a_linear_map_are_the_formulas() -> None:
    p = 0.2
    found = thinned_outputs(linear, x, p)
    assert found.outputs.shape == (64, 3)
    assert found.full.tolist() == (x @ W).tolist()
    assert found.mean().tolist() == pytest.approx((x @ W).tolist(), abs=1e-13)
    expected = p / (1 - p) * (x.square() @ W.square())
    assert found.variance().tolist() == pytest.approx(expected.tolist(), rel=1e-12)


def test_outputs_follow_the_order_of_the_masks() -> None:
    found = thinned_outputs(lambda h: h, torch.tensor([3.0, 5.0]), 0.5)
    assert found.outputs.tolist() == [[0, 0], [0, 10], [6, 0], [6, 10]]
    assert found.mean().tolist() == [3, 5]


def test_the_mean_of_a_curved_map_is_not_that_of_the_full_network() -> None:
    found = thinned_outputs(lambda h: (h @ W).relu(), x, 0.5)
    assert bool((found.mean() > found.full + 0.01).any())
    assert bool((found.mean() >= found.full - 1e-12).all())


@pytest.mark.parametrize("bad", [torch.ones(17), torch.ones(2, 3), torch.ones(0)])
def test_what_cannot_be_enumerated_is_refused(bad: Tensor) -> None:
    with pytest.raises(ValueError, match=r"x: expected shape \(n,\) with n from 1 to 16, got"):
        thinned_outputs(lambda h: h, bad, 0.5)


def test_networks_that_lose_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="net: expected 64 rows of output, got shape"):
        thinned_outputs(lambda h: h[0], x, 0.5)
    with pytest.raises(TypeError, match="net: expected a function that returns a tensor, got 0"):
        thinned_outputs(lambda h: 0, x, 0.5)  # type: ignore[arg-type,return-value]


def sampled(X: Tensor, generator: torch.Generator) -> Tensor:
    return drop_units(X, 0.5, generator) @ W


def test_the_sample_tends_to_the_mean_over_all_masks() -> None:
    X = torch.stack([x, 2 * x])
    outputs = monte_carlo(sampled, X, 4000, seeded(2))
    assert outputs.shape == (4000, 2, 3)
    all_of_them = thinned_outputs(linear, x, 0.5)
    error = (outputs[:, 0].mean(0) - all_of_them.mean()).abs()
    assert bool((error < 4 * (all_of_them.variance() / 4000).sqrt()).all())
    assert not torch.equal(outputs[0], outputs[1])


def test_the_generator_decides() -> None:
    first, again = (monte_carlo(sampled, x[None], 3, seeded(5)) for _ in range(2))
    assert torch.equal(first, again)


def test_no_graph_is_kept() -> None:
    weights = W.clone().requires_grad_()
    assert not monte_carlo(lambda X, g: X @ weights, x[None], 2, seeded()).requires_grad


def growing() -> Callable[[Tensor, torch.Generator], Tensor]:
    sizes = iter(range(1, 9))
    return lambda X, generator: torch.ones(len(X), next(sizes))


def test_outputs_that_are_too_many_or_change_their_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="T: expected at most 134,217,728 outputs"):
        monte_carlo(sampled, x[None], 2**30, seeded())
    with pytest.raises(ValueError, match=r"net: expected shape \(1, 1\) again, got \(1, 2\)"):
        monte_carlo(growing(), x[None], 3, seeded())
    with pytest.raises(ValueError, match="X: expected examples in rows, got a scalar"):
        monte_carlo(sampled, torch.tensor(1.0), 3, seeded())
