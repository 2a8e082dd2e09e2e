"""The network that has any labels: it has them, and it is the network of the theorem."""

from __future__ import annotations

import pytest
import torch

from d2l_utils.generalization import interpolating_network


def examples(n: int, d: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(5)
    X = torch.randn(n, d, generator=generator, dtype=torch.float64)
    return X, torch.randn(d, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("shape", [(), (3,)])
def test_it_has_the_labels_at_the_examples(shape: tuple[int, ...]) -> None:
    X, direction = examples(11, 4)
    y = torch.arange(11 * 3, dtype=torch.float64).reshape(11, 3).cos()
    y = y if shape else y[:, 0]
    net = interpolating_network(X, y, direction)
    assert net.weights.shape == (11, *shape)
    assert torch.allclose(net(X), y, atol=1e-11)
    assert not torch.allclose(net(X), -y, atol=1e-1)


def test_its_hidden_layer_is_triangular_in_the_order_of_the_line() -> None:
    X, direction = examples(7, 3)
    net = interpolating_network(X, X[:, 0], direction)
    z = (X @ direction).sort().values
    hidden = torch.relu(z[:, None] - net.thresholds)
    assert torch.equal(hidden, hidden.tril())
    assert bool((hidden.diagonal() > 0).all())
    solved = torch.linalg.solve_triangular(hidden, X[(X @ direction).argsort(), :1], upper=False)
    assert torch.allclose(net.weights, solved[:, 0], rtol=1e-9)


def test_one_example_is_enough() -> None:
    X = torch.tensor([[2.0]])
    net = interpolating_network(X, torch.tensor([5.0]), torch.tensor([1.0]))
    assert net(X).tolist() == [5.0]


def test_examples_that_coincide_and_wrong_shapes_are_refused() -> None:
    X, direction = examples(5, 3)
    twice = torch.cat([X, X[:1]])
    with pytest.raises(ValueError, match=r"direction: expected one .*, got 1 neighbours"):
        interpolating_network(twice, twice[:, 0], direction)
    with pytest.raises(ValueError, match=r"y: expected shape \(5,\) or \(5, k\), got \(4,\)"):
        interpolating_network(X, X[:4, 0], direction)
    with pytest.raises(ValueError, match=r"direction: expected shape \(3,\), got \(2,\)"):
        interpolating_network(X, X[:, 0], direction[:2])
    with pytest.raises(TypeError, match=r"y: expected torch\.float64, as X, got torch\.float32"):
        interpolating_network(X, X[:, 0].float(), direction)
