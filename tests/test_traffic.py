from dataclasses import replace

import pytest

from d2l_utils import traffic
from d2l_utils.partition_config import PartitionConfig
from d2l_utils.traffic import bytes_sent, sent_by_this_process

pytestmark = pytest.mark.exercise(5)
CONFIG = PartitionConfig(sizes=(6, 8, 5, 4, 3), batch=12, microbatches=3, nproc=2, dtype="float32")
WEIGHTS = 6 * 8 + 8 * 5 + 5 * 4 + 4 * 3


@pytest.mark.parametrize(
    ("method", "elements"),
    [
        ("single", 0),
        ("accumulate", 0),
        ("checkpoint", 0),
        ("split", 2 * 12 * 5),  # the cut after two layers has width 5
        ("gpipe", 2 * 12 * 5),
        ("1f1b", 2 * 12 * 5),
        ("ddp", 2 * WEIGHTS),
        ("tensor", 2 * 12 * (5 + 3 + 5)),  # outputs of two pairs, gradient of the second's input
    ],
)
def test_formula_by_hand_for_two_processes(method: str, elements: int) -> None:
    assert bytes_sent(method, CONFIG) == 4 * elements
    assert bytes_sent(method, replace(CONFIG, dtype="float64")) == 8 * elements


def test_sharded_weights_are_padded_to_equal_rows() -> None:
    padded = 6 * 8 + 8 * 6 + 5 * 4 + 4 * 4  # 5 rows become 6, 3 become 4
    assert bytes_sent("fsdp", CONFIG) == 4 * 4 * padded
    assert bytes_sent("fsdp", CONFIG, backend="nccl") == 4 * 3 * padded


def test_formula_by_hand_for_three_processes() -> None:
    three = replace(CONFIG, nproc=3, sizes=(6, 9, 5, 3, 2))
    assert bytes_sent("split", three) == 4 * 2 * 12 * (5 + 3)  # stages of 2, 1 and 1 layers
    assert bytes_sent("ddp", three) == 4 * 4 * (54 + 45 + 15 + 6)
    assert bytes_sent("tensor", three) == 4 * 4 * 12 * (5 + 2 + 5)


def test_unknown_method_is_refused() -> None:
    with pytest.raises(ValueError, match="got 'pipeline'"):
        bytes_sent("pipeline", CONFIG)


def test_other_kinds_of_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match=r"config: expected a PartitionConfig, got \{\}"):
        bytes_sent("split", {})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="backend: expected one of gloo, nccl, got 'mpi'"):
        bytes_sent("split", CONFIG, "mpi")


def test_written_bytes_are_counted(tmp_path: object) -> None:
    before = sent_by_this_process()
    if before is None:
        pytest.skip("this platform does not count bytes per process")
    with open(f"{tmp_path}/file", "wb", buffering=0) as file:
        file.write(bytes(12_345))
    after = sent_by_this_process()
    assert after is not None
    assert 12_345 <= after - before < 20_000


def test_other_platforms_say_that_they_do_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "_COUNTERS", traffic.Path("/nowhere/io"))
    assert sent_by_this_process() is None
