import pytest
import torch
from torch import Tensor, nn

from d2l_utils import memory
from d2l_utils.memory.saved import distinct_bytes, saved_tensors

pytestmark = pytest.mark.exercise(3)


def test_a_relu_layers_output_is_saved_twice_and_stored_once() -> None:
    program = memory.program(7, (5,), 3, 4)
    net, (X, y) = program.model, program.data
    saved = saved_tensors(
        lambda: nn.functional.cross_entropy(net(X), y),
        {"X": X, "y": y, "W1": net[0].weight, "W2": net[2].weight},
    )
    rows = [(s.operation, s.argument, s.name, s.shape, s.bytes, s.storage) for s in saved]
    assert rows == [
        ("AddmmBackward0", "mat1", "X", (4, 7), 112, 1),
        ("ReluBackward0", "result", "", (4, 5), 80, 2),
        ("AddmmBackward0", "mat1", "", (4, 5), 80, 2),
        ("AddmmBackward0", "mat2", "W2", (5, 3), 60, 3),
        ("LogSoftmaxBackward0", "result", "", (4, 3), 48, 4),
        ("NllLossBackward0", "self", "", (4, 3), 48, 4),
        ("NllLossBackward0", "target", "y", (4,), 32, 5),
        ("NllLossBackward0", "total_weight", "", (), 4, 6),
    ]


@pytest.mark.parametrize("activation", [nn.ReLU, nn.GELU, nn.SiLU, nn.Tanh, nn.Sigmoid, nn.ELU])
def test_distinct_bytes_equal_what_the_hooks_count(activation: type[nn.Module]) -> None:
    net = nn.Sequential(nn.Linear(7, 5), activation(), nn.Linear(5, 3))
    X = torch.randn(4, 7)
    names = {"X": X} | dict(net.named_parameters())
    saved = saved_tensors(lambda: net(X).square().sum(), names)
    measured = memory.measure(lambda: net(X).square().sum(), model=net, data=X)
    assert distinct_bytes(saved, exclude=names) == measured.saved_activations > 0


def test_a_view_is_listed_with_its_own_bytes_and_its_whole_storage() -> None:
    w = torch.randn(6, 4, requires_grad=True)
    saved = saved_tensors(lambda: w[0].exp() * w[1], {"w": w})
    (entry,) = [entry for entry in saved if entry.name == "w"]
    assert (entry.operation, entry.bytes, entry.storage_bytes) == ("MulBackward0", 16, 96)


def test_operations_written_in_python_are_listed() -> None:
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx: torch.autograd.function.FunctionCtx, g: Tensor) -> Tensor:
            return g

    x = torch.randn(3, requires_grad=True)
    (entry,) = saved_tensors(lambda: Square.apply(x), {"x": x})
    assert (entry.operation, entry.argument, entry.name) == (
        "SquareBackward",
        "saved_tensors[0]",
        "x",
    )


def test_tensors_are_found_in_nested_values() -> None:
    x = torch.randn(3, requires_grad=True)
    saved = saved_tensors(lambda: {"a": [x.exp()], "b": (x.sin(), torch.ones(2), None)})
    assert [entry.operation for entry in saved] == ["ExpBackward0", "SinBackward0"]


def test_a_graph_that_backward_has_used_up_is_refused() -> None:
    loss = torch.randn(3, requires_grad=True).exp().sum()
    loss.backward()
    with pytest.raises(ValueError, match="expected a graph that is intact"):
        saved_tensors(lambda: loss)


@pytest.mark.parametrize("value", [None, 3, torch.ones(2), [torch.ones(2)]])
def test_a_value_without_a_graph_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="expected it to return a tensor with a graph, got none"):
        saved_tensors(lambda: value)


def test_something_that_cannot_be_called_is_refused() -> None:
    with pytest.raises(TypeError, match="fn: expected a function, got a tensor"):
        saved_tensors(torch.ones(2))  # type: ignore[arg-type]
