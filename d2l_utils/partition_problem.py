"""The network, the data, and what one process of a partitioned step holds of them.

Every process draws its own part from the seed, so nothing has to be sent before the first step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import torch
from torch import Tensor, nn

from d2l_utils.bounded_arguments import integer_from
from d2l_utils.partition_config import PartitionConfig


@dataclass
class Job:
    """One method, prepared on one process.

    Attributes:
        step: Runs one forward and backward pass of L; gradients arrive in ``.grad``.
        weights: Layer -> the weight (or the shard of it) that this process holds.
        data: The tensors that this process needs as input.
        order: Filled by the pipelines: the order in which microbatches went through, such as
            ``["F0", "F1", "B0", "B1"]``.
    """

    step: Callable[[], None]
    weights: dict[int, nn.Parameter]
    data: tuple[Tensor, ...]
    order: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """Where this process stands among the others."""

    rank: int
    nproc: int
    device: torch.device


def make_weight(config: PartitionConfig, layer: int) -> Tensor:
    """Draw the weight of one layer; a process draws only those that it holds.

    Returns:
        W, ``(sizes[layer + 1], sizes[layer])``, on the CPU.

    Raises:
        TypeError: If the layer is not an integer.
        ValueError: If there is no such layer.
    """
    integer_from("layer", layer, 0, config.num_layers - 1)
    generator = torch.Generator().manual_seed(1000 * config.seed + layer + 1)
    fan_in, fan_out = config.sizes[layer : layer + 2]
    W = torch.randn(fan_out, fan_in, generator=generator, dtype=torch.float64)
    return torch.mul(W, fan_in**-0.5).to(config.torch_dtype)


def make_data(config: PartitionConfig) -> tuple[Tensor, Tensor]:
    """Draw the minibatch.

    Returns:
        X, ``(batch, num_inputs)``, and the labels y, ``(batch,)``, on the CPU.
    """
    generator = torch.Generator().manual_seed(1000 * config.seed)
    shape = (config.batch, config.sizes[0])
    X = torch.randn(shape, generator=generator, dtype=torch.float64).to(config.torch_dtype)
    return X, torch.randint(config.sizes[-1], (config.batch,), generator=generator)


def make_network(
    config: PartitionConfig, layers: Sequence[int], device: torch.device | str = "cpu"
) -> nn.Sequential:
    """Build some layers of the network: linear, and a ReLU after every layer but the last.

    Args:
        config: The whole network.
        layers: Indices of the layers to build, consecutive.
        device: Where the weights go.
    """
    modules: list[nn.Module] = []
    for layer in layers:
        fan_in, fan_out = config.sizes[layer : layer + 2]
        linear = nn.Linear(fan_in, fan_out, bias=False, device="meta")
        linear.weight = nn.Parameter(make_weight(config, layer).to(device))
        modules.append(linear)
        if layer < config.num_layers - 1:
            modules.append(nn.ReLU())
    return nn.Sequential(*modules)


def weights_of(net: nn.Module, layers: Sequence[int]) -> dict[int, nn.Parameter]:
    """Name the weights of a network by the indices of its layers."""
    return dict(zip(layers, net.parameters(), strict=True))


def whole_problem(
    config: PartitionConfig, place: Place, share: bool = False
) -> tuple[nn.Sequential, tuple[Tensor, Tensor]]:
    """Draw the whole network, and the whole minibatch or this process's share of it.

    Args:
        config: Network and minibatch.
        place: This process.
        share: Whether to keep only this process's share of the examples.

    Returns:
        The network, X and y, on the process's device.
    """
    X, y = make_data(config)
    if share:
        X, y = (part.chunk(place.nproc)[place.rank].clone() for part in (X, y))
    net = make_network(config, range(config.num_layers), place.device)
    return net, (X.to(place.device), y.to(place.device))


def stage_problem(
    config: PartitionConfig, place: Place
) -> tuple[nn.Sequential, tuple[Tensor, ...], dict[int, nn.Parameter]]:
    """Draw this process's layers, with X on the first and y on the last process.

    Args:
        config: Network and minibatch.
        place: This process.

    Returns:
        The layers, the data that this process needs, and its weights by layer.
    """
    X, y = make_data(config)
    layers = config.stages()[place.rank]
    net = make_network(config, layers, place.device)
    data = (X,) * (place.rank == 0) + (y,) * (place.rank == place.nproc - 1)
    return net, tuple(part.to(place.device) for part in data), weights_of(net, layers)


def cuts(config: PartitionConfig) -> list[int]:
    """Widths of the activations that cross from each stage to the next.

    Args:
        config: Network and number of processes.
    """
    return [config.sizes[right[0]] for _, right in pairwise(config.stages())]


def gpus() -> int:
    """Count the GPUs of this machine that PyTorch can use."""
    return torch.cuda.device_count() if torch.cuda.is_available() else 0


def check_gpus(needed: int) -> None:
    """Raise if this machine has fewer GPUs.

    Args:
        needed: One per process.

    Raises:
        ValueError: If it has.
    """
    if gpus() < needed:
        raise ValueError(f"device: expected {needed} GPUs on this machine, got {gpus()}")
