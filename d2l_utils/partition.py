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
from dataclasses import asdict, replace

import torch

from d2l_utils.launch import follow_launcher
from d2l_utils.partition_config import METHODS, PartitionConfig
from d2l_utils.partition_worker import joined, run_method
from d2l_utils.rank_errors import RankError

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
}


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line, alone, under torchrun, or started by `run_partition`.

    Args:
        arguments: Without the program's name; None for the process's own.

    Returns:
        0, or 2 if the settings are wrong or a process failed.

    Raises:
        RankError: In a process that torchrun started, if it failed: torchrun reports it.
    """
    follow_launcher()
    methods, config, timeout = parse_arguments(arguments)
    try:
        if "RANK" in os.environ:
            _as_rank(methods, config, timeout)
        else:
            from d2l_utils.partition_results import stream_partition

            stream_partition(methods, config, timeout, on_line=_print)
    except (ValueError, RankError) as error:
        if "RANK" in os.environ and not isinstance(error, ValueError):
            raise
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def parse_arguments(
    arguments: list[str] | None = None,
) -> tuple[tuple[str, ...], PartitionConfig, float]:
    """Read a command line.

    Args:
        arguments: Without the program's name; None for the process's own.

    Returns:
        The methods, the settings, and the timeout in seconds.

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
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds for the whole run")
    values = vars(parser.parse_args(arguments))
    methods = tuple(name.strip() for name in values.pop("method").split(","))
    timeout = values.pop("timeout")
    return methods, PartitionConfig(**values), timeout


def _widths(text: str) -> tuple[int, ...]:
    return tuple(int(width) for width in text.split(","))


def _as_rank(methods: tuple[str, ...], config: PartitionConfig, timeout: float) -> None:
    config = replace(config, nproc=int(os.environ["WORLD_SIZE"]))
    config.check(methods)
    torch.set_num_threads(1)
    with joined(config.device, timeout) as place:
        for method in methods:
            record = run_method(method, config, place)
            if place.rank == 0:
                _print(json.dumps(record))


def _print(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
