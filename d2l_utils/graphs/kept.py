"""What the operations of an autograd graph keep, read without asking for it back.

Asking an operation for a tensor that it has saved (``grad_fn._saved_self``) calls the hook that was
installed when it was saved: a checkpoint then computes its segment again, and tensors that were
moved away come back. Here the objects that the operations hold are looked at instead
(``grad_fn._raw_saved_self``), so nothing is computed and nothing is moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import BackwardCFunction

_RAW = "_raw_saved_"
_TRANSPARENT = (str, bytes, int, float, complex, bool, type(None), torch.device, torch.dtype)


_NARROWER = {
    torch.float64: torch.float32,
    torch.int64: torch.int32,
    torch.complex128: torch.complex64,
}


class GraphFreedError(ValueError):
    """The graph's saved tensors are gone, because a backward pass has used them."""


class Kept(NamedTuple):
    """A tensor that an operation keeps for its backward pass.

    Attributes:
        argument: What it is to the operation, such as ``"mat1"`` or ``"saved_tensors[0]"``.
        tensor: The tensor.
    """

    argument: str
    tensor: Tensor


def operation_name(node: Any) -> str:
    """Name an operation's backward node, such as ``"ReluBackward0"``, without its namespace."""
    return str(node.name().rsplit("::", 1)[-1])


def kept_by(node: Any) -> list[Kept]:
    """List the tensors that one operation keeps, in the order of the arguments' names.

    What was saved under a hook is listed as it is kept: the copy of a tensor that was moved, and
    for a checkpoint, once per operation, the inputs of its segment. Numbers are not listed.

    Args:
        node: A ``grad_fn``.

    Returns:
        The tensors; they are detached from nothing and must not be changed.

    Raises:
        GraphFreedError: If a backward pass has freed them.
        ValueError: If one of them was overwritten in place after it had been saved.
    """
    found: list[Kept] = []
    for argument, raw, value in _saved(node):
        if raw.unpack_hook is None:
            if isinstance(value, Tensor) and not _is_number(value):
                found.append(Kept(argument, value))
        else:
            found += [Kept(argument, tensor) for tensor in tensors_in(raw.data)]
            found += _inputs_of_checkpoint(node, raw.unpack_hook)
    if isinstance(node, BackwardCFunction):
        found += _attributes(node)
    return found


def tensors_in(value: object) -> Iterator[Tensor]:
    """Find the tensors in what a hook keeps: in containers and in attributes of plain objects.

    Args:
        value: Anything; what is no tensor, container or plain object has none.

    Yields:
        Each tensor, as often as it is met.
    """
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Tensor):
            yield here
        elif id(here) in seen or isinstance(here, (*_TRANSPARENT, type, torch.nn.Module)):
            continue
        else:
            seen.add(id(here))
            waiting += reversed(_inside(here))


def nodes_behind(roots: Iterable[Any]) -> list[Any]:
    """Return all operations of a graph in the order in which the forward pass ran them.

    Args:
        roots: ``grad_fn`` of each result.
    """
    seen: set[Any] = set()
    waiting = [*roots]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += [parent for parent, _ in node.next_functions if parent is not None]
    return sorted(seen, key=lambda node: int(node._sequence_nr()))


def _inside(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    return list(vars(value).values()) if hasattr(value, "__dict__") and not callable(value) else []


def _saved(node: Any) -> Iterator[tuple[str, Any, Any]]:
    """Each argument's name, the object that holds its tensor, and the tensor if no hook does."""
    for attribute in sorted(name for name in dir(node) if name.startswith(_RAW)):
        plain = "saved_tensors" if isinstance(node, BackwardCFunction) else attribute[4:]
        argument = plain.removeprefix("_saved_")
        try:
            raw = getattr(node, attribute)
            raws = raw if isinstance(raw, tuple) else (raw,)
            if any(each.unpack_hook is not None for each in raws):
                values = tuple(each.data for each in raws)
            else:  # no hook would be called, and this finds out whether it still is what it was
                value = getattr(node, plain)
                values = value if isinstance(raw, tuple) else (value,)
        except RuntimeError as error:
            raise _explained(node, argument, error) from error
        names = [f"{argument}[{i}]" for i in range(len(raws))]
        yield from zip(names if isinstance(raw, tuple) else [argument], raws, values, strict=True)


def _explained(node: Any, argument: str, error: RuntimeError) -> Exception:
    if "modified by an inplace operation" in str(error):
        return ValueError(
            f"graph: expected saved tensors as they were saved, got {argument!r} of "
            f"{operation_name(node)} overwritten in place afterwards, so that no backward pass is "
            "possible; replace the operation that overwrites it, such as ReLU(inplace=True), by "
            "one that makes a new tensor"
        )
    if "backward through the graph a second time" in str(error):
        return GraphFreedError("graph: expected one that is intact, got one that is used up")
    return error


def _is_number(value: Tensor) -> bool:
    """Whether it is a Python number that autograd keeps as a tensor, as in ``0.5 * x``.

    PyTorch marks such tensors; the mark shows in that they do not decide the type of a result.
    """
    if value.dim() or value.dtype not in _NARROWER:
        return False
    other = torch.empty((), dtype=_NARROWER[value.dtype], device=value.device)
    return torch.result_type(value, other) == other.dtype


def _inputs_of_checkpoint(node: Any, unpack_hook: Any) -> list[Kept]:
    """The inputs that a checkpoint keeps so that it can compute its segment again."""
    from torch.utils.checkpoint import _CheckpointFrame

    found = []
    for cell in getattr(unpack_hook, "__closure__", None) or ():
        frame = cell.cell_contents
        if isinstance(frame, _CheckpointFrame):
            for index, saved in enumerate(frame.saved_args):
                for each in _saved_argument(node, saved):
                    found.append(Kept(f"checkpoint's inputs[{index}]", each))
    return found


def _saved_argument(node: Any, saved: Any) -> list[Tensor]:
    if type(saved) is not torch._C._autograd.SavedTensor:
        return list(tensors_in(saved))
    holder: Any = saved
    if holder.unpack_hook is not None:  # a checkpoint around this one
        return list(tensors_in(holder.data))
    try:
        return list(tensors_in(holder.unpack()))
    except RuntimeError as error:
        raise _explained(node, "checkpoint's inputs", error) from error


def _attributes(node: Any) -> list[Kept]:
    """Tensors that an operation written in Python, or a compiled one, keeps beside the saved."""
    return [
        Kept(name, tensor) for name, value in vars(node).items() for tensor in tensors_in(value)
    ]
