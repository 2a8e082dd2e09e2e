"""List what autograd keeps for the backward pass, and which of it is stored only once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.autograd.function import BackwardCFunction
from torch.autograd.graph import Node
from torch.multiprocessing.reductions import StorageWeakRef

from d2l_utils.border import checked

_PREFIX = "_saved_"
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

    Args:
        fn: A callable without arguments that returns the loss, or any nested lists, tuples and
            dictionaries of tensors; those that need no gradient are ignored.
        names: Names for tensors one wants to recognise, such as parameters and inputs; whatever
            shares a storage with one of them carries its name.

    Returns:
        One entry per tensor and operation; a tensor that two operations keep appears twice, with
        the same `storage`. Python numbers that an operation keeps are not listed.

    Raises:
        TypeError: If `fn` is not callable.
        ValueError: If nothing `fn` returns has a graph, or the graph has been used up.
    """
    if not callable(fn):
        raise TypeError(f"fn: expected a callable without arguments, got {type(fn).__name__}")
    outputs = [*_tensors(fn())]
    roots = [tensor.grad_fn for tensor in outputs if tensor.grad_fn is not None]
    if not roots:
        raise ValueError("fn: expected it to return a tensor with a graph, got none")
    known = {t.untyped_storage()._cdata: name for name, t in (names or {}).items()}
    numbers: dict[int, int] = {}
    found = []
    for node in _nodes(roots):
        for argument, tensor in _saved_by(node):
            storage = tensor.untyped_storage()
            found.append(
                SavedTensor(
                    operation=node.name().rsplit("::", 1)[-1],
                    argument=argument,
                    name=known.get(storage._cdata, ""),
                    shape=tuple(tensor.shape),
                    bytes=tensor.nbytes,
                    storage=numbers.setdefault(storage._cdata, len(numbers) + 1),
                    storage_bytes=storage.nbytes(),
                )
            )
    return found


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


class SavedStorages:
    """Count distinct storages that autograd packs while it builds a graph.

    `pack` and `unpack` are the two functions of `torch.autograd.graph.saved_tensors_hooks`; they
    hand every tensor on as it is, so nothing is copied or kept alive.
    """

    def __init__(self) -> None:
        self._sizes: dict[int, int] = {}
        # A weak reference keeps the address from being given to another storage.
        self._keep: list[StorageWeakRef] = []

    def pack(self, tensor: Tensor) -> Tensor:
        """Note the tensor's storage."""
        storage = tensor.untyped_storage()
        if storage._cdata not in self._sizes:
            self._sizes[storage._cdata] = storage.nbytes()
            self._keep.append(StorageWeakRef(storage))
        return tensor

    @staticmethod
    def unpack(tensor: Tensor) -> Tensor:
        """Return the tensor."""
        return tensor

    def bytes_except(self, addresses: Collection[int]) -> int:
        """Add up the storages whose address (in C++) is not among `addresses`, in bytes."""
        return sum(size for key, size in self._sizes.items() if key not in addresses)


def _tensors(value: object) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _tensors(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)


def _nodes(roots: list[Node]) -> list[Node]:
    """Return all operations of the graph in the order in which the forward pass ran them."""
    seen: set[Node] = set()
    waiting = [*roots]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += [parent for parent, _ in node.next_functions if parent is not None]
    return sorted(seen, key=lambda node: node._sequence_nr())


def _saved_by(node: object) -> Iterator[tuple[str, Tensor]]:
    try:
        if isinstance(node, BackwardCFunction):  # an operation written in Python
            for index, tensor in enumerate(node.saved_tensors):
                if tensor is not None:
                    yield f"saved_tensors[{index}]", tensor
            return
        for attribute in dir(node):
            if attribute.startswith(_PREFIX):
                for value in _tensors(getattr(node, attribute)):
                    yield attribute.removeprefix(_PREFIX), value
    except RuntimeError as error:
        raise ValueError(_FREED) from error
