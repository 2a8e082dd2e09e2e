"""Bytes that the processes of a partitioned training step send to each other.

`bytes_sent` is the formula for each method, `sent_by_this_process` the measurement: what the
kernel says that this process has written, which on Linux includes what gloo writes to its sockets.
"""

from __future__ import annotations

from pathlib import Path

from d2l_utils.bounded_arguments import one_of
from d2l_utils.partition_config import ONE_PROCESS, STAGED, PartitionConfig
from d2l_utils.partition_problem import cuts

_COUNTERS = Path("/proc/self/io")


def bytes_sent(method: str, config: PartitionConfig, backend: str = "gloo") -> int:
    """Bytes that all processes together send in one forward and backward pass.

    With p processes, a collective of E elements costs, summed over processes: (p - 1) E for a
    gather or a reduce-scatter, 2 (p - 1) E for an all-reduce, if done in a ring or better (Thakur
    et al., 2005). Headers are not counted.

    Args:
        method: A name in `partition_config.METHODS`.
        config: Network, minibatch and number of processes.
        backend: ``"gloo"`` does a reduce-scatter as an all-reduce, which costs twice as much.

    Returns:
        The number of bytes.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If the method or the backend is unknown, or the settings do not suit the method.
    """
    if not isinstance(config, PartitionConfig):
        raise TypeError(f"config: expected a PartitionConfig, got {config!r}")
    config.check((method,))
    one_of("backend", backend, ("gloo", "nccl"))
    p, n, sizes = config.nproc, config.batch, config.sizes
    if method in ONE_PROCESS:
        elements = 0
    elif method in STAGED:  # each activation once forward, its gradient once back
        elements = 2 * n * sum(cuts(config))
    elif method == "ddp":  # one all-reduce of all gradients
        elements = 2 * (p - 1) * _num_parameters(config, shards=1)
    elif method == "fsdp":  # gather for the forward, gather for the backward, reduce-scatter
        passes = 4 if backend == "gloo" else 3
        elements = passes * (p - 1) * _num_parameters(config, shards=p)
    else:  # per pair one all-reduce of its output; of its input's gradient, where there is one
        starts = range(0, config.num_layers - 1, 2)
        widths = [sizes[a + 2] for a in starts] + [sizes[a] for a in starts if a > 0]
        elements = 2 * (p - 1) * n * sum(widths)
    return elements * config.torch_dtype.itemsize


def sent_by_this_process() -> int | None:
    """Bytes that this process has written so far to files and sockets; None if not known.

    Returns:
        Linux's counter ``wchar``. Take the difference of two calls.
    """
    try:
        text = _COUNTERS.read_text(encoding="ascii")
    except OSError:
        return None
    counters = dict(line.split(": ") for line in text.splitlines())
    return int(counters["wchar"])


def _num_parameters(config: PartitionConfig, shards: int) -> int:
    """Number of weights, each matrix padded so that its rows divide into equal shards."""
    total = 0
    for layer in range(config.num_layers):
        rows = -(-config.sizes[layer + 1] // shards) * shards
        total += rows * config.sizes[layer]
    return total
