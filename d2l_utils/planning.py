"""Lay out a model that fits nowhere: stages and bytes per device, without allocating anything.

A module built on the device ``"meta"`` has shapes and no memory. `plan_stages` cuts a chain of
such modules into stages and says how many bytes each device needs.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from d2l_utils.arguments import positive_int
from d2l_utils.stages import split_balanced

BYTES_PER_PARAMETER = {"weights, bfloat16": 2, "training, float32 and Adam": 16}
"""Resident bytes per parameter: 2 for a prediction in bfloat16; 4 + 4 + 8 for float32 training with
weight, gradient and Adam's two moments."""


@dataclass(frozen=True)
class StagePlan:
    """What one device gets.

    Attributes:
        device: Index of the device.
        units: Names of the first and the last unit of its stage.
        num_units: Number of units.
        parameters: Number of parameters.
        resident: Bytes of everything that stays: `bytes_per_parameter` for each parameter.
    """

    device: int
    units: tuple[str, str]
    num_units: int
    parameters: int
    resident: int


def transformer_on_meta(
    num_blocks: int, width: int, num_heads: int, vocabulary: int
) -> nn.Sequential:
    """Build a transformer that occupies no memory: embedding, equal blocks, output layer.

    Args:
        num_blocks: Number of blocks.
        width: Width of the residual stream; the inner layers are 4 times as wide.
        num_heads: Attention heads per block.
        vocabulary: Number of tokens.

    Returns:
        A chain of named units on the device ``"meta"``.

    Raises:
        TypeError: If a number is not an integer.
        ValueError: If a number is not positive or the heads do not divide the width.
    """
    sizes = {"num_blocks": num_blocks, "num_heads": num_heads, "vocabulary": vocabulary}
    for name, value in {**sizes, "width": width}.items():
        positive_int(name, value)
    if width % num_heads:
        raise ValueError(f"num_heads: expected a divisor of the width {width}, got {num_heads}")
    with torch.device("meta"):
        model = nn.Sequential()
        model.add_module("embedding", nn.Embedding(vocabulary, width))
        for number in range(num_blocks):
            block = nn.TransformerEncoderLayer(width, num_heads, 4 * width, batch_first=True)
            model.add_module(f"block {number}", block)
        model.add_module("output", nn.Linear(width, vocabulary, bias=False))
    return model


def plan_stages(
    model: nn.Sequential, num_stages: int, bytes_per_parameter: int
) -> tuple[StagePlan, ...]:
    """Cut a chain so that the device with the most to hold holds as little as possible.

    Args:
        model: A chain of units; each stays whole.
        num_stages: Number of devices.
        bytes_per_parameter: Resident bytes for each parameter.

    Returns:
        One plan per device.

    Raises:
        TypeError: If the model is not a chain or a number not an integer.
        ValueError: If there are more devices than units, or a number is not positive.
    """
    if not isinstance(model, nn.Sequential):
        raise TypeError(f"model: expected an nn.Sequential, got {type(model).__name__}")
    positive_int("bytes_per_parameter", bytes_per_parameter)
    names = [name for name, _ in model.named_children()]
    counts = [sum(p.numel() for p in unit.parameters()) for unit in model]
    plans = []
    for device, stage in enumerate(split_balanced(counts, num_stages)):
        parameters = sum(counts[unit] for unit in stage)
        ends = names[stage[0]], names[stage[-1]]
        resident = bytes_per_parameter * parameters
        plans.append(StagePlan(device, ends, len(stage), parameters, resident))
    return tuple(plans)
