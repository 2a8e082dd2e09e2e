"""What one process of a partitioned run does: take a step, count, compare, report.

A record is measured in three parts, so that none disturbs another: memory, then bytes sent, then
gradients. Gradients are compared twice: with autograd of J itself, up to rounding, and bit by bit
with the same step in this process alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from d2l_utils.checks import relative_error
from d2l_utils.memory_meter import measure_memory
from d2l_utils.partition_config import ONE_PROCESS, PartitionConfig
from d2l_utils.partition_methods import PREPARE
from d2l_utils.partition_problem import Job, Place, check_gpus, gpus, make_data, make_network
from d2l_utils.rank_guard import RENDEZVOUS
from d2l_utils.rank_reports import DONE, VARIABLES, Standing, report, standing
from d2l_utils.traffic import bytes_sent, sent_by_this_process

if TYPE_CHECKING:
    from torch._C._distributed_c10d import Store

_REPEATS = 5
"""The least of several peaks is reported: the thread that communicates sometimes lets go of a
buffer a moment late, which is no need of the method."""


@contextmanager
def joined(device: str, timeout: float) -> Iterator[Place]:
    """Meet the other processes, as torchrun's or `run_ranks`' variables say; leave them at the end.

    Args:
        device: ``"cpu"``, ``"cuda"`` or ``"auto"``.
        timeout: Seconds after which waiting for another process is an error.
    """
    import torch.distributed as dist

    here = standing()
    if here is None:
        raise ValueError(f"environment: expected {', '.join(VARIABLES)}, got none of them")
    place = Place(here.rank, here.nproc, _device(device, here))
    if place.device.type == "cuda":
        torch.cuda.set_device(place.device)
    dist.init_process_group(
        "nccl" if place.device.type == "cuda" else "gloo",
        store=_store(here.nproc, timedelta(seconds=timeout)),
        rank=here.rank,
        world_size=here.nproc,
        timeout=timedelta(seconds=timeout),
    )
    report("met")  # from here on the launcher expects to hear of progress
    try:
        yield place
    finally:
        if sys.exc_info()[0] is None:  # after an error, closing could wait for the others
            dist.destroy_process_group()
            report(DONE)


def _store(nproc: int, timeout: timedelta) -> Store | None:
    """Where `run_ranks` has the processes meet; None where torchrun's variables say it.

    Not by a ``file://`` address, in which characters such as ``?`` have a meaning.
    """
    import torch.distributed as dist

    path = os.environ.get(RENDEZVOUS)
    if path is None:
        return None
    store: Store = dist.FileStore(path, nproc)  # type: ignore[attr-defined] # not in its __all__
    store.set_timeout(timeout)
    return store


def _device(name: str, here: Standing) -> torch.device:
    available = gpus()
    if name == "cpu" or (name == "auto" and available < here.local_nproc):
        return torch.device("cpu")
    check_gpus(here.local_nproc)
    return torch.device("cuda", here.local_rank)


def run_method(method: str, config: PartitionConfig, place: Place) -> dict[str, Any]:
    """Run one method and gather what every process found.

    Args:
        method: A name in `PREPARE`.
        config: Network and minibatch, with `nproc` equal to the number of processes.
        place: This process.

    Returns:
        The record, the same on every process; `partition_results.PartitionResult` describes it.
    """
    import torch.distributed as dist

    alone = method in ONE_PROCESS
    own = _own_record(method, config, place) if not alone or place.rank == 0 else None
    gathered: list[dict[str, Any] | None] = [None] * place.nproc
    dist.all_gather_object(gathered, own)
    parts = [part for part in gathered if part is not None]
    sent = [part["sent_bytes"] for part in parts]
    backend = dist.get_backend()
    return {
        "method": method,
        "nproc": len(parts),
        "device": place.device.type,
        "layers": [part["layers"] for part in parts],
        "parameter_bytes": [part["parameter_bytes"] for part in parts],
        "peak_bytes": [part["peak_bytes"] for part in parts],
        "sent_bytes": bytes_sent(method, config, backend),
        "sent_bytes_measured": None if None in sent or backend != "gloo" else sum(sent),
        "max_difference": max(part["difference"] for part in parts),
        "bit_equal": all(part["bit_equal"] for part in parts),
        "gradient_norms": _merged([part["norms"] for part in parts]),
        "order": [part["order"] for part in parts],
    }


def _own_record(method: str, config: PartitionConfig, place: Place) -> dict[str, Any]:
    peaks = []
    for number in range(_REPEATS):
        job = PREPARE[method](config, place)
        peaks.append(_peak(job, config, place))
        report(f"{method}: peak {number + 1} of {_REPEATS}")
    parameter_bytes = sum(_local(W).untyped_storage().nbytes() for W in job.weights.values())
    sent = _sent(job, config, method in ONE_PROCESS)
    report(f"{method}: bytes sent")
    gradients = {layer: _whole(W.grad) for layer, W in job.weights.items()}
    expected = {layer: g.to(place.device) for layer, g in reference_gradients(config).items()}
    alone = _same_step_alone(config, place)
    report(f"{method}: gradients")
    return {
        "layers": sorted(job.weights),
        "parameter_bytes": parameter_bytes,
        "peak_bytes": min(peaks),
        "sent_bytes": sent,
        "difference": max(relative_error(g, expected[layer]) for layer, g in gradients.items()),
        "bit_equal": all(torch.equal(g, alone[layer]) for layer, g in gradients.items()),
        "norms": {layer: float(g.double().norm()) for layer, g in gradients.items()},
        "order": list(job.order),
    }


def _peak(job: Job, config: PartitionConfig, place: Place) -> int:
    """Most bytes alive at once on this process: data, weights, gradients, activations, buffers.

    From the first use of the method on, because some make their buffers then, for two steps.
    """

    def two_steps() -> None:
        for _ in range(2):
            one_step(job, config)

    if place.device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(place.device)
        two_steps()
        return torch.cuda.max_memory_allocated(place.device)
    resident = [*job.data, *(_local(W) for W in job.weights.values())]
    return measure_memory(two_steps, data=resident).peak


def _sent(job: Job, config: PartitionConfig, alone: bool) -> int | None:
    import torch.distributed as dist

    if not alone:
        dist.barrier()
    before = sent_by_this_process()
    one_step(job, config)
    after = sent_by_this_process()
    if before is None or after is None:
        return None
    return after - before


def one_step(job: Job, config: PartitionConfig) -> None:
    """Compute the gradients of J = L + s that this process is in charge of.

    Args:
        job: The prepared method; its old gradients are dropped first.
        config: For the weight of the penalty.
    """
    for W in job.weights.values():
        W.grad = None
    job.step()
    with torch.no_grad():
        for W in job.weights.values():
            if W.grad is None:
                raise RuntimeError("expected a gradient for every weight, got none for one")
            W.grad.add_(W, alpha=config.lambd)  # ds/dW = lambd W


def reference_gradients(config: PartitionConfig) -> dict[int, Tensor]:
    """Compute dJ/dW of every layer in this process alone, by autograd of J itself.

    Returns:
        Layer -> gradient, ``(sizes[layer + 1], sizes[layer])``, on the CPU.
    """
    X, y = make_data(config)
    net = make_network(config, range(config.num_layers))
    weights = list(net.parameters())
    L = F.cross_entropy(net(X), y)
    squares = [W.square().sum() for W in weights]
    s = config.lambd / 2 * torch.stack(squares).sum()
    return dict(enumerate(torch.autograd.grad(L + s, weights)))


def _same_step_alone(config: PartitionConfig, place: Place) -> dict[int, Tensor]:
    """The gradients of method ``"single"`` on this process's device, to be compared bit by bit."""
    job = PREPARE["single"](config, place)
    one_step(job, config)
    return {layer: _whole(W.grad) for layer, W in job.weights.items()}


def _local(tensor: Tensor | nn.Parameter) -> Tensor:
    """The part of a tensor that this process holds."""
    from torch.distributed.tensor import DTensor

    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def _whole(tensor: Tensor | None) -> Tensor:
    """The tensor put together from the parts of all processes."""
    from torch.distributed.tensor import DTensor

    assert tensor is not None  # one_step has made sure
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def _merged(norms: list[dict[int, float]]) -> list[float]:
    merged = {layer: norm for part in norms for layer, norm in part.items()}
    return [merged[layer] for layer in sorted(merged)]
