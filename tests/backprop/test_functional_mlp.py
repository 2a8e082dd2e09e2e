"""The model as a function of its parameters, against the same model in PyTorch's own layers."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from d2l_utils.backprop.functional_mlp import (
    LOSSES,
    init_mlp,
    loss_of,
    mlp,
    objective,
    penalty,
    weights,
)

GENERATOR = torch.Generator().manual_seed(0)


def test_shapes_and_scale_of_the_parameters() -> None:
    params = init_mlp((400, 300, 5), torch.Generator().manual_seed(0))
    assert {k: tuple(p.shape) for k, p in params.items()} == {
        "W1": (300, 400),
        "b1": (300,),
        "W2": (5, 300),
        "b2": (5,),
    }
    assert params["W1"].std().item() == pytest.approx(1 / 20, rel=0.02)
    assert params["b1"].std().item() == pytest.approx(0.1, rel=0.2)


def test_outputs_and_objective_equal_pytorchs_layers() -> None:
    params = init_mlp((4, 6, 5, 3), GENERATOR, dtype=torch.float64)
    X = torch.randn(7, 4, generator=GENERATOR, dtype=torch.float64)
    y = torch.arange(7) % 3
    net = nn.Sequential(
        nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3)
    ).double()
    for tensor, value in zip(net.parameters(), params.values(), strict=True):
        tensor.data.copy_(value)
    o = net(X)
    assert mlp(params, X, "tanh").allclose(o, atol=1e-14)
    squares = sum(float(W.square().sum()) for W in weights(params))
    J = nn.functional.cross_entropy(o, y) + 0.3 / 2 * squares
    assert objective(params, X, y, 0.3, "tanh").allclose(J, atol=1e-14)
    assert penalty(params, 0.3).item() == pytest.approx(0.15 * squares)


def test_squared_loss_is_half_the_squared_distance_averaged_over_rows() -> None:
    o, y = torch.tensor([[1.0, 2.0, 0.0], [0.0, 1.0, 0.0]]), torch.zeros(2, 3)
    assert loss_of(o, y, "squared").item() == (1 + 4 + 1) / 2 / 2


def test_missing_biases_count_as_zero() -> None:
    params = init_mlp((4, 6, 3), GENERATOR)
    X = torch.randn(7, 4, generator=GENERATOR)
    zero = {k: torch.zeros_like(p) if k.startswith("b") else p for k, p in params.items()}
    assert mlp({"W1": params["W1"], "W2": params["W2"]}, X).allclose(mlp(zero, X))


def test_bad_input_is_refused() -> None:
    params, X = init_mlp((4, 3), GENERATOR), torch.zeros(5, 4)
    with pytest.raises(ValueError, match=r"sizes: expected at least two integers, got \(4,\)"):
        init_mlp((4,))
    with pytest.raises(ValueError, match=r"sizes\[1\]: expected at least 1, got 0"):
        init_mlp((4, 0))
    with pytest.raises(ValueError, match=r"activation: expected one of .* got 'swish'"):
        mlp(params, X, "swish")
    with pytest.raises(ValueError, match="params: expected weights"):
        mlp({"V": params["W1"]}, X)
    with pytest.raises(ValueError, match=r"loss: expected one of .* got 'hinge'"):
        objective(params, X, torch.zeros(5), loss="hinge")
    with pytest.raises(ValueError, match=r"y: expected shape \(5, 3\), got \(5,\)"):
        objective(params, X, torch.zeros(5), loss=LOSSES[1])
    with pytest.raises(ValueError, match="lambd: expected a finite number of at least 0, got -1"):
        objective(params, X, torch.zeros(5, dtype=torch.int64), -1)
