"""One training step, done in nine ways: alone, with less memory, and over several processes.

Each function below prepares one method on this process and returns a `Job`: a callable for one
forward and backward pass, and what this process holds. The distributed engine is PyTorch's own;
nothing here moves a tensor except `split`, where the point is to see it done.

The penalty s = lambd / 2 * sum ||W||_F^2 needs no communication: its gradient lambd W is added
where W lives (D2L equations 5.3.11 and 5.3.14).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from d2l_utils.partition.config import Config
from d2l_utils.partition.problem import Job, Place, stage_problem, weights_of, whole_problem
from d2l_utils.partition.stages import split_evenly


def single(config: Config, place: Place) -> Job:
    """Everything on one process: what the other methods are compared with."""
    net, (X, y) = whole_problem(config, place)

    def step() -> None:
        F.cross_entropy(net(X), y).backward()

    return Job(step, weights_of(net, range(config.num_layers)), (X, y))


def accumulate(config: Config, place: Place) -> Job:
    """Microbatches one after the other; each loss weighted by its share of the examples."""
    net, (X, y) = whole_problem(config, place)
    m = config.microbatches

    def step() -> None:
        for X_part, y_part in zip(X.chunk(m), y.chunk(m), strict=True):
            loss = F.cross_entropy(net(X_part), y_part) * (len(X_part) / len(X))
            loss.backward()

    return Job(step, weights_of(net, range(config.num_layers)), (X, y))


def checkpoint(config: Config, place: Place) -> Job:
    """Keep only the inputs of a few segments; compute the rest again in the backward pass."""
    from torch.utils.checkpoint import checkpoint as recomputed

    net, (X, y) = whole_problem(config, place)
    segments = split_evenly(config.num_layers, config.num_segments)
    # Two modules per layer: the matrix and its ReLU stay in one segment.
    parts = [net[2 * layers[0] : 2 * layers[-1] + 2] for layers in segments]

    def outputs() -> Tensor:
        h = X
        for part in parts:
            # Nothing here is random: without this each segment stores the generator's state too.
            h = recomputed(part, h, use_reentrant=False, preserve_rng_state=False)
        return h

    def step() -> None:
        F.cross_entropy(outputs(), y).backward()

    return Job(step, weights_of(net, range(config.num_layers)), (X, y))


def split(config: Config, place: Place) -> Job:
    """Consecutive layers per process; activations go forward, their gradients come back."""
    import torch.distributed as dist

    net, data, weights = stage_problem(config, place)
    first, last = place.rank == 0, place.rank == place.nproc - 1
    shape, dtype = (config.batch, config.sizes[min(weights)]), config.torch_dtype
    before, after = place.rank - 1, place.rank + 1

    def step() -> None:
        h = data[0] if first else torch.empty(shape, dtype=dtype, device=place.device)
        if not first:
            dist.recv(h, before)
            h.requires_grad_()
        out = net(h)
        if last:
            F.cross_entropy(out, data[-1]).backward()
        else:
            dist.send(out.detach(), after)
            gradient = torch.empty_like(out)
            dist.recv(gradient, after)
            out.backward(gradient)
        if h.grad is not None:
            dist.send(h.grad, before)

    return Job(step, weights, data)


def gpipe(config: Config, place: Place) -> Job:
    """PyTorch's pipeline: all microbatches forward, then all backward (Huang et al., 2019)."""
    from torch.distributed.pipelining import ScheduleGPipe

    return _pipeline(config, place, ScheduleGPipe)


def one_forward_one_backward(config: Config, place: Place) -> Job:
    """PyTorch's pipeline with the 1F1B order (Narayanan et al., 2019)."""
    from torch.distributed.pipelining import Schedule1F1B

    return _pipeline(config, place, Schedule1F1B)


def ddp(config: Config, place: Place) -> Job:
    """A copy of the network and a share of the batch per process; gradients are averaged."""
    from torch.nn.parallel import DistributedDataParallel

    net, (X, y) = whole_problem(config, place, share=True)
    copies: list[nn.Module] = []

    def step() -> None:
        if not copies:  # made in the first step, so that its buffers are measured too
            copies.append(DistributedDataParallel(net, gradient_as_bucket_view=True))
        F.cross_entropy(copies[0](X), y).backward()

    return Job(step, weights_of(net, range(config.num_layers)), (X, y))


def fsdp(config: Config, place: Place) -> Job:
    """A shard of every weight and a share of the batch per process; weights come when needed."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    net, (X, y) = whole_problem(config, place, share=True)
    mesh = init_device_mesh(place.device.type, (place.nproc,))
    for module in net:
        if isinstance(module, nn.Linear):
            fully_shard(module, mesh=mesh)
    fully_shard(net, mesh=mesh)

    def step() -> None:
        F.cross_entropy(net(X), y).backward()

    return Job(step, weights_of(net, range(config.num_layers)), (X, y))


def tensor(config: Config, place: Place) -> Job:
    """Rows of W1 and columns of W2 per process, and so on in pairs (Shoeybi et al., 2019).

    A last layer without a partner is held by every process.
    """
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor.parallel import (
        ColwiseParallel,
        RowwiseParallel,
        parallelize_module,
    )

    net, (X, y) = whole_problem(config, place)
    mesh = init_device_mesh(place.device.type, (place.nproc,))
    paired = config.num_layers - config.num_layers % 2
    plan: dict[str, Any] = {
        str(2 * layer): RowwiseParallel() if layer % 2 else ColwiseParallel()
        for layer in range(paired)
    }
    parallelize_module(net, mesh, plan)

    def step() -> None:
        F.cross_entropy(net(X), y).backward()

    return Job(step, weights_of(net, range(config.num_layers)), (X, y))


PREPARE: dict[str, Callable[[Config, Place], Job]] = {
    "single": single,
    "accumulate": accumulate,
    "checkpoint": checkpoint,
    "split": split,
    "gpipe": gpipe,
    "1f1b": one_forward_one_backward,
    "ddp": ddp,
    "fsdp": fsdp,
    "tensor": tensor,
}


class _Recorder(nn.Module):
    """A stage that writes down when each microbatch passes, forward and backward."""

    def __init__(self, net: nn.Sequential, order: list[str]) -> None:
        super().__init__()
        self.net, self.order = net, order

    def forward(self, h: Tensor) -> Tensor:
        number = sum(name.startswith("F") for name in self.order)
        self.order.append(f"F{number}")
        out: Tensor = self.net(h)
        out.register_hook(lambda gradient: self.order.append(f"B{number}"))
        return out


def _pipeline(config: Config, place: Place, schedule: Callable[..., Any]) -> Job:
    from torch.distributed.pipelining import PipelineStage

    net, data, weights = stage_problem(config, place)
    first, last = place.rank == 0, place.rank == place.nproc - 1
    order: list[str] = []

    def example(width: int, needs_gradient: bool) -> Tensor:
        shape = (config.batch // config.microbatches, width)
        meta = torch.empty(shape, dtype=config.torch_dtype, device="meta")
        return meta.requires_grad_(needs_gradient)

    stage = PipelineStage(
        _Recorder(net, order),
        place.rank,
        place.nproc,
        place.device,
        input_args=example(config.sizes[min(weights)], not first),
        output_args=example(config.sizes[max(weights) + 1], True),
    )
    pipeline = schedule(stage, n_microbatches=config.microbatches, loss_fn=F.cross_entropy)

    def step() -> None:
        order.clear()
        pipeline.step(*data[:first], **({"target": data[-1]} if last else {}))

    return Job(step, weights, data, order)
