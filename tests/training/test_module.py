import pytest
import torch
from torch.nn import functional

import d2l_utils as d2l


class Bare(d2l.Classifier):
    def __init__(self) -> None:
        super().__init__(lr=0.1)


def test_model_without_layers_says_what_is_missing() -> None:
    with pytest.raises(NotImplementedError, match=r"Bare: set self\.net in __init__"):
        Bare()(torch.zeros(1, 2))


def test_model_without_a_loss_cannot_be_built() -> None:
    class Lossless(d2l.Module):
        pass

    with pytest.raises(TypeError, match=r"abstract method '?loss"):
        Lossless(lr=0.1)  # type: ignore[abstract]


@pytest.mark.parametrize("lr", [0.0, -1.0])
def test_learning_rate_must_be_positive(lr: float) -> None:
    with pytest.raises(ValueError, match="lr: expected"):
        d2l.MulMLP(3, [5], lr)


def test_loss_is_cross_entropy() -> None:
    y_hat, y = torch.randn(6, 3), torch.tensor([0, 1, 2, 2, 1, 0])
    assert torch.equal(Bare().loss(y_hat, y), functional.cross_entropy(y_hat, y))
    assert Bare().loss(y_hat, y, averaged=False).shape == (6,)


def test_accuracy_counts_hits() -> None:
    y_hat = torch.tensor([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    y = torch.tensor([1, 1, 1])
    assert Bare().accuracy(y_hat, y).item() == pytest.approx(2 / 3)
    assert Bare().accuracy(y_hat, y, averaged=False).tolist() == [1.0, 0.0, 1.0]


def test_layers_set_after_construction_are_registered() -> None:
    net = d2l.MulMLP(3, [5], 0.1)
    net(torch.zeros(1, 4))
    assert len(list(net.parameters())) == 4
