import pytest
import torch
from torch import nn

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


def test_bad_arguments_are_refused() -> None:
    net = nn.Sequential(nn.Linear(7, 3))
    with pytest.raises(ValueError, match=r"what the model accepts, got \(8,\)"):
        memory.summarize(net, (8,))
    with pytest.raises(ValueError, match="batch_size: expected at least 1"):
        memory.summarize(net, (7,), batch_size=0)
    with pytest.raises(ValueError, match="shape of one example"):
        memory.summarize(net, ())
    with pytest.raises(TypeError, match=r"model: expected a Module, got"):
        memory.summarize([], (7,))  # type: ignore[arg-type]
