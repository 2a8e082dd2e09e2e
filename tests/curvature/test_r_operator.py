"""The product by hand against autograd's and against differences of gradients."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from d2l_utils.backprop.functional_mlp import ACTIVATIONS, LOSSES, init_mlp, objective
from d2l_utils.checks.claims import relative_error
from d2l_utils.curvature import flatten
from d2l_utils.curvature.products import gradient, hvp
from d2l_utils.curvature.r_operator import SLOPES, hvp_by_hand

pytestmark = pytest.mark.exercise(4)


def problem(loss: str, seed: int, output_bias: bool = True) -> tuple[dict[str, Tensor], ...]:
    """Return parameters, a direction, and the data; all sizes differ."""
    g = torch.Generator().manual_seed(seed)
    sizes = [int(k) for k in torch.randperm(6, generator=g)[:3] + 2]
    params = init_mlp(sizes, g, dtype=torch.float64)
    if not output_bias:
        del params["b2"]
    v = {k: torch.randn(p.shape, generator=g, dtype=torch.float64) for k, p in params.items()}
    X = torch.randn(9, sizes[0], generator=g, dtype=torch.float64)
    labels = torch.randint(sizes[2], (9,), generator=g)
    targets = torch.randn(9, sizes[2], generator=g, dtype=torch.float64)
    return params, v, {"X": X, "y": labels if loss == "cross_entropy" else targets}


def test_every_activation_has_its_slopes() -> None:
    assert set(SLOPES) == set(ACTIVATIONS)
    z = torch.linspace(-3, 3, 12, dtype=torch.float64).requires_grad_()
    for name, phi in ACTIVATIONS.items():
        h = phi(z)
        (first,) = torch.autograd.grad(h.sum(), z, create_graph=True)
        assert SLOPES[name].first(z, h).allclose(first, atol=1e-12)
        second = SLOPES[name].second
        if second is not None:
            (expected,) = torch.autograd.grad(first.sum(), z)
            assert second(z, h).allclose(expected, atol=1e-12)
        else:
            assert name in ("identity", "relu")


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("lambd", [0.0, 0.3])
def test_product_by_hand_equals_autograds(activation: str, loss: str, lambd: float) -> None:
    for seed in range(10):
        params, v, data = problem(loss, seed, output_bias=seed % 2 == 0)
        X, y = data["X"], data["y"]
        product = hvp_by_hand(params, v, X, y, lambd, activation, loss)
        expected = hvp(
            lambda q, X=X, y=y: objective(q, X, y, lambd, activation, loss),  # type: ignore[misc]
            params,
            v,
        )
        assert list(product) == list(params)
        for name in params:
            assert relative_error(product[name], expected[name]) < 1e-12, (seed, name)


def test_product_by_hand_equals_differences_of_gradients() -> None:
    params, v, data = problem("cross_entropy", 3)

    def at(t: float) -> Tensor:
        moved = {k: p + t * v[k] for k, p in params.items()}
        return flatten(gradient(lambda q: objective(q, data["X"], data["y"], 0.2, "tanh"), moved))

    product = hvp_by_hand(params, v, data["X"], data["y"], 0.2, "tanh")
    assert relative_error(flatten(product), (at(1e-5) - at(-1e-5)) / 2e-5) < 1e-6


def test_inputs_are_left_alone() -> None:
    params, v, data = problem("squared", 1)
    before = [t.clone() for t in (*params.values(), *v.values(), *data.values())]
    hvp_by_hand(params, v, data["X"], data["y"], 0.2, "softplus", "squared")
    after = [*params.values(), *v.values(), *data.values()]
    assert all(a.equal(b) for a, b in zip(after, before, strict=True))


def test_bad_input_is_refused() -> None:
    params, v, data = problem("cross_entropy", 0)
    X, y = data["X"], data["y"]
    with pytest.raises(ValueError, match=r"params: expected 'W1', 'b1', 'W2' .* got \['W1'\]"):
        hvp_by_hand({"W1": params["W1"]}, {"W1": v["W1"]}, X, y)
    with pytest.raises(ValueError, match=r"v\['b1'\]: expected shape"):
        hvp_by_hand(params, {**v, "b1": torch.ones(1, dtype=torch.float64)}, X, y)
    wrong, also_wrong = ({**t, "W2": t["W2"].T} for t in (params, v))
    with pytest.raises(ValueError, match="W2: expected shape"):
        hvp_by_hand(wrong, also_wrong, X, y)
    with pytest.raises(ValueError, match=r"X: expected shape \(batch, \d\), got"):
        hvp_by_hand(params, v, X[:, 1:], y)
    with pytest.raises(ValueError, match=r"y: expected shape \(9,\), got \(8,\)"):
        hvp_by_hand(params, v, X, y[1:])
    with pytest.raises(ValueError, match=r"activation: expected one of .* got 'gelu'"):
        hvp_by_hand(params, v, X, y, activation="gelu")
    with pytest.raises(ValueError, match=r"loss: expected one of .* got 'hinge'"):
        hvp_by_hand(params, v, X, y, loss="hinge")
    with pytest.raises(ValueError, match="lambd: expected a finite number of at least 0, got -1"):
        hvp_by_hand(params, v, X, y, lambd=-1)
