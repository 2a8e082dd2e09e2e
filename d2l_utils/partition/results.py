"""Run methods of partitioning from a notebook and read what they report."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from d2l_utils.border import Positive, checked
from d2l_utils.checks.arguments import positive
from d2l_utils.partition.config import METHODS, ONE_PROCESS, Config
from d2l_utils.partition.launcher import BACKSTOP_SECONDS, SILENCE_SECONDS, run_ranks
from d2l_utils.partition.problem import check_gpus


@dataclass(frozen=True)
class Result:
    """What one method did in one training step.

    Attributes:
        method: A name in `METHODS`.
        nproc: Processes that took part.
        device: ``"cpu"`` or ``"cuda"``.
        layers: Per process, the layers of which it holds all or a part.
        parameter_bytes: Per process, bytes of the weights it holds.
        peak_bytes: Per process, the most bytes alive at once, everything included.
        sent_bytes: Bytes sent by all processes together, by the formula.
        sent_bytes_measured: The same as the kernel counted it, headers included, or None where
            the platform does not tell.
        max_difference: Largest error of a gradient, relative to its largest entry, against a
            single process.
        bit_equal: Whether all gradients are exactly those of the single process.
        gradient_norms: Frobenius norm of dJ/dW of each layer.
        order: Per process, the order of the pipeline's microbatches, such as ``["F0", "B0"]``.
    """

    method: str
    nproc: int
    device: str
    layers: list[list[int]]
    parameter_bytes: list[int]
    peak_bytes: list[int]
    sent_bytes: int
    sent_bytes_measured: int | None
    max_difference: float
    bit_equal: bool
    gradient_norms: list[float]
    order: list[list[str]]


@checked
def run(
    methods: Sequence[str] | str = tuple(METHODS),
    config: Config | None = None,
    timeout: Positive = BACKSTOP_SECONDS,
    progress: bool = True,
    silence: Positive = SILENCE_SECONDS,
) -> dict[str, Result]:
    """Run one training step per method in processes of their own.

    All methods share one start of the processes. Whatever happens, no process and no file is left.

    Args:
        methods: Names in `METHODS`.
        config: Network, minibatch and number of processes.
        timeout: Seconds for everything; meant for machines that hang, not for slow ones.
        progress: Whether to print a line when a method is done.
        silence: Seconds in which no process reports any progress, counted once all have met. A
            report comes several times per method, after each of its steps.

    Returns:
        Method -> result, in the order asked for.

    Raises:
        TypeError: If an argument has the wrong type; nothing has been started then.
        ValueError: If a method cannot run with these settings; nothing has been started then.
        RuntimeError: If this build of PyTorch has no process group for the CPU.
        RankError: If a process fails or hangs.
    """
    names = _names(methods)
    if not isinstance(progress, bool):
        raise TypeError(f"progress: expected True or False, got {progress!r}")
    results: dict[str, Result] = {}

    def on_line(line: str) -> None:
        result = _result(line)
        results[result.method] = result
        if progress:
            noun = "process" if result.nproc == 1 else "processes"
            print(f"{result.method}: done, {result.nproc} {noun}")

    config = Config() if config is None else config
    stream(names, config, on_line, timeout, silence)
    return results


def _names(methods: Sequence[str] | str) -> tuple[str, ...]:
    if isinstance(methods, str):
        return (methods,)
    if not isinstance(methods, list | tuple):
        raise TypeError(f"methods: expected a name or a list of names, got {methods!r}")
    return tuple(methods)


def _result(line: str) -> Result:
    try:
        return Result(**json.loads(line))
    except (ValueError, TypeError):
        raise RuntimeError(
            f"expected rank 0 to print one JSON object per method, got {line!r}"
        ) from None


def stream(
    methods: tuple[str, ...],
    config: Config,
    on_line: Callable[[str], None],
    timeout: float = BACKSTOP_SECONDS,
    silence: float = SILENCE_SECONDS,
) -> None:
    """Check the settings, start the processes and hand on each JSON line as it is printed.

    Args:
        methods: Names in `METHODS`.
        config: Network, minibatch and number of processes.
        on_line: Receives one line per method.
        timeout: Seconds for everything.
        silence: Seconds without any report of progress.

    Raises:
        TypeError: If a setting has the wrong type.
        ValueError: If a method cannot run with these settings.
        RuntimeError: If this build of PyTorch has no process group for the CPU.
        RankError: If a process fails or hangs.
    """
    if not isinstance(config, Config):
        raise TypeError(f"config: expected a PartitionConfig, got {config!r}")
    config.check(methods)
    positive("timeout", timeout)
    positive("silence", silence)
    check_platform()
    if config.device == "cuda":
        check_gpus(config.nproc)
    nproc = 1 if set(methods) <= ONE_PROCESS else config.nproc
    command = [sys.executable, "-m", "d2l_utils.partition", *_arguments(methods, config)]
    # Waiting inside a process lasts longer than the run may: the launcher knows whom to blame.
    run_ranks(
        [*command, f"--timeout={2 * timeout}"], nproc, timeout, on_line, silence, must_report=True
    )


def check_platform() -> None:
    """Raise if this build of PyTorch cannot connect processes on a CPU.

    Raises:
        RuntimeError: If there is no `torch.distributed` or no gloo.
    """
    import torch.distributed as dist

    if not dist.is_available() or not dist.is_gloo_available():
        raise RuntimeError(
            "expected a build of PyTorch with torch.distributed and gloo, got one without"
        )


def _arguments(methods: tuple[str, ...], config: Config) -> list[str]:
    values = {**asdict(config), "sizes": ",".join(map(str, config.sizes))}
    return [
        f"--method={','.join(methods)}",
        *(f"--{name}={value}" for name, value in values.items()),
    ]
