import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.utils import prune

import d2l_utils as d2l
from d2l_utils import memory


@pytest.mark.exercise(3)
@pytest.mark.parametrize(("num_hiddens", "count"), [([256], 203_530), ([256, 128], 235_146)])
def test_torchsummary_serves_layered_models(num_hiddens: list[int], count: int) -> None:
    summary = memory.summarize(d2l.MulMLP(10, num_hiddens, 0.1), (784,), batch_size=3)
    assert (summary.tool, summary.num_parameters) == ("torchsummary", count)
    assert f"Total params: {count:,}" in summary.text
    assert "[3, 10]" in summary.text


def test_torchinfo_serves_models_of_raw_parameters() -> None:
    summary = memory.summarize(d2l.MulMLPScratch(784, 10, [256], 0.1), (784,))
    assert (summary.tool, summary.num_parameters) == ("torchinfo", 203_530)


def test_torchinfo_serves_a_bare_layer() -> None:
    summary = memory.summarize(nn.Linear(7, 3), (7,))
    assert (summary.tool, summary.num_parameters) == ("torchinfo", 24)


def test_shared_layer_is_counted_once() -> None:
    shared = nn.Linear(7, 7)
    summary = memory.summarize(nn.Sequential(shared, nn.ReLU(), shared), (7,))
    assert summary.num_parameters == 56


def test_nothing_is_left_behind() -> None:
    net = nn.Sequential(nn.Linear(7, 5), nn.BatchNorm1d(5), nn.Dropout(0.5))
    state = {name: value.clone() for name, value in net.state_dict().items()}
    before = torch.get_rng_state()
    memory.summarize(net, (7,), batch_size=4)
    assert torch.equal(before, torch.get_rng_state())
    assert net.training
    assert all(torch.equal(value, state[name]) for name, value in net.state_dict().items())
    assert all(not layer._forward_hooks for layer in net.modules())


def test_lazy_model_stays_lazy() -> None:
    net = d2l.MulMLP(10, [5], 0.1)
    memory.summarize(net, (784,))
    assert any(nn.parameter.is_lazy(param) for param in net.parameters())


def test_float64_model_is_summarized() -> None:
    net = nn.Sequential(nn.Linear(7, 3)).double()
    assert memory.summarize(net, (7,)).num_parameters == 24
    assert next(net.parameters()).dtype == torch.float64


class Call(nn.Module):
    """A model made of some layers and a function that calls them."""

    def __init__(self, call: Callable[..., Any], **layers: nn.Module) -> None:
        super().__init__()
        self.call = call
        for name, layer in layers.items():
            self.add_module(name, layer)

    def forward(self, *args: Any, **keywords: Any) -> Any:
        return self.call(self, *args, **keywords)


def linear(fan_in: int = 4, fan_out: int = 4) -> nn.Linear:
    return nn.Linear(fan_in, fan_out)


X, IDS = torch.ones(2, 4), torch.tensor([[1, 3, 5]])
RELU = nn.ReLU()


def scaled() -> Call:
    model = Call(lambda s, x: s.act(s.layer(x)) * s.scale.sum(), layer=linear(), act=RELU)
    model.scale = nn.Parameter(torch.ones(11))
    return model


def tied() -> nn.Module:
    model = nn.Sequential(linear(6, 6), linear(6, 6))
    model[1].weight = model[0].weight
    return model


def pruned() -> nn.Module:
    layer = linear(4, 3)
    prune.l1_unstructured(layer, "weight", 0.5)
    return nn.Sequential(layer)


def normalized(how: Callable[[nn.Module], nn.Module]) -> nn.Module:
    return nn.Sequential(how(linear(4, 3)))


MODELS: dict[str, tuple[Callable[[], nn.Module], dict[str, Any]]] = {
    "inner dict": (
        lambda: Call(
            lambda s, x: s.last(s.first(x)["z"]),
            first=Call(lambda s, x: {"z": s.layer(x)}, layer=linear()),
            last=linear(),
        ),
        {"input_size": (4,)},
    ),
    "ordered dict": (
        lambda: Call(lambda s, x: OrderedDict(out=s.layer(x)), layer=linear()),
        {"input_size": (4,)},
    ),
    "list inside": (
        lambda: Call(
            lambda s, x: s.layer(s.join([x, x])),
            join=Call(lambda s, xs: torch.cat(xs, 1)),
            layer=linear(8),
        ),
        {"input_size": (4,)},
    ),
    "keywords inside": (
        lambda: Call(
            lambda s, x: s.cell(input_tensor=x, state=x),
            cell=Call(lambda s, input_tensor, state: s.layer(input_tensor + state), layer=linear()),
        ),
        {"input_size": (4,)},
    ),
    "object inside": (
        lambda: Call(
            lambda s, x: s.last(s.first(x).logits),
            first=Call(lambda s, x: SimpleNamespace(logits=s.layer(x)), layer=linear()),
            last=linear(),
        ),
        {"input_size": (4,)},
    ),
    "no parameters": (lambda: nn.Sequential(nn.ReLU(), nn.Flatten()), {"input_size": (4,)}),
    "two sizes": (
        lambda: Call(lambda s, a, b: s.layer(a) + b, layer=linear()),
        {"input_size": [(4,), (4,)]},
    ),
    "two arguments": (
        lambda: Call(lambda s, a, b, mode: s.layer(a) + b, layer=linear()),
        {"input_data": (X, X), "keywords": {"mode": "x"}},
    ),
    "names": (
        lambda: Call(lambda s, device, mode: s.layer(device), layer=linear()),
        {"input_data": {"device": X, "mode": "x"}},
    ),
    "one dict": (
        lambda: Call(lambda s, batch: s.layer(batch["x"]), layer=linear()),
        {"input_data": [{"x": X}]},
    ),
    "integers": (
        lambda: nn.Sequential(nn.Embedding(10, 4), linear()),
        {"input_data": IDS},
    ),
    "computed input": (lambda: nn.Sequential(linear()), {"input_data": X.requires_grad_() * 2}),
    "no argument": (lambda: Call(lambda s: s.layer(X), layer=linear()), {"input_data": []}),
    "tied weights": (tied, {"input_size": (6,)}),
    "shared activation": (lambda: nn.Sequential(scaled(), scaled()), {"input_size": (4,)}),
    "compiled": (
        lambda: torch.compile(nn.Sequential(linear(), nn.ReLU()), backend="aot_eager"),
        {"input_size": (4,)},
    ),
    "compiled inside": (
        lambda: nn.Sequential(torch.compile(linear(), backend="aot_eager"), nn.ReLU()),
        {"input_size": (4,)},
    ),
    "scripted": (lambda: torch.jit.script(nn.Sequential(linear())), {"input_size": (4,)}),
    "old weight norm": (lambda: normalized(nn.utils.weight_norm), {"input_size": (4,)}),
    "weight norm": (
        lambda: normalized(nn.utils.parametrizations.weight_norm),
        {"input_size": (4,)},
    ),
    "pruned": (pruned, {"input_size": (4,)}),
    "lstm": (lambda: nn.LSTM(5, 5), {"input_size": (3, 5)}),
    "lstm inside": (
        lambda: Call(lambda s, x: s.layer(x), layer=nn.LSTM(5, 5)),
        {"input_size": (3, 5)},
    ),
    "two bidirectional lstms": (
        lambda: nn.Sequential(
            Call(lambda s, x: s.layer(x)[0], layer=nn.LSTM(5, 3, bidirectional=True)),
            Call(lambda s, x: s.layer(x)[0], layer=nn.LSTM(6, 4, bidirectional=True)),
        ),
        {"input_size": (3, 5)},
    ),
    "collected by name": (
        lambda: nn.Sequential(
            Call(lambda s, x: OrderedDict(a=s.a(x), b=s.b(s.a(x))), a=linear(), b=linear()),
            Call(lambda s, features: s.head(features["b"]), head=linear()),
        ),
        {"input_size": (4,)},
    ),
    "on meta": (lambda: nn.Sequential(nn.Linear(4, 3, device="meta")), {"input_size": (4,)}),
    "bfloat16": (
        lambda: nn.Sequential(linear()).bfloat16(),
        {"input_data": torch.ones(2, 4, dtype=torch.bfloat16)},
    ),
    "complex": (
        lambda: nn.Sequential(nn.Linear(4, 3, dtype=torch.complex64)),
        {"input_data": torch.ones(2, 4, dtype=torch.complex64)},
    ),
    "lazy": (lambda: nn.Sequential(nn.LazyLinear(3)), {"input_data": X}),
}


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("name", MODELS)
def test_any_model_and_any_input_that_forward_accepts(name: str) -> None:
    build, given = MODELS[name]
    model = build()
    summary = memory.summarize(model, **given)
    if name == "lazy":
        model(X)
    expected = sum(param.numel() for param in model.parameters())
    assert summary.num_parameters == expected
    total = re.search(r"^Total params: ([\d,]+)$", summary.text, re.MULTILINE)
    assert total is not None
    assert int(total[1].replace(",", "")) == expected


def test_doubles_and_missing_shapes_are_told() -> None:
    text = memory.summarize(tied(), (6,)).text
    assert text.endswith("The rows add up to 84; the totals count every parameter once.")
    build, given = MODELS["object inside"]
    assert memory.summarize(build(), **given).text.endswith("cannot follow the call of this model.")


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:.*deprecated.*:UserWarning")
def test_packed_weights_are_told() -> None:
    model = torch.ao.quantization.quantize_dynamic(nn.Sequential(linear()), {nn.Linear})
    assert memory.summarize(model, (4,)).text.endswith("no parameters and are not counted.")


def test_the_given_input_is_left_as_it_is() -> None:
    x = torch.tensor([-1.0, 2.0])
    memory.summarize(nn.Sequential(nn.ReLU(inplace=True)), input_data=[x])
    assert x.tolist() == [-1.0, 2.0]


def test_what_forward_says_is_handed_on() -> None:
    def picky(s: nn.Module, x: torch.Tensor) -> torch.Tensor:
        assert x.shape[1] == 4, "Wrong image height"
        return x

    with pytest.raises(ValueError, match=r"got \(5,\); .* \(forward says AssertionError: Wrong im"):
        memory.summarize(Call(picky), (5,))
    with pytest.raises(
        ValueError, match=r"got \(4,\); inputs that are no float32 are given as inp"
    ):
        memory.summarize(nn.Embedding(10, 4), (4,))
    with pytest.raises(
        ValueError, match="input_data: expected what the model accepts, got another"
    ):
        memory.summarize(linear(), input_data=torch.ones(2, 5))


def test_what_cannot_be_copied_is_refused() -> None:
    model = Call(lambda s, x: x)
    model.lock = threading.Lock()
    with pytest.raises(ValueError, match="model: expected one that can be copied, got Call with"):
        memory.summarize(model, (4,))


def test_bad_arguments_are_refused() -> None:
    net = nn.Sequential(nn.Linear(7, 3))
    with pytest.raises(ValueError, match=r"what the model accepts, got \(8,\)"):
        memory.summarize(net, (8,))
    with pytest.raises(ValueError, match="batch_size: expected at least 1"):
        memory.summarize(net, (7,), batch_size=0)
    with pytest.raises(ValueError, match="shape of one example"):
        memory.summarize(net, ())
    with pytest.raises(ValueError, match="input_size: expected it or input_data, got none of them"):
        memory.summarize(net)
    with pytest.raises(ValueError, match="input_size: expected it or input_data, got both of them"):
        memory.summarize(net, (7,), input_data=torch.ones(1, 7))
    with pytest.raises(TypeError, match=r"model: expected a Module, got"):
        memory.summarize([], (7,))  # type: ignore[arg-type]
