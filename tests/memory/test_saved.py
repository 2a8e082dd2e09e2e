import pytest
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

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


def layers(number: int) -> nn.Sequential:
    return nn.Sequential(
        *[layer for _ in range(number) for layer in (nn.Linear(64, 64), nn.ReLU())]
    )


def test_a_checkpointed_graph_is_listed_as_it_is_kept() -> None:
    net, X = layers(16), torch.randn(128, 64)
    names = {"X": X} | dict(net.named_parameters())

    def in_segments() -> Tensor:
        h = X
        for start in range(0, 32, 8):
            h = checkpoint(net[start : start + 8], h, use_reentrant=False)
        return h

    random = torch.get_rng_state()
    saved = saved_tensors(in_segments, names)
    assert distinct_bytes(saved, exclude=names) == 3 * 128 * 64 * 4 == 98_304
    assert distinct_bytes(saved_tensors(lambda: net(X), names), exclude=names) == 524_288
    assert torch.equal(torch.get_rng_state(), random)


@pytest.mark.parametrize("number", [0.5, 2])
def test_numbers_are_not_listed_as_the_hooks_do_not_see_them(number: float) -> None:
    x = torch.randn(3, requires_grad=True)
    saved = saved_tensors(lambda: number * x.exp())
    assert [entry.operation for entry in saved] == ["ExpBackward0"]
    measured = memory.measure(lambda: number * x.exp())
    assert measured.saved_activations == distinct_bytes(saved)


def test_a_tensor_overwritten_in_place_is_called_so() -> None:
    net = nn.Sequential(nn.Linear(3, 3), nn.Sigmoid(), nn.ReLU(inplace=True))
    with pytest.raises(ValueError, match="'result' of SigmoidBackward0 overwritten in place"):
        saved_tensors(lambda: net(torch.ones(2, 3)))


def test_a_sparse_tensor_is_listed_by_what_it_is_made_of() -> None:
    S, w = torch.eye(4).to_sparse(), torch.ones(4, 3, requires_grad=True)
    saved = saved_tensors(lambda: torch.sparse.mm(S, w), {"S": S, "w": w})
    rows = [(entry.argument, entry.name, entry.bytes) for entry in saved]
    assert rows == [("mat1.indices", "S", 64), ("mat1.values", "S", 16)]


def test_a_layout_that_cannot_be_read_is_refused() -> None:
    x = torch.ones(4, 4, requires_grad=True)
    with pytest.raises(ValueError, match=r"'.*' of ReluBackward0: expected a tensor whose memory"):
        saved_tensors(lambda: x.to_mkldnn().relu())


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_a_compiled_module_is_listed(backend: str) -> None:
    net = nn.Sequential(nn.Linear(7, 5), nn.Tanh())
    X = torch.ones(4, 7)
    names = {"X": X} | dict(net.named_parameters())
    saved = saved_tensors(lambda: torch.compile(net, backend=backend)(X), names)
    assert distinct_bytes(saved, exclude=names) == 80


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
