"""List what autograd keeps for the backward pass, and which of it is stored only once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from d2l_utils.border import checked
from d2l_utils.graphs.kept import GraphFreedError, kept_by, nodes_behind, operation_name, tensors_in
from d2l_utils.graphs.storages import dense_parts, storages

_FREED = (
    "fn: expected a graph that is intact, got one whose saved tensors are gone; "
    "return the loss without calling backward on it"
)


@dataclass(frozen=True)
class SavedTensor:
    """One tensor kept by one operation.

    Attributes:
        operation: The operation's backward node, such as ``"ReluBackward0"``.
        argument: What the tensor is to that operation, such as ``"mat1"`` or ``"result"``.
        name: Name of the tensor whose storage this is, or ``""`` if it was not named.
        shape: Its shape as saved (a transposed weight is saved transposed).
        bytes: Number of elements times bytes per element.
        storage: Number of the storage it lives in, counted from 1; equal numbers share memory.
        storage_bytes: Size of that storage.
    """

    operation: str
    argument: str
    name: str
    shape: tuple[int, ...]
    bytes: int
    storage: int
    storage_bytes: int


@checked
def saved_tensors(
    fn: Callable[[], Any], names: Mapping[str, Tensor] | None = None
) -> list[SavedTensor]:
    """Run a forward pass and list what autograd keeps of it, in the order of the operations.

    Nothing is asked back from autograd, so no checkpoint runs again: it is listed by the inputs
    that it keeps, once for each operation of its segment. What was saved under a hook is listed as
    the hook keeps it, for example the copy that ``save_on_cpu`` made. What a Function written in
    Python keeps as attributes of its ``ctx`` is listed too.

    Args:
        fn: A callable without arguments that returns the loss, or any nested lists, tuples and
            dictionaries of tensors; those that need no gradient are ignored.
        names: Names for tensors one wants to recognise, such as parameters and inputs; whatever
            shares a storage with one of them carries its name.

    Returns:
        One entry per tensor and operation; a tensor that two operations keep appears twice, with
        the same `storage`. A sparse tensor has one entry for each tensor that it is made of, such
        as ``"self.indices"``. Python numbers that an operation keeps are not listed. On the device
        ``"meta"`` bytes are those that would be needed elsewhere.

    Raises:
        TypeError: If `fn` is not callable.
        ValueError: If nothing `fn` returns has a graph, the graph has been used up, a tensor was
            overwritten in place after it had been saved, or its memory cannot be read.
    """
    if not callable(fn):
        raise TypeError(f"fn: expected a callable without arguments, got {type(fn).__name__}")
    outputs = [*tensors_in(fn())]
    roots = [tensor.grad_fn for tensor in outputs if tensor.grad_fn is not None]
    if not roots:
        raise ValueError("fn: expected it to return a tensor with a graph, got none")
    known = {
        storage._cdata: name
        for name, tensor in (names or {}).items()
        for storage in storages(tensor, f"names[{name!r}]")
    }
    numbers: dict[int, int] = {}
    found = []
    for operation, argument, tensor in _parts(roots):
        storage = tensor.untyped_storage()
        found.append(
            SavedTensor(
                operation=operation,
                argument=argument,
                name=known.get(storage._cdata, ""),
                shape=tuple(tensor.shape),
                bytes=tensor.nbytes,
                storage=numbers.setdefault(storage._cdata, len(numbers) + 1),
                storage_bytes=storage.nbytes(),
            )
        )
    return found


def _parts(roots: list[Any]) -> Iterator[tuple[str, str, Tensor]]:
    """Operation, argument and tensor of everything that is kept, in tensors of one storage each."""
    for node in nodes_behind(roots):
        operation = operation_name(node)
        try:
            everything = kept_by(node)
        except GraphFreedError as error:
            raise ValueError(_FREED) from error
        for argument, tensor in everything:
            for part, dense in dense_parts(tensor, f"{argument!r} of {operation}"):
                yield operation, f"{argument}.{part}" if part else argument, dense


@checked
def distinct_bytes(saved: Iterable[SavedTensor], exclude: Collection[str] = ()) -> int:
    """Add up the storages in a list of saved tensors, each once.

    Args:
        saved: What `saved_tensors` returned.
        exclude: Names of tensors that are not counted, such as parameters.

    Returns:
        Bytes.
    """
    return sum({s.storage: s.storage_bytes for s in saved if s.name not in exclude}.values())
