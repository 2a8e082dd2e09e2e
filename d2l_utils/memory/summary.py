"""A layer-by-layer summary of a model, by the tool that can serve it.

`torchsummary` prints the table D2L readers know, but it knows nothing but layers that are called
with one tensor of float32 and return one; it draws random numbers and moves the statistics of
batch normalization. Here it works on a copy, and its number of parameters must equal the model's
own; where it cannot serve, `torchinfo` does, and where that cannot follow a call, it lists the
layers without calling the model.
"""

from __future__ import annotations

import copy
import functools
import io
import re
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from d2l_utils.border import checked
from d2l_utils.checks.arguments import layer_sizes, positive_int
from d2l_utils.memory.meter import packed_module

_DOUBLE = "The rows add up to {:,}; the totals count every parameter once."
_NOT_CALLED = "Shapes are not shown: torchinfo cannot follow the call of this model."
_PACKED = "Weights that quantized modules have packed are no parameters and are not counted."


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


@dataclass(frozen=True)
class _Call:
    """How the model is called."""

    args: tuple[Any, ...]
    keywords: dict[str, Any]
    size: tuple[int, ...] | None  # of the one float32 tensor that it is called with
    words: str


@checked
def summarize(
    model: nn.Module,
    input_size: Sequence[int] | Sequence[Sequence[int]] | None = None,
    batch_size: int = 1,
    *,
    input_data: object | None = None,
    keywords: Mapping[str, Any] | None = None,
) -> Summary:
    """Summarize a model without touching it, its mode or the random state.

    The sizes in the tables are theirs: torchsummary's are MiB called MB, for `batch_size` examples,
    and leave out gradients, optimizer state and what autograd keeps; see the page on exercise 3.

    Args:
        model: Any model; a compiled one is summarized as it was before.
        input_size: Shape of one example, without the batch, or a list of such shapes if the model
            takes several tensors of float32.
        batch_size: Examples in the batch that the table is for.
        input_data: In place of `input_size`, what the model is called with: a tensor of any type,
            a list or tuple of arguments, or a dictionary of arguments by name. A model that takes
            one list or dictionary is given ``[the_list]``.
        keywords: Further arguments by name.

    Returns:
        The table of torchsummary if it can serve, else that of torchinfo.

    Raises:
        TypeError: If `model` is not a module or a size is not an integer.
        ValueError: If a size is less than 1, both or none of `input_size` and `input_data` are
            given, the model does not accept such an input, or it cannot be copied.
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model: expected a torch.nn.Module, got {type(model).__name__}")
    positive_int("batch_size", batch_size)
    call = _call(input_size, batch_size, input_data, dict(keywords or {}))
    devices = [*range(torch.cuda.device_count())] if torch.cuda.is_initialized() else []
    with torch.random.fork_rng(devices=devices), torch.compiler.set_stance("force_eager"):
        probe = _copied(getattr(model, "_orig_mod", model))
        if input_data is None and not all(p.dtype is torch.float32 for p in probe.parameters()):
            probe = probe.float()
        call = _on_device(call, probe)
        _try(probe.eval(), call)
        return _torchsummary(probe, call, batch_size) or _torchinfo(probe, call)


def _call(input_size: Any, batch_size: int, input_data: Any, keywords: dict[str, Any]) -> _Call:
    if (input_size is None) == (input_data is None):
        given = "both" if input_data is not None else "none"
        raise ValueError(f"input_size: expected it or input_data, got {given} of them")
    if input_data is not None:
        words = "input_data"
        if isinstance(input_data, Mapping):
            return _Call((), {**input_data, **keywords}, None, words)
        several = isinstance(input_data, list | tuple)
        return _Call(tuple(input_data) if several else (input_data,), keywords, None, words)
    if isinstance(input_size, list | tuple) and input_size and not isinstance(input_size[0], int):
        sizes = [layer_sizes(f"input_size[{i}]", size) for i, size in enumerate(input_size)]
    else:
        sizes = [layer_sizes("input_size", input_size)]
    if not all(sizes):
        raise ValueError("input_size: expected the shape of one example, got an empty one")
    tensors = tuple(torch.zeros(batch_size, *size) for size in sizes)
    single = sizes[0] if len(sizes) == 1 and not keywords else None
    return _Call(tensors, keywords, single, f"input_size {input_size}")


def _copied(model: nn.Module) -> nn.Module:
    """Copy a model as it was before it was compiled.

    Older kinds of normalization keep computed tensors as attributes, which need help.
    """
    computed = {
        id(value): value.detach().clone()
        for module in model.modules()
        for value in vars(module).values()
        if isinstance(value, Tensor) and not value.is_leaf
    }
    try:
        copied: nn.Module = copy.deepcopy(model, computed)
    except Exception as error:
        raise ValueError(
            f"model: expected one that can be copied, got {type(model).__name__} with "
            f"{_first_line(error)}"
        ) from error
    for module in copied.modules():
        for name, child in module.named_children():
            module._modules[name] = getattr(child, "_orig_mod", child)
    return copied


def _on_device(call: _Call, model: nn.Module) -> _Call:
    """Make the tensors of a size where the model is."""
    if call.words == "input_data":
        return call
    device = next((p.device for p in model.parameters()), torch.device("cpu"))
    return _Call(tuple(x.to(device) for x in call.args), call.keywords, call.size, call.words)


def _try(model: nn.Module, call: _Call) -> None:
    """Call the copy once, which also sizes its lazy layers."""
    try:
        with torch.no_grad():
            model(*_fresh(call.args), **_fresh(call.keywords))
    except Exception as error:
        name, _, value = call.words.partition(" ")
        got = (
            f"got {value}; inputs that are no float32 are given as input_data"
            if value
            else "got another input"
        )
        raise ValueError(
            f"{name}: expected what the model accepts, {got} (forward says {_first_line(error)})"
        ) from error


def _fresh(value: Any) -> Any:
    """A copy of a call's tensors, since a model may change what it is given."""
    from torch.utils._pytree import tree_map

    return tree_map(lambda x: x.detach().clone() if isinstance(x, Tensor) else x, value)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__


def _num_parameters(model: nn.Module) -> int:
    return sum(param.numel() for param in model.parameters())


def _torchsummary(model: nn.Module, call: _Call, batch_size: int) -> Summary | None:
    """The table of torchsummary, or None if it fails or does not count right."""
    from torchsummary import summary

    if call.size is None:
        return None
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            summary(copy.deepcopy(model), call.size, batch_size=batch_size, device="cpu")
    except Exception:  # it was written for layers from tensor to tensor
        return None
    text, expected = printed.getvalue().strip("\n"), _num_parameters(model)
    total = re.search(r"^Total params: ([\d,]+)$", text, re.MULTILINE)
    if total is None or int(total.group(1).replace(",", "")) != expected:
        return None
    return Summary(text, expected, "torchsummary")


def _torchinfo(model: nn.Module, call: _Call) -> Summary:
    from torchinfo import summary

    expected, notes = _num_parameters(model), []
    try:
        statistics = summary(model, **_torchinfo_input(model, call), verbose=0)
    except Exception:  # what a layer is called with, or returns, may be anything
        notes.append(_NOT_CALLED)
        try:
            statistics = summary(model, verbose=0)
        except Exception as error:
            raise ValueError(
                "model: expected one that torchsummary or torchinfo can list, got "
                f"{type(model).__name__} ({_first_line(error)})"
            ) from error
    if statistics.total_params != expected:
        notes.append(_DOUBLE.format(statistics.total_params))
        statistics.total_params = expected
        statistics.trainable_params = sum(p.numel() for p in model.parameters() if p.requires_grad)
        statistics.total_param_bytes = sum(p.nbytes for p in model.parameters())
    if packed_module(model) is not None:
        notes.append(_PACKED)
    return Summary("\n".join([str(statistics).strip("\n"), *notes]), expected, "torchinfo")


def _torchinfo_input(model: nn.Module, call: _Call) -> dict[str, Any]:
    """How torchinfo is told to call the model; its own arguments have names that a model's may."""
    args, keywords = _fresh(call.args), _fresh(call.keywords)
    shown = {} if args else {k: v for k, v in keywords.items() if isinstance(v, Tensor)}
    rest = {name: value for name, value in keywords.items() if name not in shown}
    if rest:
        model.forward = functools.partial(model.forward, **rest)  # of our copy
    return {"input_data": shown or list(args)}
