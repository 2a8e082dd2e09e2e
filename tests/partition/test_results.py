import json
from collections.abc import Callable
from dataclasses import fields, replace

import pytest
import torch

from d2l_utils import partition
from d2l_utils.partition import results as partition_results
from d2l_utils.partition.command import parse_arguments

pytestmark = pytest.mark.exercise(5)
CONFIG = partition.Config(sizes=(5, 7, 3), batch=8, lambd=0.25, segments=1, dtype="float32", seed=3)


def record(method: str, nproc: int) -> str:
    values = dict.fromkeys(field.name for field in fields(partition.Result))
    return json.dumps({**values, "method": method, "nproc": nproc})


def test_progress_names_each_method_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pretend(
        command: object,
        nproc: int,
        timeout: float,
        on_line: Callable[[str], None],
        *_: float,
        **__: bool,
    ) -> None:
        on_line(record("single", 1))
        on_line(record("ddp", 2))

    monkeypatch.setattr(partition_results, "run_ranks", pretend)
    assert list(partition.run(("single", "ddp"))) == ["single", "ddp"]
    assert capsys.readouterr().out == "single: done, 1 process\nddp: done, 2 processes\n"
    partition.run(("single", "ddp"), progress=False)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("methods", "started"), [(("single", "accumulate"), 1), (("split",), 2)])
def test_processes_are_started_only_where_needed(
    methods: tuple[str, ...], started: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(
        partition_results, "run_ranks", lambda command, nproc, *_, **__: seen.append(nproc)
    )
    partition.run(methods, CONFIG)
    assert seen == [started]


def test_settings_survive_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[list[str], float, float]] = []
    monkeypatch.setattr(
        partition_results,
        "run_ranks",
        lambda command, nproc, timeout, on_line, silence, must_report: seen.append(
            (command, timeout, silence)
        ),
    )
    partition.run(("split", "ddp"), CONFIG, timeout=7, silence=3)
    command, timeout, silence = seen[0]
    assert (timeout, silence) == (7, 3)
    request = parse_arguments(command[3:])
    assert (request.methods, request.config) == (("split", "ddp"), CONFIG)
    assert request.timeout == 14  # a rank waits longer than the launcher, which knows whom to blame


def test_a_line_of_another_kind_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for line in ("hello", '{"method": "split"}', "3"):
        monkeypatch.setattr(
            partition_results,
            "run_ranks",
            lambda c, n, t, on_line, s, must_report, line=line: on_line(line),
        )
        with pytest.raises(
            RuntimeError, match=r"expected rank 0 to print one JSON object .* got '"
        ):
            partition.run("split", CONFIG)


def test_wrong_settings_start_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        partition_results, "run_ranks", lambda *_, **__: pytest.fail("processes were started")
    )
    with pytest.raises(ValueError, match="at most 2 stages for 2 layers, got 3"):
        partition.run("split", partition.Config(sizes=(5, 7, 3), nproc=3))
    monkeypatch.setattr(torch.distributed, "is_gloo_available", lambda: False)
    with pytest.raises(RuntimeError, match=r"with torch\.distributed and gloo, got one without"):
        partition.run("split", CONFIG)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"config": {}}, TypeError, r"config: expected a Config or None, got \{\}"),
        (
            {"methods": 3},
            TypeError,
            "methods: expected a list or tuple of strings or a string, got 3",
        ),
        ({"methods": [3]}, TypeError, r"methods\[0\]: expected a string, got 3"),
        ({"methods": ()}, ValueError, "method: expected one of .*, got none"),
        ({"methods": ""}, ValueError, "method: expected one of .*, got ''"),
        ({"progress": "no"}, TypeError, "progress: expected True or False, got 'no'"),
        ({"timeout": "60"}, TypeError, "timeout: expected a number, got '60'"),
        ({"timeout": 0}, ValueError, "timeout: expected a positive number, got 0"),
        ({"silence": float("nan")}, ValueError, "silence: expected a positive number, got nan"),
        ({"silence": None}, TypeError, "silence: expected a number, got None"),
        ({"config": replace(CONFIG, lambd=float("nan"))}, ValueError, "lambd: expected a finite"),
        ({"config": replace(CONFIG, batch=8.0)}, TypeError, "batch: expected an integer"),  # type: ignore[arg-type]
    ],
)
def test_wrong_arguments_start_nothing(
    change: dict[str, object],
    error: type[Exception],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        partition_results, "run_ranks", lambda *_, **__: pytest.fail("processes were started")
    )
    with pytest.raises(error, match=f"^{message}"):
        partition.run(**{"methods": "split", "config": CONFIG, **change})  # type: ignore[arg-type]


def test_missing_gpus_start_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(
        partition_results, "run_ranks", lambda *_, **__: pytest.fail("processes were started")
    )
    with pytest.raises(ValueError, match="device: expected 2 GPUs on this machine, got 1"):
        partition.run("split", replace(CONFIG, device="cuda"))
