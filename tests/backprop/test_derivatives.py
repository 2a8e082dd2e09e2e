import pytest
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from d2l_utils.backprop.derivatives import ACTIVATIONS, LOSSES

LIBRARY = {
    "relu": F.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": lambda z: F.softplus(z, threshold=700),
    "gelu": F.gelu,
    "identity": lambda z: z,
}

pytestmark = pytest.mark.exercise(2)


@pytest.fixture
def z() -> Tensor:
    # Both tails and the middle, and zero itself, where relu has its kink.
    return torch.cat([torch.linspace(-8, 8, 4001), torch.tensor([-35.0, 0.0, 35.0])]).double()


def test_library_and_catalogue_name_the_same_activations() -> None:
    assert LIBRARY.keys() == ACTIVATIONS.keys()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_equals_the_library(name: str, z: Tensor) -> None:
    torch.testing.assert_close(ACTIVATIONS[name].phi(z), LIBRARY[name](z), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slope_equals_autograd_on_the_library_function(name: str, z: Tensor) -> None:
    z.requires_grad_()
    (expected,) = torch.autograd.grad(LIBRARY[name](z).sum(), z)
    torch.testing.assert_close(
        ACTIVATIONS[name].slope(z.detach()), expected, rtol=1e-13, atol=1e-15
    )


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slope_differentiates_again(name: str) -> None:
    z = torch.linspace(-3, 3, 60, dtype=torch.float64, requires_grad=True)  # misses the kink at 0
    (first,) = torch.autograd.grad(LIBRARY[name](z).sum(), z, create_graph=True)
    expected = (
        torch.autograd.grad(first.sum(), z)[0]
        if name not in ("relu", "identity")
        else torch.zeros_like(z)
    )
    slope = ACTIVATIONS[name].slope(z)
    got = torch.autograd.grad(slope.sum(), z)[0] if slope.requires_grad else torch.zeros_like(z)
    torch.testing.assert_close(got, expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value_and_slope_stay_finite_far_out(name: str) -> None:
    z = torch.tensor([-1e4, -800.0, 800.0, 1e4], dtype=torch.float64)
    assert torch.isfinite(ACTIVATIONS[name].phi(z)).all()
    assert torch.isfinite(ACTIVATIONS[name].slope(z)).all()


def test_sigmoid_and_tanh_slopes_do_not_cancel_in_the_tails() -> None:
    z = torch.tensor([40.0], dtype=torch.float64)
    # p (1 - p) with a rounded p gives 0 here; the slope is e^-40 to first order.
    expected = torch.exp(-z)
    torch.testing.assert_close(ACTIVATIONS["sigmoid"].slope(z), expected, rtol=1e-14, atol=0)
    torch.testing.assert_close(ACTIVATIONS["tanh"].slope(z / 2), 4 * expected, rtol=1e-14, atol=0)


def test_losses_equal_the_library() -> None:
    gen = torch.Generator().manual_seed(1)
    o = 3 * torch.randn(5, 4, generator=gen, dtype=torch.float64)
    labels = torch.tensor([0, 3, 1, 1, 2])
    targets = torch.randn(5, 4, generator=gen, dtype=torch.float64)
    torch.testing.assert_close(
        LOSSES["cross_entropy"].value(o, labels), F.cross_entropy(o, labels), rtol=1e-14, atol=0
    )
    # mse_loss averages over all n q entries and has no 1/2: it is 2/q times the section's loss.
    expected = F.mse_loss(o, targets) * 4 / 2
    torch.testing.assert_close(LOSSES["squared"].value(o, targets), expected, rtol=1e-14, atol=0)


@pytest.mark.parametrize("name", LOSSES)
def test_loss_gradient_equals_autograd(name: str) -> None:
    gen = torch.Generator().manual_seed(2)
    o = (2 * torch.randn(6, 3, generator=gen, dtype=torch.float64)).requires_grad_()
    y = (
        torch.tensor([2, 0, 1, 1, 2, 0], dtype=torch.int32)
        if name == "cross_entropy"
        else torch.randn(6, 3, generator=gen, dtype=torch.float64)
    )
    (expected,) = torch.autograd.grad(LOSSES[name].value(o, y), o)
    torch.testing.assert_close(
        LOSSES[name].gradient(o.detach(), y), expected, rtol=1e-13, atol=1e-16
    )


def test_cross_entropy_of_huge_outputs_does_not_overflow() -> None:
    o = torch.tensor([[1e4, 0.0, -1e4]], dtype=torch.float64)
    y = torch.tensor([1])
    assert LOSSES["cross_entropy"].value(o, y).item() == 1e4
    assert LOSSES["cross_entropy"].gradient(o, y).tolist() == [[1.0, -1.0, 0.0]]
