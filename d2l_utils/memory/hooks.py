"""Watch what autograd keeps for backward passes while a call runs.

PyTorch hands each tensor that an operation saves to the innermost hook that is installed. So that
nothing is missed, the hooks that the call itself installs (a checkpoint's, ``save_on_cpu``) are
wrapped too, and what they keep instead of the tensor is counted; not so what a checkpoint computes
again, which is the checkpoint's own. `torch.func` refuses to work under hooks, so these are taken
off while it works. (They could stay, but in forward mode a tensor that passes through a hook keeps
its tangent alive, and the peak would be another.)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch._C import _autograd
from torch.multiprocessing.reductions import StorageWeakRef

from d2l_utils.graphs.kept import tensors_in
from d2l_utils.graphs.storages import allocated_bytes, storages

Pack = Callable[[Any], Any]


class SavedStorages:
    """The storages that autograd keeps, each counted once, from their first use to their last.

    Attributes:
        complete: Whether nothing was saved while the hooks were taken off.
    """

    def __init__(self) -> None:
        self.complete = True
        self._users: dict[int, int] = {}
        self._changes: list[tuple[int, int]] = []
        # A weak reference keeps the address from being given to another storage.
        self._references: dict[int, StorageWeakRef] = {}

    def wrapped(self, pack: Pack, unpack: Pack) -> tuple[Pack, Pack]:
        """Make a pair of hooks that does the same as another and counts what it keeps."""

        def counted(tensor: Any) -> _Token:
            return _Token(pack(tensor), self)

        def restored(token: _Token) -> Any:
            return unpack(token.packed)

        return counted, restored

    def keep(self, packed: object) -> dict[int, int]:
        """Count what was packed, and return its storages' addresses with their bytes."""
        sizes: dict[int, int] = {}
        for tensor in tensors_in(packed):
            for storage in storages(tensor, "saved tensor"):
                sizes[storage._cdata] = allocated_bytes(storage)
                if storage._cdata not in self._references:
                    self._references[storage._cdata] = StorageWeakRef(storage)
        for key, size in sizes.items():
            self._users[key] = self._users.get(key, 0) + 1
            if self._users[key] == 1:
                self._changes.append((key, size))
        return sizes

    def release(self, sizes: dict[int, int]) -> None:
        """Count no longer what `keep` has counted."""
        for key, size in sizes.items():
            self._users[key] -= 1
            if self._users[key] == 0:
                self._changes.append((key, -size))

    def most_except(self, addresses: Collection[int]) -> int:
        """The most bytes kept at one time.

        Args:
            addresses: Those of storages (in C++) that do not count.
        """
        alive = most = 0
        for key, change in self._changes:
            if key not in addresses:
                alive += change
                most = max(most, alive)
        return most


class _Token:
    """What autograd holds in the place of a saved tensor: it goes when the tensor would."""

    def __init__(self, packed: object, owner: SavedStorages) -> None:
        self.packed, self._owner = packed, owner
        self._sizes = owner.keep(packed)

    def __del__(self) -> None:
        if hasattr(self, "_sizes"):  # not after an error of `keep`
            self._owner.release(self._sizes)


@contextmanager
def watched_saving() -> Iterator[SavedStorages]:
    """Count what autograd saves inside a ``with`` block.

    Yields:
        The count, which goes on as long as graphs of the block are alive.

    Raises:
        RuntimeError: If it is called inside of `torch.func`, where no hooks are allowed.
    """
    saved = SavedStorages()
    around: tuple[Pack, Pack] | None = _autograd._top_saved_tensors_default_hooks(False)
    pack, unpack = (_without_graph, _as_it_is) if around is None else around
    guard = _Guard(saved, depth=0 if around is None else 1)
    with torch.autograd.graph.saved_tensors_hooks(*saved.wrapped(pack, unpack)), guard:
        yield saved


def _without_graph(tensor: Any) -> Any:
    # An operation that held its own output with the way back to itself would never be freed.
    return tensor.detach() if tensor.grad_fn is not None else tensor


def _as_it_is(tensor: Any) -> Any:
    return tensor


class _Guard:
    """Stands between PyTorch and the hooks that a call installs or forbids."""

    def __init__(self, saved: SavedStorages, depth: int) -> None:
        self._saved, self._depth = saved, depth
        self._replaced = {
            "_push_saved_tensors_default_hooks": self._push,
            "_pop_saved_tensors_default_hooks": self._pop,
            "_saved_tensors_hooks_disable": self._disable,
        }
        self._original: dict[str, Callable[..., Any]] = {}

    def __enter__(self) -> None:
        for name, function in self._replaced.items():
            self._original[name] = getattr(_autograd, name)
            setattr(_autograd, name, function)

    def __exit__(self, *_: object) -> None:
        for name, function in self._original.items():
            setattr(_autograd, name, function)

    def _push(self, pack: Pack, unpack: Pack) -> None:
        recomputing = "_recomputation_hook" in getattr(pack, "__qualname__", "")
        hooks = (pack, unpack) if recomputing else self._saved.wrapped(pack, unpack)
        self._original["_push_saved_tensors_default_hooks"](*hooks)
        self._depth += 1

    def _pop(self) -> None:
        self._original["_pop_saved_tensors_default_hooks"]()
        self._depth -= 1

    def _disable(self, message: str, fail_if_non_empty: bool = True) -> None:
        if fail_if_non_empty and self._depth:
            raise RuntimeError(message)
        self._saved.complete = False
        self._original["_saved_tensors_hooks_disable"](message, False)
