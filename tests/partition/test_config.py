from dataclasses import fields, replace
from typing import Any

import pytest
import torch

from d2l_utils import partition
from d2l_utils.partition.config import MAX_SEED, METHODS

pytestmark = pytest.mark.exercise(5)
CONFIG = partition.Config(sizes=(6, 8, 5, 4, 3), batch=12, microbatches=3, nproc=2)


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
        ("single", {"sizes": (6, 0, 2)}, r"sizes\[1\]: expected at least 1, got 0"),
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


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"sizes": ()}, ValueError, r"sizes: expected at least 2 positive widths, got \(\)"),
        ({"sizes": "784,10"}, TypeError, "sizes: expected a list of integers .* got '784,10'"),
        ({"sizes": None}, TypeError, "sizes: expected a list of integers .* got None"),
        ({"sizes": 784}, TypeError, "sizes: expected a list of integers .* got 784"),
        ({"sizes": (6, 8.0, 3)}, TypeError, r"sizes\[1\]: expected an integer, got 8\.0"),
        ({"sizes": (6, True)}, TypeError, r"sizes\[1\]: expected an integer, got True"),
        ({"sizes": (6, -8, 3)}, ValueError, r"sizes\[1\]: expected at least 1, got -8"),
        *[
            ({name: value}, error, f"{name}: expected {message}")
            for name in ("batch", "microbatches", "nproc")
            for value, error, message in [
                (64.0, TypeError, r"an integer, got 64\.0"),
                (float("nan"), TypeError, "an integer, got nan"),
                (True, TypeError, "an integer, got True"),
                ("64", TypeError, "an integer, got '64'"),
                (None, TypeError, "an integer, got None"),
                ([64], TypeError, r"an integer, got \[64\]"),
                (-1, ValueError, "at least 1, got -1"),
            ]
        ],
        *[
            ({name: value}, error, f"{name}: expected {message}")
            for name in ("segments", "seed")
            for value, error, message in [
                (1.0, TypeError, r"an integer, got 1\.0"),
                (False, TypeError, "an integer, got False"),
                ("1", TypeError, "an integer, got '1'"),
                (None, TypeError, "an integer, got None"),
                (-1, ValueError, "0 to .* got -1"),
                (2**64, ValueError, f"0 to .* got {2**64}"),
            ]
        ],
        ({"lambd": "x"}, TypeError, "lambd: expected a number, got 'x'"),
        ({"lambd": True}, TypeError, "lambd: expected a number, got True"),
        ({"lambd": 1j}, TypeError, "lambd: expected a number, got 1j"),
        ({"lambd": -0.1}, ValueError, r"lambd: expected a finite .* got -0\.1"),
        ({"lambd": float("nan")}, ValueError, "lambd: expected a finite .* got nan"),
        ({"lambd": float("inf")}, ValueError, "lambd: expected a finite .* got inf"),
        *[
            ({name: value}, error, f"{name}: expected one of .*, got ")
            for name in ("split", "dtype", "device")
            for value, error in [("", ValueError), (3, TypeError), (None, TypeError)]
        ],
        ({"dtype": torch.float32}, TypeError, "dtype: expected one of .*, got torch.float32"),
    ],
)
def test_a_value_of_another_kind_is_refused_in_every_field(
    change: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=f"^{message}"):
        replace(CONFIG, **change).check(("single",))


def test_every_field_has_a_wrong_value_above() -> None:
    marks = test_a_value_of_another_kind_is_refused_in_every_field.pytestmark  # type: ignore[attr-defined]
    tried = {name for change, _, _ in marks[0].args[1] for name in change}
    assert tried == {field.name for field in fields(partition.Config)}


@pytest.mark.parametrize("method", [3, None, ["split"], True])
def test_a_method_that_is_no_name_is_refused(method: Any) -> None:
    with pytest.raises(TypeError, match=r"^method: expected one of single, .*, got "):
        CONFIG.check((method,))


def test_the_ends_of_each_range_are_good() -> None:
    for change in ({"seed": MAX_SEED}, {"segments": 4}, {"lambd": 0}, {"sizes": [6, 3]}):
        replace(CONFIG, **change).check(("single",))  # type: ignore[arg-type]


def test_gpipe_runs_with_fewer_microbatches_than_stages() -> None:
    few = replace(CONFIG, nproc=3, microbatches=2)
    few.check(("gpipe",))
    with pytest.raises(ValueError, match="as many microbatches as the 3 stages, got 2"):
        few.check(("1f1b",))


def test_an_empty_request_is_refused() -> None:
    with pytest.raises(ValueError, match=r"method: expected one of .*, got none"):
        CONFIG.check(())


def test_methods_that_do_not_cut_the_batch_take_any_number_of_microbatches() -> None:
    replace(CONFIG, microbatches=5).check(("single", "split", "ddp", "fsdp", "tensor"))


def test_segments_default_to_the_square_root_of_the_layers() -> None:
    assert partition.Config(sizes=(3,) * 17).num_segments == 4
    assert partition.Config(sizes=(5, 7, 3)).num_segments == 1
    assert partition.Config(sizes=(3,) * 17, segments=5).num_segments == 5


def test_wrong_settings_are_refused_wherever_they_matter() -> None:
    with pytest.raises(ValueError, match="split: expected one of even, balanced, got 'best'"):
        replace(CONFIG, split="best").stages()  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"dtype: expected one of .*, got 'int8'"):
        replace(CONFIG, dtype="int8").torch_dtype  # noqa: B018


def test_balanced_stages_weigh_bytes_instead_of_counting_layers() -> None:
    config = partition.Config(sizes=(784, 256, 256, 256, 10))
    assert config.stages() == ((0, 1), (2, 3))
    assert replace(config, split="balanced").stages() == ((0,), (1, 2, 3))
