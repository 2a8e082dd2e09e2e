"""The program as a whole: real processes, started a few times for all tests together."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from d2l_utils import partition
from d2l_utils.partition import launcher as launch
from d2l_utils.partition import results as partition_results
from d2l_utils.partition.command import main
from d2l_utils.partition.config import METHODS, ONE_PROCESS, STAGED
from d2l_utils.partition.problem import make_data, make_weight
from d2l_utils.partition.rank_errors import RankError
from d2l_utils.partition.schedules import stage_order

pytestmark = pytest.mark.exercise(5)

TWO = partition.Config(sizes=(40, 64, 33, 48, 10), batch=96, microbatches=6, nproc=2, lambd=0.1)
THREE = replace(TWO, sizes=(60, 66, 33, 48, 20), nproc=3)
ODD = replace(TWO, sizes=(40, 64, 33, 10))
Run = tuple[partition.Config, dict[str, partition.Result]]


@pytest.fixture(scope="module", params=[TWO, THREE, ODD], ids=["two", "three", "odd layers"])
def run_in_folder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Run, Path]:
    """All methods, run once since processes are slow to start, and their temporary folder."""
    config: partition.Config = request.param
    folder = tmp_path_factory.mktemp("temporary")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        patch.setenv("TMPDIR", str(folder))
        return (config, partition.run(tuple(METHODS), config, progress=False)), folder


@pytest.fixture(scope="module")
def run(run_in_folder: tuple[Run, Path]) -> Run:
    return run_in_folder[0]


def gradients_by_hand(config: partition.Config) -> list[torch.Tensor]:
    """D2L equations 5.3.9 to 5.3.14 for rows of X, softmax and any number of ReLU layers."""
    X, y = make_data(config)
    weights = [make_weight(config, layer) for layer in range(config.num_layers)]
    inputs = [X]
    for W in weights[:-1]:
        inputs.append((inputs[-1] @ W.T).clamp(min=0))
    o = inputs[-1] @ weights[-1].T
    delta = (torch.softmax(o, 1) - torch.eye(o.shape[1], dtype=o.dtype)[y]) / len(X)
    gradients = []
    for W, h in zip(reversed(weights), reversed(inputs), strict=True):
        gradients.insert(0, delta.T @ h + config.lambd * W)
        delta = (delta @ W) * (h > 0)
    return gradients


def test_every_method_ran(run: Run) -> None:
    assert list(run[1]) == list(METHODS)


def test_gradients_equal_those_of_a_single_process(run: Run) -> None:
    for method, result in run[1].items():
        assert result.max_difference < 1e-13, method


def test_gradient_norms_equal_those_by_hand(run: Run) -> None:
    config, results = run
    norms = [float(g.norm()) for g in gradients_by_hand(config)]
    for method, result in results.items():
        assert result.gradient_norms == pytest.approx(norms, rel=1e-12), method


def test_methods_that_do_the_same_sums_are_bit_equal(run: Run) -> None:
    for method in ("checkpoint", "split"):  # "single" would be compared with itself
        assert run[1][method].bit_equal, method


@pytest.mark.parametrize("segments", [1, 4])
def test_checkpointing_in_one_segment_or_every_layer_saves_nothing(segments: int) -> None:
    config = replace(TWO, segments=segments)
    results = partition.run(("single", "checkpoint"), config, progress=False)
    assert results["checkpoint"].peak_bytes[0] >= results["single"].peak_bytes[0]


def test_weights_are_where_the_method_puts_them(run: Run) -> None:
    config, results = run
    sizes, p = config.sizes, config.nproc
    counts = [sizes[layer] * sizes[layer + 1] for layer in range(config.num_layers)]
    for method, result in results.items():
        held = [sum(counts[layer] for layer in layers) * 8 for layers in result.layers]
        if method == "fsdp":  # rows padded to equal shards, at least one row each
            assert max(result.parameter_bytes) <= 8 * sum(
                -(-sizes[layer + 1] // p) * sizes[layer] for layer in range(config.num_layers)
            )
            assert sum(result.parameter_bytes) >= sum(counts) * 8
        elif method == "tensor":
            paired = counts[: len(counts) - len(counts) % 2]
            alone = sum(counts) - sum(paired)  # a last layer without a partner is on each
            assert result.parameter_bytes == [(sum(paired) // p + alone) * 8] * p
        else:
            assert result.parameter_bytes == held, method
        if method in STAGED:
            assert [layer for layers in result.layers for layer in layers] == list(
                range(config.num_layers)
            )


def test_measured_traffic_agrees_with_the_formula(run: Run) -> None:
    for method, result in run[1].items():
        if result.sent_bytes_measured is None:
            pytest.skip("this platform does not count bytes per process")
        if method in ONE_PROCESS:
            assert (result.sent_bytes, result.sent_bytes_measured) == (0, 0)
        else:  # the measurement includes headers
            ratio = result.sent_bytes_measured / result.sent_bytes
            assert 1 <= ratio < 1.15, method


def test_pipelines_run_in_the_simulated_order(run: Run) -> None:
    config, results = run
    for method in ("gpipe", "1f1b"):
        for stage, order in enumerate(results[method].order):
            assert order == [
                f"{action.kind[0].upper()}{action.microbatch}"
                for action in stage_order(method, config.nproc, config.microbatches, stage)
            ]


def test_one_forward_one_backward_needs_no_more_than_gpipe(run: Run) -> None:
    results = run[1]
    assert max(results["1f1b"].peak_bytes) <= max(results["gpipe"].peak_bytes)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--method", "pipeline"], "method: expected one of"),
        (["--method", "split", "--nproc", "3"], "at most 2 stages for 2 layers, got 3"),
        (["--method", "1f1b", "--microbatches", "1"], "at least as many microbatches"),
        (["--method", "split", "--sizes", "5"], "at least 2 positive widths"),
        (["--lambd", "nan"], "lambd: expected a finite number of at least 0, got nan"),
        (["--seed", str(2**64)], f"seed: expected 0 to 4294967295, got {2**64}"),
        (["--timeout", "nan"], "timeout: expected a finite number of at least 0, got nan"),
        (["--silence", "0"], "silence: expected a number above 0, got 0"),
        (["--device", "cuda", "--nproc", "64", "--sizes", "5,64,64", "--method", "tensor"], "GPUs"),
    ],
)
def test_wrong_settings_are_refused_before_any_process_starts(
    arguments: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def start(*_: object, **__: object) -> None:
        pytest.fail("a process was started")

    monkeypatch.setattr(subprocess, "Popen", start)
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert message in captured.err


def test_widths_that_are_no_numbers_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--sizes", "784,many,10"])
    assert "--sizes" in capsys.readouterr().err


def test_a_wrong_gradient_shows_up_as_a_difference(tmp_path: Path) -> None:
    # The same program with a method that forgets to weight the microbatches.
    script = tmp_path / "wrong.py"
    script.write_text("""
import sys
from d2l_utils.partition import command
from d2l_utils.partition import methods as partition_methods
right = partition_methods.PREPARE["accumulate"]
def wrong(config, place):
    job = right(config, place)
    step = job.step
    def twice():
        step()
        step()
    job.step = twice
    return job
partition_methods.PREPARE["accumulate"] = wrong
sys.exit(command.main())
""")
    arguments = ["--method=accumulate", "--sizes=5,7,3", "--batch=8"]
    output = launch.run_ranks([sys.executable, str(script), *arguments], 1)
    result = partition.Result(**json.loads(output))
    assert result.max_difference > 0.1
    assert not result.bit_equal


def test_torchrun_starts_the_same_program(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node=2", "-m", "d2l_utils.partition", "--method=split"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [*command, "--sizes=5,7,3"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    try:
        out, err = process.communicate()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0, err.decode()
    result = partition.Result(**json.loads(out))
    assert (result.nproc, result.bit_equal) == (2, True)


@pytest.mark.parametrize("name", ["RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"])
def test_half_of_a_clusters_variables_is_one_sentence(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, "0")
    assert main(["--method", "single"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: environment: expected all variables that torchrun sets")
    assert captured.err.count("\n") == 1


def stopped(arguments: list[str], monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    def stream(*_: object) -> None:
        raise error

    monkeypatch.setattr(partition_results, "stream", stream)
    return main(arguments)


def test_an_interrupt_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stopped([], monkeypatch, KeyboardInterrupt()) == 130
    message = "error: interrupted; all processes have been stopped\n"
    assert capsys.readouterr().err == message


def test_an_error_of_a_rank_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = RankError("rank 1 of 2 was killed by SIGKILL", 1, "")
    assert stopped([], monkeypatch, error) == 2
    assert capsys.readouterr().err == "error: rank 1 of 2 was killed by SIGKILL\n"


def test_a_reader_that_goes_away_ends_the_run_without_a_word() -> None:
    command = [sys.executable, "-m", partition.__name__, "--method=single,accumulate"]
    process = subprocess.Popen(
        [*command, "--sizes=5,7,3"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait() == 1


def test_a_run_leaves_no_files(run_in_folder: tuple[Run, Path]) -> None:
    assert list(run_in_folder[1].iterdir()) == []
