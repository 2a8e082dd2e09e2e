"""One training step of D2L section 5.3, partitioned over processes by PyTorch's own engine.

On this machine::

    python -m d2l_utils.partition --method split,gpipe,ddp --nproc 2

On several, with one GPU per process, the same program unchanged::

    torchrun --nnodes=2 --nproc-per-node=8 --rdzv-backend=c10d --rdzv-endpoint=HOST:PORT \
        -m d2l_utils.partition --device cuda --method fsdp --sizes 784,4096,4096,10

Prints one JSON line per method. Wrong settings are found before any process starts.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict, dataclass, replace

import torch

from d2l_utils.launch import BACKSTOP_SECONDS, SILENCE_SECONDS
from d2l_utils.partition_config import METHODS, PartitionConfig
from d2l_utils.partition_worker import joined, run_method
from d2l_utils.rank_reports import follow_launcher, standing

HELP = {
    "sizes": "widths, separated by commas: inputs, hidden layers, outputs",
    "batch": "examples in the minibatch",
    "microbatches": "pieces of the minibatch",
    "nproc": "processes; under torchrun, those that torchrun started",
    "split": "how layers are dealt to stages: even or balanced",
    "segments": "checkpointed segments; 0: square root of the number of layers",
    "dtype": "float32, float64 or bfloat16",
    "lambd": "weight of the penalty",
    "seed": "seed of data and weights",
    "device": "cpu, cuda or auto",
    "timeout": "seconds for the whole run",
    "silence": "seconds without any report of progress, once all processes have met",
}
LIMITS = {"timeout": BACKSTOP_SECONDS, "silence": SILENCE_SECONDS}


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line, alone, under torchrun, or started by `run_partition`.

    Args:
        arguments: Without the program's name; None for the process's own.

    Returns:
        0; 2 if the settings are wrong or a process failed; 130 if the run was interrupted; 1 if
        nobody reads the output any more.
        What fails in a rank's own work is raised, for its traceback.
    """
    follow_launcher()
    try:
        here = standing()
        request = parse_arguments(arguments)
        if here is not None:
            request = replace(request, config=replace(request.config, nproc=here.nproc))
            request.config.check(request.methods)
    except (TypeError, ValueError) as error:
        return _failed(error)
    if here is not None:
        _as_rank(request)
        return 0
    return _as_launcher(request)


def _as_launcher(request: Request) -> int:
    from d2l_utils.partition_results import stream_partition

    try:
        stream_partition(request.methods, request.config, _print, request.timeout, request.silence)
    except (TypeError, ValueError, RuntimeError) as error:
        return _failed(error)
    except KeyboardInterrupt:
        return _failed("interrupted; all processes have been stopped", 130)
    except BrokenPipeError:  # as after `| head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at exit
        return 1
    return 0


def _failed(error: Exception | str, status: int = 2) -> int:
    print(f"error: {error}", file=sys.stderr)
    return status


@dataclass(frozen=True)
class Request:
    """A command line.

    Attributes:
        methods: Names in `METHODS`.
        config: The settings.
        timeout: Seconds for the whole run.
        silence: Seconds without any report of progress.
    """

    methods: tuple[str, ...]
    config: PartitionConfig
    timeout: float
    silence: float


def parse_arguments(arguments: list[str] | None = None) -> Request:
    """Read a command line.

    Args:
        arguments: Without the program's name; None for the process's own.

    Raises:
        SystemExit: If the command line cannot be read or asks for help.
    """
    parser = argparse.ArgumentParser(
        prog="python -m d2l_utils.partition",
        description="One training step, partitioned; prints one JSON line per method.",
        epilog="methods: " + "; ".join(f"{name}: {what}" for name, what in METHODS.items()),
    )
    parser.add_argument("--method", default="split", help="one or several, separated by commas")
    for name, default in asdict(PartitionConfig()).items():
        read = _widths if name == "sizes" else type(default)
        parser.add_argument(f"--{name}", type=read, default=default, help=HELP[name])
    for name, limit in LIMITS.items():
        parser.add_argument(f"--{name}", type=float, default=limit, help=HELP[name])
    values = vars(parser.parse_args(arguments))
    methods = tuple(name.strip() for name in values.pop("method").split(","))
    limits = {name: values.pop(name) for name in LIMITS}
    return Request(methods, PartitionConfig(**values), **limits)


def _widths(text: str) -> tuple[int, ...]:
    return tuple(int(width) for width in text.split(","))


def _as_rank(request: Request) -> None:
    torch.set_num_threads(1)
    with joined(request.config.device, request.timeout) as place:
        for method in request.methods:
            record = run_method(method, request.config, place)
            if place.rank == 0:
                _print(json.dumps(record))


def _print(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
