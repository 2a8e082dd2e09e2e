from dataclasses import dataclass

import pytest
import torch

from d2l_utils import memory
from d2l_utils.memory.events import FREED, recording, timeline

pytestmark = pytest.mark.exercise(3)

ENGINE = "autograd::engine::evaluate_function: "


@dataclass
class Raw:
    """An event as torch's profiler reports it."""

    what: str
    label: str = ""
    size: int = 0
    device_size: int = 0

    def kind(self) -> str:
        return self.what

    def name(self) -> str:
        return self.label

    def cpu_memory_usage(self) -> int:
        return self.size

    def cuda_memory_usage(self) -> int:
        return self.device_size


def op(name: str, *inside: Raw) -> list[Raw]:
    return [Raw("push", name), *inside, Raw("pop")]


def block(size: int) -> Raw:
    return Raw("memory_alloc", size=size)


def test_recording_holds_raw_events_once_it_has_ended() -> None:
    with recording() as raw:
        torch.zeros(5)
        assert raw == []
    sizes = [event.cpu_memory_usage() for event in raw if event.kind() == "memory_alloc"]
    assert sizes == [20, -20]


def test_recording_refuses_to_nest() -> None:
    with recording(), pytest.raises(RuntimeError, match="expected no profiler to be running"):  # noqa: SIM117
        with recording():
            pass
    with recording() as raw:
        torch.zeros(3)
    assert len(timeline(raw, 0)) == 2


def test_work_of_the_engine_is_backward_and_named_after_the_node() -> None:
    raw = [
        *op("aten::linear", *op("aten::addmm", block(12))),
        *op("aten::ones_like", block(4)),
        *op(ENGINE + "AddmmBackward0", *op("aten::mm", block(8))),
        *op(ENGINE + "torch::autograd::AccumulateGrad", block(-4)),
        block(-12),
    ]
    assert timeline(raw, 100) == (
        memory.Event("forward", "linear", 12, 112),
        memory.Event("backward", "ones_like", 4, 116),
        memory.Event("backward", "AddmmBackward0", 8, 124),
        memory.Event("backward", "AccumulateGrad", -4, 120),
        memory.Event("backward", "AccumulateGrad", -12, 108),
    )


def test_blocks_between_an_optimizers_operations_carry_its_name() -> None:
    raw = [
        *op("Optimizer.zero_grad#SGD.zero_grad", *op(f"{FREED}40")),
        *op("Optimizer.step#SGD.step", block(8), *op("aten::mul_", block(4), block(-4))),
        *op("aten::exp", block(2)),
    ]
    assert [(e.phase, e.operation, e.bytes) for e in timeline(raw, 50)] == [
        ("zero_grad", "SGD.zero_grad", -40),
        ("step", "SGD.step", 8),
        ("step", "mul_", 4),
        ("step", "mul_", -4),
        ("forward", "exp", 2),
    ]


def test_blocks_on_the_cpu_and_on_a_device_are_added() -> None:
    raw = [Raw("memory_alloc", size=3, device_size=512)]
    assert timeline(raw, 0) == (memory.Event("forward", "", 515, 515),)
