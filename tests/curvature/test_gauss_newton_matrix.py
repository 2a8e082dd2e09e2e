"""The Gauss-Newton matrix against the product of Jacobians it is defined by."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from d2l_utils.backprop.functional_mlp import LOSSES, init_mlp, loss_of, mlp, objective
from d2l_utils.checks.claims import relative_error
from d2l_utils.curvature.gauss_newton_matrix import gauss_newton, gauss_newton_product
from d2l_utils.curvature.parameters import flatten, unflatten
from d2l_utils.curvature.products import hessian

pytestmark = pytest.mark.exercise(4)

Params = dict[str, Tensor]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_gauss_newton_is_the_sandwich_of_jacobians(activation: str, loss: str) -> None:
    generator = torch.Generator().manual_seed(1)
    params = init_mlp((4, 5, 3), generator, dtype=torch.float64)
    X = torch.randn(6, 4, generator=generator, dtype=torch.float64)
    y = torch.randint(3, (6,), generator=generator)
    y = y if loss == "cross_entropy" else torch.eye(3, dtype=torch.float64)[y]

    def outputs(q: Params) -> Tensor:
        return mlp(q, X, activation)

    jacobian = torch.autograd.functional.jacobian(
        lambda w: outputs(unflatten(w, params)).reshape(-1), flatten(params)
    )
    H_L = torch.autograd.functional.hessian(
        lambda o: loss_of(o.reshape(6, 3), y, loss), outputs(params).reshape(-1)
    )
    G = gauss_newton(outputs, lambda o: loss_of(o, y, loss), params)
    assert relative_error(G, jacobian.T @ H_L @ jacobian) < 1e-12
    v = {k: torch.randn(p.shape, generator=generator).double() for k, p in params.items()}
    Gv = gauss_newton_product(outputs, lambda o: loss_of(o, y, loss), params, v)
    assert relative_error(flatten(Gv), G @ flatten(v)) < 1e-12


def test_gauss_newton_of_a_linear_model_is_the_hessian_and_of_a_deep_one_is_not() -> None:
    X, y = torch.randn(6, 4, dtype=torch.float64), torch.tensor([0, 1, 2, 0, 1, 2])
    for sizes, equal in [((4, 3), True), ((4, 5, 3), False)]:
        params = init_mlp(sizes, torch.Generator().manual_seed(2), dtype=torch.float64)
        H = hessian(lambda q: objective(q, X, y, 0.0, "tanh"), params)
        G = gauss_newton(lambda q: mlp(q, X, "tanh"), lambda o: loss_of(o, y), params)
        assert (relative_error(G, H) < 1e-12) is equal


def test_gauss_newton_is_positive_semidefinite_where_the_hessian_is_not() -> None:
    generator = torch.Generator().manual_seed(3)
    params = init_mlp((4, 5, 3), generator, dtype=torch.float64)
    X, y = torch.randn(6, 4, generator=generator, dtype=torch.float64), torch.arange(6) % 3
    H = hessian(lambda q: objective(q, X, y, 0.0, "tanh"), params)
    G = gauss_newton(lambda q: mlp(q, X, "tanh"), lambda o: loss_of(o, y), params)
    assert torch.linalg.eigvalsh(H).min() < -1e-3
    assert torch.linalg.eigvalsh(G).min() > -1e-12


def test_bad_input_is_refused() -> None:
    params = {"w": torch.ones(3, 2)}
    with pytest.raises(ValueError, match=r"v\['w'\]: expected shape \(3, 2\), got \(2, 3\)"):
        gauss_newton_product(lambda q: q["w"], torch.sum, params, {"w": torch.ones(2, 3)})
    with pytest.raises(ValueError, match=r"loss: expected a scalar, got shape \(3, 2\)"):
        gauss_newton(lambda q: q["w"], lambda o: o, params)
    with pytest.raises(ValueError, match="max_bytes = 143, got 6 x 6 with 144 bytes"):
        gauss_newton(lambda q: q["w"], torch.sum, params, max_bytes=143)
