import pytest
import torch

from d2l_utils.activations import run_layers, sigmoid_to_tanh, tanh_to_sigmoid
from tests.activations.nets import random_layers

WIDTHS = [(3, 2), (3, 5, 2), (3, 5, 4, 2), (2, 3, 1, 6, 4, 5)]


@pytest.mark.parametrize("widths", WIDTHS)
def test_both_nets_compute_the_same(widths: tuple[int, ...]) -> None:
    layers = random_layers(widths)
    X = random_layers((40, widths[0]), seed=1)[0][0]
    expected = run_layers(layers, X, torch.tanh)
    got = run_layers(tanh_to_sigmoid(layers), X, torch.sigmoid)
    torch.testing.assert_close(got, expected, rtol=1e-12, atol=1e-12)
    back = run_layers(sigmoid_to_tanh(layers), X, torch.tanh)
    torch.testing.assert_close(back, run_layers(layers, X, torch.sigmoid), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("widths", WIDTHS)
def test_each_map_undoes_the_other(widths: tuple[int, ...]) -> None:
    layers = random_layers(widths)
    for there_and_back in (
        sigmoid_to_tanh(tanh_to_sigmoid(layers)),
        tanh_to_sigmoid(sigmoid_to_tanh(layers)),
    ):
        for (W, b), (V, c) in zip(layers, there_and_back, strict=True):
            assert torch.equal(W, V)  # powers of two round nothing
            torch.testing.assert_close(b, c, rtol=0, atol=1e-13)


def test_a_single_layer_stays_as_it_is() -> None:
    layers = random_layers((3, 2))
    (W, b) = tanh_to_sigmoid(layers)[0]
    assert torch.equal(W, layers[0][0])
    assert torch.equal(b, layers[0][1])


def test_gradients_pass_through() -> None:
    layers = [(W.requires_grad_(), b.requires_grad_()) for W, b in random_layers((3, 5, 2))]
    tanh_to_sigmoid(layers)[1][1].sum().backward()
    W, b = layers[1]
    assert W.grad is not None
    assert b.grad is not None
    assert torch.equal(W.grad, -torch.ones(5, 2, dtype=torch.float64))
    assert torch.equal(b.grad, torch.ones(2, dtype=torch.float64))


@pytest.mark.parametrize("convert", [tanh_to_sigmoid, sigmoid_to_tanh])
def test_whole_numbers_and_wrong_shapes_are_refused(convert) -> None:  # noqa: ANN001
    with pytest.raises(TypeError, match=r"layers\[0\]: expected floating-point numbers in W"):
        convert([(torch.ones(3, 2, dtype=torch.int64), torch.ones(2))])
    with pytest.raises(ValueError, match="expected b of shape"):
        convert([(torch.ones(3, 2), torch.ones(3))])
