"""A layer-by-layer summary of a model, by the tool that can serve it.

`torchsummary` prints the table D2L readers know, but fails on a model of raw parameters, counts a
shared layer twice, draws random numbers and moves the statistics of batch normalization. Here it
works on a copy, and its number of parameters must equal the model's own; where it cannot serve,
`torchinfo` does.
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass

import torch
from torch import nn

from d2l_utils.border import checked
from d2l_utils.checks.arguments import layer_sizes, positive_int


@dataclass(frozen=True)
class Summary:
    """A printed table with the figures that were checked.

    Attributes:
        text: The table.
        num_parameters: Number of parameters, each counted once.
        tool: ``"torchsummary"`` or ``"torchinfo"``.
    """

    text: str
    num_parameters: int
    tool: str

    def __repr__(self) -> str:
        return self.text


@checked
def summarize(model: nn.Module, input_size: Sequence[int], batch_size: int = 1) -> Summary:
    """Summarize a model without touching it, its mode or the random state.

    The sizes in the tables are theirs: torchsummary's are MiB called MB, for `batch_size` examples,
    and leave out gradients, optimizer state and what autograd keeps; see the page on exercise 3.

    Args:
        model: Any model on the CPU.
        input_size: Shape of one example, without the batch.
        batch_size: Examples in the batch that the table is for.

    Returns:
        The table of torchsummary if it can serve, else that of torchinfo.

    Raises:
        TypeError: If `model` is not a module or a size is not an integer.
        ValueError: If a size is less than 1, or the model does not accept such an input.
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model: expected a torch.nn.Module, got {type(model).__name__}")
    size = layer_sizes("input_size", input_size)
    if not size:
        raise ValueError("input_size: expected the shape of one example, got an empty one")
    positive_int("batch_size", batch_size)
    with torch.random.fork_rng(devices=[]):
        probe = _probe(model, size, batch_size)
        expected = sum(param.numel() for param in probe.parameters())
        if _torchsummary_serves(probe):
            text = _torchsummary(copy.deepcopy(probe), size, batch_size)
            if _total(text) == expected:
                return Summary(text, expected, "torchsummary")
        text = _torchinfo(probe, size, batch_size)
    if _total(text) != expected:
        raise RuntimeError(f"expected {expected} parameters in the summary, got {_total(text)}")
    return Summary(text, expected, "torchinfo")


def _probe(model: nn.Module, size: tuple[int, ...], batch_size: int) -> nn.Module:
    """Copy the model in float32 and send one batch through, which also sizes its lazy layers."""
    probe = copy.deepcopy(model).float().eval()
    try:
        with torch.no_grad():
            probe(torch.zeros(batch_size, *size))
    except (RuntimeError, ValueError) as error:
        raise ValueError(f"input_size: expected what the model accepts, got {size}") from error
    return probe


def _torchsummary_serves(model: nn.Module) -> bool:
    """Say whether every parameter is the weight or bias of a layer below the model."""
    layers = [layer for layer in model.modules() if layer is not model]
    counted = {
        id(param)
        for layer in layers
        if not isinstance(layer, nn.Sequential | nn.ModuleList | nn.ParameterList)
        for name, param in layer.named_parameters(recurse=False)
        if name in ("weight", "bias")
    }
    return bool(layers) and all(id(param) in counted for param in model.parameters())


def _torchsummary(model: nn.Module, size: tuple[int, ...], batch_size: int) -> str:
    from torchsummary import summary

    printed = io.StringIO()
    with redirect_stdout(printed):
        summary(model, size, batch_size=batch_size, device="cpu")
    return printed.getvalue().strip("\n")


def _torchinfo(model: nn.Module, size: tuple[int, ...], batch_size: int) -> str:
    from torchinfo import summary

    statistics = summary(model, input_size=(batch_size, *size), device="cpu", verbose=0)
    return str(statistics).strip("\n")


def _total(text: str) -> int:
    match = re.search(r"^Total params: ([\d,]+)$", text, re.MULTILINE)
    if match is None:
        raise RuntimeError("expected a line 'Total params: ...' in the summary, got none")
    return int(match.group(1).replace(",", ""))
