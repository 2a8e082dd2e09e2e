"""Checkpointing: less memory for more arithmetic, measured for any number of segments.

The forward pass keeps only the inputs of a few segments of the chain; the backward pass computes
the inside of a segment again when it gets there (Chen et al., 2016). `measure_segments` runs one
step of a deep network in this way and returns its peak and its FLOPs.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from d2l_utils.arguments import positive_int
from d2l_utils.bounded_arguments import integer_from
from d2l_utils.counting import flops
from d2l_utils.memory_meter import measure_memory
from d2l_utils.stages import split_evenly


@dataclass(frozen=True)
class CheckpointCost:
    """What one step costs.

    Attributes:
        segments: Number of checkpointed segments; 0 means that nothing is checkpointed.
        peak: Most bytes alive at once, parameters and data included.
        flops: FLOPs of all matrix products, forward, again, and backward.
    """

    segments: int
    peak: int
    flops: int


def measure_segments(
    segments: int, depth: int, width: int, batch: int, dtype: torch.dtype = torch.float32
) -> CheckpointCost:
    """Run one forward and backward pass of a deep chain and count memory and arithmetic.

    The chain is `depth` times a square matrix followed by ReLU; the objective is the sum of its
    outputs, so that the chain is all there is.

    Args:
        segments: Number of segments, 0 for none.
        depth: Number of layers.
        width: Width of every layer.
        batch: Number of examples.
        dtype: Floating-point type.

    Returns:
        The cost.

    Raises:
        TypeError: If a size is not an integer or the dtype no floating-point type.
        ValueError: If a size is not positive or there are more segments than layers.
    """
    for name, value in (("depth", depth), ("width", width), ("batch", batch)):
        positive_int(name, value)
    integer_from("segments", segments, 0, depth, "the layers")
    if not (isinstance(dtype, torch.dtype) and dtype.is_floating_point):
        raise TypeError(f"dtype: expected a floating-point type of torch, got {dtype!r}")
    generator = torch.Generator().manual_seed(0)
    X = torch.randn(batch, width, generator=generator).to(dtype)
    net = nn.Sequential(*(_layer(width, dtype, generator) for _ in range(depth)))
    ends = split_evenly(depth, segments) if segments else ()
    parts = [net[layers[0] : layers[-1] + 1] for layers in ends]

    def step() -> None:
        from torch.utils.checkpoint import checkpoint

        net.zero_grad()
        h = X if parts else net(X)
        for part in parts:
            # Nothing here is random: without this each segment stores the generator's state too.
            h = checkpoint(part, h, use_reentrant=False, preserve_rng_state=False)
        h.sum().backward()

    count = flops(step)
    return CheckpointCost(segments, measure_memory(step, model=net, data=X).peak, count)


def _layer(width: int, dtype: torch.dtype, generator: torch.Generator) -> nn.Sequential:
    linear = nn.Linear(width, width, bias=False, device="meta")
    W = torch.randn(width, width, generator=generator) / width**0.5
    linear.weight = nn.Parameter(W.to(dtype))
    return nn.Sequential(linear, nn.ReLU())
