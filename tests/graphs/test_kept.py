from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from d2l_utils.graphs.kept import GraphFreedError, kept_by, nodes_behind, operation_name, tensors_in


def rows(result: Tensor) -> list[tuple[str, str, tuple[int, ...]]]:
    assert result.grad_fn is not None
    return [
        (operation_name(node), argument, tuple(tensor.shape))
        for node in nodes_behind([result.grad_fn])
        for argument, tensor in kept_by(node)
    ]


class Cube(torch.autograd.Function):
    """Keeps its input, nothing, a computed tensor and, beside them, another one."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        square = x * x
        ctx.save_for_backward(x, None, square)
        ctx.more = {"first": [x + 1]}
        return square * x

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return 3 * ctx.saved_tensors[2] * g


def leaf(*shape: int) -> Tensor:
    return torch.arange(1.0, 1 + torch.Size(shape).numel()).reshape(shape).requires_grad_()


def test_operations_come_in_the_order_of_the_forward_pass() -> None:
    x = leaf(2, 3)
    assert rows((x.exp() @ leaf(3, 5)).tanh()) == [
        ("ExpBackward0", "result", (2, 3)),
        ("MmBackward0", "mat2", (3, 5)),
        ("MmBackward0", "self", (2, 3)),
        ("TanhBackward0", "result", (2, 5)),
    ]


def test_what_a_function_in_python_keeps_is_all_listed() -> None:
    assert rows(Cube.apply(leaf(3))) == [
        ("CubeBackward", "saved_tensors[0]", (3,)),
        ("CubeBackward", "saved_tensors[2]", (3,)),
        ("CubeBackward", "more", (3,)),
    ]


@pytest.mark.parametrize("number", [0.5, 2, 2j])
def test_numbers_are_told_from_tensors_of_one_element(number: complex) -> None:
    x = leaf(3)
    assert rows(number * x) == []
    assert rows(x * torch.tensor(number)) == [("MulBackward0", "other", ())]


def segment(calls: list[int]) -> Callable[[Tensor], Tensor]:
    def run(h: Tensor) -> Tensor:
        calls.append(1)
        return h.exp().sin()

    return run


def test_a_checkpoint_is_listed_by_its_inputs_and_not_run_again() -> None:
    calls: list[int] = []
    x = leaf(4)
    result = checkpoint(segment(calls), x, use_reentrant=False)
    assert rows(result) == [
        ("ExpBackward0", "checkpoint's inputs[0]", (4,)),
        ("SinBackward0", "checkpoint's inputs[0]", (4,)),
    ]
    assert len(calls) == 1
    result.sum().backward()
    assert len(calls) == 2


def test_a_checkpoint_in_a_checkpoint_is_not_run_again_either() -> None:
    calls: list[int] = []
    inner = segment(calls)

    def outer(h: Tensor) -> Tensor:
        return checkpoint(inner, h.tan(), use_reentrant=False)

    found = rows(checkpoint(outer, leaf(4), use_reentrant=False))
    assert {argument for _, argument, _ in found} == {"checkpoint's inputs[0]"}
    assert len(calls) == 1


def test_the_older_checkpoint_keeps_its_inputs_and_is_not_run_again() -> None:
    calls: list[int] = []
    found = rows(checkpoint(segment(calls), leaf(4), use_reentrant=True))
    assert ("CheckpointFunctionBackward", "saved_tensors[0]", (4,)) in found
    assert len(calls) == 1


def test_what_a_hook_moved_is_listed_where_it_is() -> None:
    unpacked: list[Tensor] = []

    def halve(tensor: Tensor) -> dict[str, Any]:
        return {"half": tensor.detach().half(), "dtype": tensor.dtype}

    def restore(packed: dict[str, Any]) -> Tensor:
        unpacked.append(packed["half"])
        return unpacked[-1].to(packed["dtype"])

    with torch.autograd.graph.saved_tensors_hooks(halve, restore):
        y = leaf(3).exp()
    ((_, tensor),) = kept_by(y.grad_fn)
    assert (tensor.dtype, unpacked) == (torch.float16, [])


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_a_compiled_module_is_listed(backend: str) -> None:
    net = torch.compile(nn.Sequential(nn.Linear(3, 5), nn.Tanh()), backend=backend)
    shapes = [shape for *_, shape in rows(net(torch.ones(2, 3)))]
    assert (2, 5) in shapes


def test_a_graph_that_was_used_up_is_told_from_one_that_was_overwritten() -> None:
    used = leaf(3).exp()
    used.sum().backward()
    with pytest.raises(GraphFreedError, match="expected one that is intact"):
        rows(used)
    overwritten = leaf(3).sigmoid()
    result = overwritten.relu_()
    with pytest.raises(ValueError, match="'result' of SigmoidBackward0 overwritten in place after"):
        rows(result)


def test_tensors_are_found_in_containers_and_objects_and_loops_end() -> None:
    class Plain:
        def __init__(self) -> None:
            self.tensor, self.text, self.itself = torch.ones(2), "x", self

    a, b, c = torch.ones(3), torch.ones(4), torch.ones(5)
    found = tensors_in([a, {"b": (b, None, 3)}, {c}, Plain(), nn.Linear(2, 2), torch.sin])
    assert sorted(len(tensor) for tensor in found) == [2, 3, 4, 5]
