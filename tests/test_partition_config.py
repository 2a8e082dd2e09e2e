from dataclasses import replace
from typing import Any

import pytest

from d2l_utils.partition_config import METHODS, PartitionConfig

pytestmark = pytest.mark.exercise(5)
CONFIG = PartitionConfig(sizes=(6, 8, 5, 4, 3), batch=12, microbatches=3, nproc=2)


def test_a_good_request_passes_for_every_method() -> None:
    CONFIG.check(tuple(METHODS))


@pytest.mark.parametrize(
    ("method", "change", "message"),
    [
        ("pipeline", {}, "method: expected one of single, .*, got 'pipeline'"),
        ("split", {"nproc": 5}, "split: expected at most 4 stages for 4 layers, got 5"),
        ("gpipe", {"nproc": 5}, "gpipe: expected at most 4 stages for 4 layers, got 5"),
        ("gpipe", {"microbatches": 5}, "divides the batch of 12, got 5"),
        ("accumulate", {"microbatches": 24}, "divides the batch of 12, got 24"),
        ("1f1b", {"nproc": 4}, "at least as many microbatches as the 4 stages, got 3"),
        ("ddp", {"nproc": 5}, "5 processes share equally, got 12"),
        ("fsdp", {"batch": 13}, "2 processes share equally, got 13"),
        ("tensor", {"nproc": 3}, "hidden widths divisible by 3 processes, got 8"),
        ("tensor", {"sizes": (6, 4)}, "at least 2 layers, got 1"),
        ("single", {"sizes": (6,)}, r"at least 2 positive widths, got \(6,\)"),
        ("single", {"sizes": (6, 0, 2)}, "at least 2 positive widths"),
        ("single", {"batch": 0}, "batch: expected at least 1, got 0"),
        ("single", {"microbatches": 0}, "microbatches: expected at least 1, got 0"),
        ("single", {"nproc": 0}, "nproc: expected at least 1, got 0"),
        ("checkpoint", {"segments": 5}, r"segments: expected 0 to 4 \(the layers\), got 5"),
        ("single", {"dtype": "int8"}, "dtype: expected one of float32, .*, got 'int8'"),
        ("single", {"device": "cpu:1"}, "device: expected one of cpu, .*, got 'cpu:1'"),
        ("single", {"split": "best"}, "split: expected one of even, balanced, got 'best'"),
    ],
)
def test_a_request_that_cannot_run_is_refused(
    method: str, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(CONFIG, **change).check((method,))


def test_an_empty_request_is_refused() -> None:
    with pytest.raises(ValueError, match=r"method: expected one of .*, got none"):
        CONFIG.check(())


def test_methods_that_do_not_cut_the_batch_take_any_number_of_microbatches() -> None:
    replace(CONFIG, microbatches=5).check(("single", "split", "ddp", "fsdp", "tensor"))


def test_segments_default_to_the_square_root_of_the_layers() -> None:
    assert PartitionConfig(sizes=(3,) * 17).num_segments == 4
    assert PartitionConfig(sizes=(5, 7, 3)).num_segments == 1
    assert PartitionConfig(sizes=(3,) * 17, segments=5).num_segments == 5


def test_balanced_stages_weigh_bytes_instead_of_counting_layers() -> None:
    config = PartitionConfig(sizes=(784, 256, 256, 256, 10))
    assert config.stages() == ((0, 1), (2, 3))
    assert replace(config, split="balanced").stages() == ((0,), (1, 2, 3))
