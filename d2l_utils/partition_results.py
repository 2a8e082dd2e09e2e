"""Run methods of partitioning from a notebook and read what they report."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from d2l_utils.launch import run_ranks
from d2l_utils.partition_config import METHODS, ONE_PROCESS, PartitionConfig


@dataclass(frozen=True)
class PartitionResult:
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


def run_partition(
    methods: Sequence[str] | str = tuple(METHODS),
    config: PartitionConfig | None = None,
    timeout: float = 120.0,
    progress: bool = True,
) -> dict[str, PartitionResult]:
    """Run one training step per method in processes of their own.

    All methods share one start of the processes. Whatever happens, no process and no file is left.

    Args:
        methods: Names in `METHODS`.
        config: Network, minibatch and number of processes.
        timeout: Seconds for everything.
        progress: Whether to print a line when a method is done.

    Returns:
        Method -> result, in the order asked for.

    Raises:
        ValueError: If a method cannot run with these settings; nothing has been started then.
        RuntimeError: If this build of PyTorch has no process group for the CPU.
        RankError: If a process fails or the time is up.
    """
    names = (methods,) if isinstance(methods, str) else tuple(methods)
    results: dict[str, PartitionResult] = {}

    def on_line(line: str) -> None:
        result = PartitionResult(**json.loads(line))
        results[result.method] = result
        if progress:
            noun = "process" if result.nproc == 1 else "processes"
            print(f"{result.method}: done, {result.nproc} {noun}")

    stream_partition(names, config or PartitionConfig(), timeout, on_line)
    return results


def stream_partition(
    methods: tuple[str, ...],
    config: PartitionConfig,
    timeout: float,
    on_line: Callable[[str], None],
) -> None:
    """Check the settings, start the processes and hand on each JSON line as it is printed.

    Args:
        methods: Names in `METHODS`.
        config: Network, minibatch and number of processes.
        timeout: Seconds for everything.
        on_line: Receives one line per method.

    Raises:
        ValueError: If a method cannot run with these settings.
        RuntimeError: If this build of PyTorch has no process group for the CPU.
        RankError: If a process fails or the time is up.
    """
    config.check(methods)
    check_platform()
    nproc = 1 if set(methods) <= ONE_PROCESS else config.nproc
    command = [sys.executable, "-m", "d2l_utils.partition", *_arguments(methods, config)]
    # Waiting inside a process lasts longer than the run may: the launcher knows whom to blame.
    run_ranks([*command, f"--timeout={2 * timeout}"], nproc, timeout, on_line)


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


def _arguments(methods: tuple[str, ...], config: PartitionConfig) -> list[str]:
    values = {**asdict(config), "sizes": ",".join(map(str, config.sizes))}
    return [
        f"--method={','.join(methods)}",
        *(f"--{name}={value}" for name, value in values.items()),
    ]
