import os

import pytest
import torch

from d2l_utils import memory
from d2l_utils.memory.events import FREED, Raw, recording, timeline

pytestmark = pytest.mark.exercise(3)

ENGINE = "autograd::engine::evaluate_function: "


def op(name: str, *inside: Raw) -> list[Raw]:
    return [Raw("push", name), *inside, Raw("pop")]


def block(size: int, address: int = 0) -> Raw:
    """A block that is allocated, or freed if its size is negative."""
    return Raw("memory", size=size, block=("cpu", address or abs(size)))


def test_recording_holds_raw_events_once_it_has_ended() -> None:
    with recording() as raw:
        torch.zeros(5)
        assert raw == []
    sizes = [event.size for event in raw if event.kind == "memory"]
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
    raw = [block(3), Raw("memory", size=512, block=("cuda:0", 3)), block(-3)]
    assert [event.alive for event in timeline(raw, 0)] == [3, 515, 512]


def test_a_block_that_the_record_did_not_see_allocated_is_not_missed() -> None:
    raw = [block(-100, address=7), block(60, address=7), block(-60, address=7)]
    assert [event.bytes for event in timeline(raw, 0)] == [60, -60]


def test_a_block_is_freed_with_the_size_it_was_allocated_with() -> None:
    assert [event.bytes for event in timeline([block(60, 7), block(-100, 7)], 0)] == [60, -60]


def test_recordings_say_nothing_and_leave_no_variable(capfd: pytest.CaptureFixture[str]) -> None:
    before = dict(os.environ)
    with recording():
        torch.zeros(5)
    assert dict(os.environ) == before
    assert capfd.readouterr().err == ""


def test_scopes_are_closed_in_the_order_in_which_they_were_opened() -> None:
    x = torch.ones(3, 3, requires_grad=True)
    with recording() as raw:
        (x @ x).sum().backward()
    depth = 0
    for line in raw:
        depth += {"push": 1, "pop": -1}.get(line.kind, 0)
        assert depth >= 0
    assert depth == 0
