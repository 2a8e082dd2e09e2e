"""Steps of many networks: those of `torch.optim.SGD`, network by network."""

import pytest
import torch
from torch import Tensor, nn

from d2l_utils.experiments.descent import Descent

RATES = (0.1, 0.3, 0.02)


def _start() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    W = torch.randn(3, 4, 2, generator=generator, dtype=torch.float64)
    return W, torch.randn(3, 2, generator=generator, dtype=torch.float64)


def _losses(W: Tensor, b: Tensor) -> Tensor:
    return (W.sin().sum(1) * b).square().sum(1) + b.cos().sum(1)


def _moved(momentum: float, lambd: float) -> tuple[Tensor, Tensor]:
    W, b = (t.requires_grad_() for t in _start())
    descent = Descent([W], [b], torch.tensor(RATES, dtype=torch.float64), momentum, lambd)
    for _ in range(4):
        descent.step(_losses(W, b))
    return W.detach(), b.detach()


@pytest.mark.parametrize(("momentum", "lambd"), [(0.0, 0.0), (0.9, 0.0), (0.0, 0.2), (0.9, 0.2)])
def test_steps_are_those_of_sgd_with_decay_on_weights_only(momentum: float, lambd: float) -> None:
    moved = _moved(momentum, lambd)
    for i, lr in enumerate(RATES):
        W, b = (nn.Parameter(t[i : i + 1].clone()) for t in _start())
        groups = [{"params": [W], "weight_decay": lambd}, {"params": [b]}]
        optimizer = torch.optim.SGD(groups, lr, momentum=momentum)
        for _ in range(4):
            optimizer.zero_grad()
            _losses(W, b).sum().backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        for ours, theirs in zip(moved, (W, b), strict=True):
            torch.testing.assert_close(ours[i], theirs.detach()[0], rtol=1e-12, atol=0)


def test_momentum_and_decay_make_a_difference() -> None:
    plain = _moved(0.0, 0.0)
    for momentum, lambd in ((0.9, 0.0), (0.0, 0.2)):
        assert not torch.allclose(_moved(momentum, lambd)[0], plain[0], atol=1e-3)


def test_share_scales_the_step() -> None:
    whole, half = [], []
    for share, found in ((1.0, whole), (0.5, half)):
        W, b = (t.requires_grad_() for t in _start())
        Descent([W], [b], torch.tensor(RATES, dtype=torch.float64)).step(_losses(W, b), share)
        found.append(W.detach() - _start()[0])
    torch.testing.assert_close(half[0], whole[0] / 2)
