import pytest
import torch
from torch import nn

from d2l_utils.activations import layer_gradient_norms


def test_norms_are_those_of_backward() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 5), nn.Sigmoid(), nn.Linear(5, 2)).double()
    loss = model(torch.randn(7, 3).double()).square().mean()
    norms = layer_gradient_norms(model, loss)
    assert model[0].weight.grad is None
    loss.backward()
    expected = {
        name: torch.cat([p.grad.flatten() for p in model[int(name)].parameters()]).norm().item()
        for name in ("0", "2")
    }
    assert list(norms) == ["0", "2"]
    assert norms == pytest.approx(expected, rel=1e-12)


def test_squares_of_small_gradients_do_not_vanish() -> None:
    layer = nn.Linear(1, 1, bias=False).double()
    loss = 3e-200 * layer(torch.ones(1, 1).double()).sum()
    assert layer_gradient_norms(layer, loss)[""] == pytest.approx(3e-200, rel=1e-12)


def test_unused_and_frozen_layers() -> None:
    model = nn.ModuleDict(
        {"a": nn.Linear(2, 2), "b": nn.Linear(2, 2), "c": nn.Linear(2, 2).requires_grad_(False)}
    )
    norms = layer_gradient_norms(model, model["a"](torch.ones(1, 2)).sum())
    assert list(norms) == ["a", "b"]
    assert norms["b"] == 0
    # each weight and each bias has gradient 1: six of them
    assert norms["a"] == pytest.approx(6**0.5, rel=1e-12)


def test_infinite_gradients_are_shown() -> None:
    layer = nn.Linear(1, 1, bias=False)
    assert layer_gradient_norms(layer, layer(torch.full((1, 1), float("inf"))).sum())[""] == float(
        "inf"
    )


def test_what_has_no_gradient_is_refused_in_words() -> None:
    model = nn.Linear(3, 2)
    out = model(torch.ones(4, 3))
    with pytest.raises(ValueError, match="expected one number"):
        layer_gradient_norms(model, out)
    with pytest.raises(ValueError, match="without a graph"):
        layer_gradient_norms(model, out.sum().detach())
    with pytest.raises(ValueError, match="requires a gradient, got none"):
        layer_gradient_norms(nn.Tanh(), out.sum())
    with pytest.raises(ValueError, match="depends on the model"):
        layer_gradient_norms(nn.Linear(3, 2), out.sum())
