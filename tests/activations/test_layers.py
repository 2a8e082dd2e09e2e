import pytest
import torch
from torch import nn

from d2l_utils.activations import layers_of, run_layers
from tests.activations.nets import random_layers


def test_layers_of_a_model_compute_what_it_computes() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 2))
    X = torch.randn(7, 3)
    torch.testing.assert_close(run_layers(layers_of(model), X, torch.tanh), model(X))


def test_layers_of_a_model_are_copies() -> None:
    model = nn.Linear(3, 2)
    layers_of(model)[0][1].add_(1)
    before = model.bias.detach().clone()
    assert torch.equal(model.bias, before)
    assert not torch.equal(layers_of(model)[0][1] + 1, model.bias)


@pytest.mark.parametrize(
    ("model", "words"),
    [(nn.Tanh(), "at least one nn.Linear"), (nn.Linear(3, 2, bias=False), "a bias in every")],
)
def test_models_without_pairs_are_refused(model: nn.Module, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        layers_of(model)


def test_shapes_that_do_not_fit_are_named() -> None:
    layers = random_layers((3, 5, 2))
    X = torch.zeros(7, 3, dtype=torch.float64)
    with pytest.raises(ValueError, match=r"layers\[1\]: expected W of shape \(5, outputs\)"):
        run_layers([layers[0], layers[0]], X, torch.tanh)
    with pytest.raises(ValueError, match=r"layers\[0\]: expected b of shape \(5,\), got \(2,\)"):
        run_layers([(layers[0][0], layers[1][1])], X, torch.tanh)
    with pytest.raises(ValueError, match="at least one pair"):
        run_layers([], X, torch.tanh)
    with pytest.raises(ValueError, match="expected a pair"):
        run_layers([(X, X, X)], X, torch.tanh)
    with pytest.raises(ValueError, match="examples as rows"):
        run_layers(layers, X[0], torch.tanh)


def test_dtypes_that_differ_are_named() -> None:
    layers = random_layers((3, 5, 2))
    with pytest.raises(TypeError, match=r"layers\[0\]: expected torch.float32 as in X"):
        run_layers(layers, torch.zeros(7, 3), torch.tanh)
    with pytest.raises(TypeError, match=r"floating-point numbers, got torch\.int64"):
        run_layers(layers, torch.zeros(7, 3, dtype=torch.int64), torch.tanh)


def test_an_activation_that_changes_the_shape_is_refused() -> None:
    X = torch.zeros(7, 3, dtype=torch.float64)
    with pytest.raises(ValueError, match=r"activation: expected a tensor of shape \(7, 5\)"):
        run_layers(random_layers((3, 5, 2)), X, torch.sum)
