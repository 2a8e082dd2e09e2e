from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from d2l_utils.memory.hooks import watched_saving

pytestmark = pytest.mark.exercise(3)


def most(run: Callable[[], object]) -> int:
    with watched_saving() as saved:
        run()
    return saved.most_except(())


def weight(*shape: int) -> Tensor:
    return torch.ones(shape, requires_grad=True)


def test_a_storage_counts_once_however_often_it_is_saved() -> None:
    x = weight(5)
    assert most(lambda: (x * x).exp().square()) == 20 + 20  # x twice, exp's output twice


def test_storages_can_be_left_out() -> None:
    x = weight(5)
    with watched_saving() as saved:
        (x.exp() * x).sum()
    assert saved.most_except(()) == 40
    assert saved.most_except({x.untyped_storage()._cdata}) == 20


def test_what_was_freed_does_not_add_up() -> None:
    x = weight(6)

    def ten_steps() -> None:
        for _ in range(10):
            x.exp().square().sum().backward()

    assert most(ten_steps) == 24


@pytest.mark.parametrize("size", [4, 2])
def test_what_a_hook_inside_keeps_is_counted(size: int) -> None:
    def packed(tensor: Tensor) -> list[Tensor]:
        return [tensor.detach().clone().to({4: torch.float32, 2: torch.float16}[size])]

    def unpacked(kept: list[Tensor]) -> Tensor:
        return kept[0].float()

    x = weight(7)

    def run() -> None:
        with torch.autograd.graph.saved_tensors_hooks(packed, unpacked):
            y = x.exp().sum()
        y.backward()

    assert most(run) == 7 * size
    assert torch.allclose(x.grad, x.exp(), rtol=1e-3)  # type: ignore[arg-type]


def test_what_is_moved_to_the_cpu_is_counted() -> None:
    def run() -> Tensor:
        with torch.autograd.graph.save_on_cpu():
            return weight(7).exp().square().sum()

    assert most(run) == 28  # it is on the CPU already, so nothing is copied


def test_hooks_around_the_watch_still_apply() -> None:
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t.detach().half(), lambda t: t.float()):
        assert most(lambda: weight(7).exp()) == 14


def test_a_checkpoint_keeps_its_inputs() -> None:
    x = torch.ones(100, 4)
    net = nn.Sequential(*[layer for _ in range(4) for layer in (nn.Linear(4, 4), nn.Tanh())])
    own = {p.untyped_storage()._cdata for p in (*net.parameters(), x)}

    def forward() -> Tensor:
        h = checkpoint(net[:4], x, use_reentrant=False, preserve_rng_state=False)
        return checkpoint(net[4:], h, use_reentrant=False, preserve_rng_state=False)

    counts = []
    for run in (forward, lambda: forward().sum().backward()):
        with watched_saving() as saved:
            result = run()
        counts.append(saved.most_except(own))
        del result
    assert counts == [1600, 1600]


def test_torch_func_works_and_is_said_to_be_unseen() -> None:
    x = torch.full((5,), 0.5)

    def third(f: Callable[[Tensor], Tensor]) -> Tensor:
        for _ in range(3):
            f = torch.func.grad(lambda x, f=f: f(x).sum())
        return f(x)

    with watched_saving() as saved:
        weight(3).exp()
        assert saved.complete
        result = third(torch.sin)
        weight(5).exp()
    assert torch.allclose(result, -torch.cos(x))
    assert not saved.complete
    assert saved.most_except(()) == 20  # the hooks are on again


def test_torch_func_still_refuses_other_hooks() -> None:
    def loss(x: Tensor) -> Tensor:
        with torch.autograd.graph.save_on_cpu():
            return x.exp().sum()

    def hooked() -> None:
        with torch.autograd.graph.save_on_cpu():
            torch.func.grad(torch.exp)(torch.tensor(1.0))

    for wrong in (lambda: torch.func.grad(loss)(torch.ones(3)), hooked):
        with watched_saving(), pytest.raises(RuntimeError, match="support saved tensor hooks"):
            wrong()
    with (
        torch.autograd.graph.save_on_cpu(),
        watched_saving(),
        pytest.raises(RuntimeError, match="support saved tensor hooks"),
    ):
        torch.func.grad(torch.exp)(torch.tensor(1.0))


def test_everything_is_put_back() -> None:
    from torch._C import _autograd

    before = {name: getattr(_autograd, name) for name in dir(_autograd) if "saved_tensors" in name}
    with pytest.raises(ZeroDivisionError), watched_saving():
        1 // 0  # noqa: B018
    assert {name: getattr(_autograd, name) for name in before} == before
    assert _autograd._top_saved_tensors_default_hooks(False) is None


def test_compiled_modules_are_counted() -> None:
    net = torch.compile(nn.Sequential(nn.Linear(3, 5), nn.Tanh()), backend="aot_eager")
    X = torch.ones(2, 3)
    with watched_saving() as saved:
        net(X).sum()
    names = {p.untyped_storage()._cdata for p in (X, *net.parameters())}
    assert saved.most_except(names) == 40


def test_sparse_tensors_are_counted_and_fake_ones_are_not() -> None:
    sparse = torch.eye(4).to_sparse()
    assert most(lambda: torch.sparse.mm(sparse, weight(4, 3))) == 64 + 16
    meta = torch.ones(5, device="meta", requires_grad=True)
    assert most(lambda: meta.exp()) == 0


def test_a_library_that_keeps_the_entries_is_told() -> None:
    dense = weight(4, 4)

    def run() -> Any:
        return dense.to_mkldnn().relu()

    with pytest.raises(ValueError, match="saved tensor: expected a tensor whose memory can be"):
        most(run)
