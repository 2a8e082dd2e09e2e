"""The memory behind a tensor, whatever its layout: which storages it is made of.

A dense tensor has one storage. A sparse one has a storage for its indices and one for its values, a
tensor that wraps others (a DTensor, a jagged nested tensor) has theirs, and a tensor in a library's
own layout has none that can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

_PARTS: dict[torch.layout, tuple[str, ...]] = {
    torch.sparse_coo: ("_indices", "_values"),
    torch.sparse_csr: ("crow_indices", "col_indices", "values"),
    torch.sparse_bsr: ("crow_indices", "col_indices", "values"),
    torch.sparse_csc: ("ccol_indices", "row_indices", "values"),
    torch.sparse_bsc: ("ccol_indices", "row_indices", "values"),
}
"""Layout -> the methods that give the dense tensors of which such a tensor is made."""


def dense_parts(tensor: Tensor, what: str = "tensor") -> Iterator[tuple[str, Tensor]]:
    """Take a tensor apart into tensors that have one storage each.

    Args:
        tensor: Any tensor.
        what: Its name, for the message.

    Yields:
        Name of the part and the part; a dense tensor is its own only part, with an empty name.

    Raises:
        ValueError: If the tensor keeps its entries where their bytes cannot be read.
    """
    from torch.utils._python_dispatch import is_traceable_wrapper_subclass

    functorch = torch._C._functorch
    while functorch.is_functorch_wrapped_tensor(tensor):  # what torch.func hands to a function
        tensor = functorch.get_unwrapped(tensor)
    wraps: Callable[[object], bool] = is_traceable_wrapper_subclass
    if wraps(tensor):
        names: list[str] = tensor.__tensor_flatten__()[0]  # type: ignore[attr-defined]
        for name in names:
            yield from _named(name, getattr(tensor, name), what)
    elif tensor.layout in _PARTS:
        with torch.no_grad():
            parts = [(name.strip("_"), getattr(tensor, name)()) for name in _PARTS[tensor.layout]]
        for name, part in parts:
            yield from _named(name, part, what)
    else:
        _check_has_storage(tensor, what)
        yield "", tensor


def _named(name: str, part: object, what: str) -> Iterator[tuple[str, Tensor]]:
    if isinstance(part, Tensor):
        for below, dense in dense_parts(part, what):
            yield f"{name}.{below}" if below else name, dense


def _check_has_storage(tensor: Tensor, what: str) -> None:
    try:
        tensor.untyped_storage()
    except (RuntimeError, NotImplementedError) as error:
        kind = str(tensor.layout).removeprefix("torch.")
        raise ValueError(
            f"{what}: expected a tensor whose memory can be read, got one of layout {kind}, "
            "whose entries a library keeps; convert it first, for example by .to_dense()"
        ) from error


def storages(tensor: Tensor, what: str = "tensor") -> Iterator[torch.UntypedStorage]:
    """Give the storages of which a tensor is made.

    Args:
        tensor: Any tensor.
        what: Its name, for the message.

    Yields:
        One storage for a dense tensor, several for a sparse one or one that wraps others.

    Raises:
        ValueError: If the tensor keeps its entries where their bytes cannot be read.
    """
    for _, part in dense_parts(tensor, what):
        yield part.untyped_storage()


def allocated_bytes(storage: torch.UntypedStorage) -> int:
    """Bytes that a storage occupies: none on the device ``"meta"``, where fake tensors live too.

    Args:
        storage: Any storage.
    """
    return 0 if storage.device.type == "meta" else storage.nbytes()
