"""Products with the Hessian, the Hessian and its Gauss-Newton part, against other routes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from d2l_utils.backprop.functional_mlp import LOSSES, init_mlp, objective
from d2l_utils.checks.claims import relative_error
from d2l_utils.curvature import flatten
from d2l_utils.curvature.parameters import unflatten
from d2l_utils.curvature.products import HVP_MODES, gradient, hessian, hvp

pytestmark = pytest.mark.exercise(4)

Params = dict[str, Tensor]
Problem = tuple[Callable[[Params], Tensor], Params, Params]


def problem(
    activation: str = "tanh", loss: str = "cross_entropy", lambd: float = 0.1, seed: int = 0
) -> Problem:
    generator = torch.Generator().manual_seed(seed)
    params = init_mlp((4, 5, 6, 3), generator, dtype=torch.float64)
    X = torch.randn(7, 4, generator=generator, dtype=torch.float64)
    labels = torch.randint(3, (7,), generator=generator)
    targets = torch.randn(7, 3, generator=generator, dtype=torch.float64)
    y = labels if loss == "cross_entropy" else targets
    v = {
        k: torch.randn(p.shape, generator=generator, dtype=torch.float64) for k, p in params.items()
    }
    return lambda q: objective(q, X, y, lambd, activation, loss), params, v


def central_product(loss: Callable[[Params], Tensor], params: Params, v: Params) -> Tensor:
    """Central difference of the gradient along v."""
    eps = 1e-5

    def at(t: float) -> Tensor:
        return flatten(gradient(loss, {k: p + t * v[k] for k, p in params.items()}))

    return (at(eps) - at(-eps)) / (2 * eps)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ["identity", "relu", "sigmoid", "softplus", "tanh"])
@pytest.mark.parametrize("mode", HVP_MODES)
def test_product_matches_differences_and_the_matrix(mode: str, activation: str, loss: str) -> None:
    value, params, v = problem(activation, loss)
    product = flatten(hvp(value, params, v, mode))
    assert relative_error(product, central_product(value, params, v)) < 1e-6
    assert relative_error(product, hessian(value, params) @ flatten(v)) < 1e-12


def test_product_keeps_names_and_shapes_and_ignores_the_order_of_v() -> None:
    value, params, v = problem()
    backwards = dict(reversed(v.items()))
    for mode in HVP_MODES:
        product, other = hvp(value, params, v, mode), hvp(value, params, backwards, mode)
        assert {k: p.shape for k, p in product.items()} == {k: p.shape for k, p in params.items()}
        assert all(torch.equal(product[k], other[k]) for k in params)
        assert not any(p.requires_grad for p in product.values())


def test_a_module_works_through_functional_call() -> None:
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    net = net.double()
    X, y = torch.randn(6, 3, dtype=torch.float64), torch.arange(6) % 2
    params = dict(net.named_parameters())
    v = {k: torch.randn_like(p) for k, p in params.items()}

    def value(q: Params) -> Tensor:
        return torch.nn.functional.cross_entropy(torch.func.functional_call(net, q, X), y)

    expected = central_product(value, {k: p.detach() for k, p in params.items()}, v)
    for mode in HVP_MODES:
        assert relative_error(flatten(hvp(value, params, v, mode)), expected) < 1e-6
    assert relative_error(hessian(value, params) @ flatten(v), expected) < 1e-6


def test_parameters_and_their_gradients_are_left_alone() -> None:
    value, params, v = problem()
    before = {k: p.clone() for k, p in params.items()}
    leaves = {k: p.requires_grad_() for k, p in params.items()}
    for mode in HVP_MODES:
        hvp(value, leaves, v, mode)
    hessian(value, leaves)
    assert all(p.grad is None and torch.equal(p, before[k]) for k, p in leaves.items())


@pytest.mark.parametrize("mode", HVP_MODES)
def test_linear_and_unused_parameters_have_zero_curvature(mode: str) -> None:
    params = {"a": torch.tensor([1.0, 2.0]), "b": torch.tensor([3.0]), "c": torch.ones(2, 2)}
    v = {k: torch.ones_like(p) for k, p in params.items()}
    product = hvp(lambda q: q["a"].sum() + q["b"].pow(3).sum(), params, v, mode)
    assert flatten(product).tolist() == [0, 0, 18, 0, 0, 0, 0]
    assert flatten(hvp(lambda q: q["a"].sum(), params, v, mode)).abs().max() == 0
    assert flatten(hvp(lambda q: torch.tensor(1.0), params, v, mode)).abs().max() == 0


def test_hessian_of_a_quadratic_is_its_matrix() -> None:
    A = torch.tensor([[2.0, -1.0, 4.0], [-1.0, 3.0, 0.5], [4.0, 0.5, -7.0]])
    params = {"u": torch.tensor([0.3]), "w": torch.tensor([[1.0, -2.0]])}

    def value(q: Params) -> Tensor:
        x = flatten(q)
        return x @ A @ x / 2

    assert torch.equal(hessian(value, params), A)


@pytest.mark.parametrize("chunk_size", [1, 7, 1000])
def test_hessian_does_not_depend_on_the_chunks(chunk_size: int) -> None:
    value, params, _ = problem()
    H = hessian(value, params, chunk_size=chunk_size)
    rows = [
        flatten(hvp(value, params, unflatten(e, params)))
        for e in torch.eye(len(H), dtype=torch.float64)
    ]
    assert relative_error(H, torch.stack(rows)) < 1e-12
    assert relative_error(H, H.T) < 1e-12


def test_a_vector_that_does_not_match_is_refused() -> None:
    value, params, v = problem()
    with pytest.raises(ValueError, match=r"v: expected the names .*'b1'.*, got \['W1'\]"):
        hvp(value, params, {"W1": v["W1"]})
    with pytest.raises(ValueError, match=r"v\['W1'\]: expected shape \(5, 4\), got \(4, 5\)"):
        hvp(value, params, {**v, "W1": v["W1"].T})
    with pytest.raises(ValueError, match=r"v\['b1'\]: expected torch.float64 .* torch.float32"):
        hvp(value, params, {**v, "b1": v["b1"].float()})
    with pytest.raises(TypeError, match=r"v: expected a mapping"):
        hvp(value, params, flatten(v))  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", HVP_MODES)
def test_a_loss_that_is_not_scalar_is_refused(mode: str) -> None:
    _, params, v = problem()
    with pytest.raises(ValueError, match=r"loss: expected a scalar, got shape \(5, 4\)"):
        hvp(lambda q: q["W1"], params, v, mode)
    with pytest.raises(TypeError, match=r"loss: expected a scalar tensor, got float"):
        hvp(lambda q: 1.0, params, v, mode)  # type: ignore[arg-type, return-value]
    with pytest.raises(ValueError, match=r"loss: expected a scalar"):
        hessian(lambda q: q["W1"], params)


def test_unknown_modes_and_bad_parameters_are_refused() -> None:
    value, params, v = problem()
    with pytest.raises(ValueError, match=r"mode: expected one of \['reverse-over-reverse'"):
        hvp(value, params, v, "backwards")
    with pytest.raises(TypeError, match=r"params\['k'\]: expected a floating-point .* torch.int64"):
        gradient(value, {"k": torch.tensor(1)})
    with pytest.raises(ValueError, match="params: expected at least one tensor"):
        gradient(value, {})
    with pytest.raises(ValueError, match="chunk_size: expected at least 1, got 0"):
        hessian(value, params, chunk_size=0)


def test_a_hessian_that_would_not_fit_says_how_many_bytes_and_allocates_nothing() -> None:
    params = init_mlp((784, 256, 10), device="meta", dtype=torch.float32)

    def never(_: Params) -> Tensor:
        raise AssertionError("the loss must not be evaluated")

    with pytest.raises(ValueError, match=r"got 203,530 x 203,530 with 165,697,843,600 bytes"):
        hessian(never, params)
