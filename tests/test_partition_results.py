import json
from dataclasses import fields

import pytest
import torch

from d2l_utils import launch, partition_results
from d2l_utils.partition import parse_arguments
from d2l_utils.partition_config import PartitionConfig
from d2l_utils.partition_results import PartitionResult, run_partition

pytestmark = pytest.mark.exercise(5)
CONFIG = PartitionConfig(sizes=(5, 7, 3), batch=8, lambd=0.25, segments=1, dtype="float32", seed=3)


def record(method: str, nproc: int) -> str:
    values = dict.fromkeys(field.name for field in fields(PartitionResult))
    return json.dumps({**values, "method": method, "nproc": nproc})


def test_progress_names_each_method_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pretend(
        command: object, nproc: int, timeout: float, on_line: launch.Callable[[str], None]
    ) -> None:
        on_line(record("single", 1))
        on_line(record("ddp", 2))

    monkeypatch.setattr(partition_results, "run_ranks", pretend)
    assert list(run_partition(("single", "ddp"))) == ["single", "ddp"]
    assert capsys.readouterr().out == "single: done, 1 process\nddp: done, 2 processes\n"
    run_partition(("single", "ddp"), progress=False)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("methods", "started"), [(("single", "accumulate"), 1), (("split",), 2)])
def test_processes_are_started_only_where_needed(
    methods: tuple[str, ...], started: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(
        partition_results, "run_ranks", lambda command, nproc, *_: seen.append(nproc)
    )
    run_partition(methods, CONFIG)
    assert seen == [started]


def test_settings_survive_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    monkeypatch.setattr(partition_results, "run_ranks", lambda command, *_: seen.append(command))
    run_partition(("split", "ddp"), CONFIG, timeout=7)
    methods, config, timeout = parse_arguments(seen[0][3:])
    assert (methods, config, timeout) == (("split", "ddp"), CONFIG, 14)


def test_wrong_settings_start_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        partition_results, "run_ranks", lambda *_: pytest.fail("processes were started")
    )
    with pytest.raises(ValueError, match="at most 2 stages for 2 layers, got 3"):
        run_partition("split", PartitionConfig(sizes=(5, 7, 3), nproc=3))
    monkeypatch.setattr(torch.distributed, "is_gloo_available", lambda: False)
    with pytest.raises(RuntimeError, match=r"with torch\.distributed and gloo, got one without"):
        run_partition("split", CONFIG)
