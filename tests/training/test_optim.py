import pytest
import torch

import d2l_utils as d2l


def test_step_equals_torch_sgd() -> None:
    start = torch.randn(5, 3, dtype=torch.float64)
    ours, theirs = start.clone().requires_grad_(), start.clone().requires_grad_()
    for param, optimizer in (
        (ours, d2l.SGD([ours], 0.1)),
        (theirs, torch.optim.SGD([theirs], 0.1)),
    ):
        for _ in range(3):
            optimizer.zero_grad()
            (param**3).sum().backward()
            optimizer.step()
    assert torch.equal(ours, theirs)


def test_parameter_without_gradient_stays() -> None:
    param = torch.ones(2, requires_grad=True)
    d2l.SGD([param], 0.1).step()
    assert param.tolist() == [1.0, 1.0]


def test_zero_grad_releases_the_gradient() -> None:
    param = torch.ones(2, requires_grad=True)
    param.sum().backward()
    d2l.SGD([param], 0.1).zero_grad()
    assert param.grad is None


def test_nothing_to_optimize_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one parameter, got none"):
        d2l.SGD([], 0.1)
    with pytest.raises(ValueError, match="lr: expected"):
        d2l.SGD([torch.ones(1)], -0.1)
