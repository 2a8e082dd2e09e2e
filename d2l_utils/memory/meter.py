"""Count the bytes of one call, event by event, as the allocator saw them.

With this module one can

* run any callable and get the timeline of its memory: `measure`;
* list what autograd keeps for the backward pass: `d2l_utils.memory.saved.saved_tensors`.

The events come from the allocator itself: torch's CPU allocator reports every block it hands out
and takes back, temporaries inside an operation included, in bytes *requested* (what it adds for
alignment is not counted). Blocks that a library takes from the system behind torch's back, such as
scratch space of oneDNN, are invisible to it.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import torch
from torch import Tensor, nn

from d2l_utils.border import checked
from d2l_utils.graphs.kept import tensors_in
from d2l_utils.graphs.storages import allocated_bytes, storages
from d2l_utils.memory.events import FREED, Event, recording, timeline
from d2l_utils.memory.formula import Footprint
from d2l_utils.memory.hooks import watched_saving

Category = Literal["parameters", "gradients", "optimizer_state", "data"]
CATEGORIES: tuple[Category, ...] = ("parameters", "gradients", "optimizer_state", "data")


@dataclass(frozen=True)
class Measurement(Footprint):
    """What one call did with memory: the fields of a `Footprint`, in bytes, and more.

    The four kinds of resident memory are those of the objects named to `measure`, as they
    are when the call has ended. `saved_activations` is the most that autograd kept at one time
    during the call, in distinct storages that are not resident anyway, each counted once; under a
    hook, such as that of ``save_on_cpu``, what the hook keeps, and of a checkpoint its inputs. What
    a Function written in Python keeps as attributes of its ``ctx`` is not seen. It is None if the
    call used `torch.func`, which does not let anybody see what it keeps. `phase` can also be
    ``"zero_grad"``, or ``"resident"`` if the call never needed more than was there before.

    Attributes:
        before: Resident bytes when the call started; the timeline starts here.
        timeline: One `Event` per block allocated or freed, in order.
        value: What the callable returned.
        cuda: Peaks of the CUDA caching allocator during the call (``requested``, ``allocated`` in
            blocks of 512 bytes, ``reserved`` from the driver), or None without a CUDA device.
    """

    before: int
    timeline: tuple[Event, ...] = field(repr=False)
    value: Any = field(default=None, repr=False, compare=False)
    cuda: Mapping[str, int] | None = None

    @property
    def footprint(self) -> Footprint:
        """The part that `footprint` computes."""
        return Footprint(**{f.name: getattr(self, f.name) for f in fields(Footprint)})


@checked
def measure(
    fn: Callable[[], Any],
    *,
    model: nn.Module | None = None,
    optimizer: torch.optim.Optimizer | None = None,
    data: Tensor | Iterable[Tensor] = (),
) -> Measurement:
    """Run `fn` once and count every block the allocator hands out and takes back.

    Memory that exists before the call counts only if the object that owns it is named: `model`
    (its parameters, buffers and their gradients), `optimizer` (its parameters too) and `data`.
    Without any of them the measurement starts at zero, and `peak` is what the call needed above
    what was there before. Name whatever the call may *free*, such as gradients: a block that
    existed before and belongs to nobody named is not missed when it goes.

    The call may use anything, `torch.func`, checkpoints and hooks included. Tensors on the device
    ``"meta"`` and fake tensors occupy nothing and count as nothing.

    Python's cyclic garbage collector rests during the call, so that old garbage is not counted.
    Call `fn` once beforehand if its first call differs from later ones.

    Args:
        fn: A callable without arguments; what it returns is kept in `value`.
        model: A module whose memory is resident.
        optimizer: An optimizer whose memory is resident.
        data: Tensors that are resident, such as inputs and labels.

    Returns:
        The measurement, in bytes. A tensor's memory is that of its whole storage.

    Raises:
        TypeError: If `fn` is not callable, or an argument is not of the type named above.
        ValueError: If a tensor's memory cannot be read: of quantized modules that pack their
            weights, and of tensors in oneDNN's own layout.
        RuntimeError: If another profiler is running.
    """
    _check_arguments(fn, model, optimizer)
    data = _tensor_tuple(data)
    before = _resident_storages(model, optimizer, data)
    with (
        _watched(before),
        _collector_resting(),
        _cuda_peaks() as cuda,
        recording() as raw,
        watched_saving() as saved,
    ):
        value = fn()
    after = _resident_storages(model, optimizer, data)
    sizes = _bytes_by_category(after)
    start = sum(_bytes_by_category(before).values())
    events = timeline(raw, start)
    peak, phase = _highest(events, start)
    return Measurement(
        **sizes,
        saved_activations=saved.most_except({*before, *after}) if saved.complete else None,
        transient=peak - sum(sizes.values()),
        peak=peak,
        phase=phase,
        before=start,
        timeline=events,
        value=value,
        cuda=cuda or None,
    )


def _check_arguments(fn: object, model: object, optimizer: object) -> None:
    if not callable(fn):
        raise TypeError(f"fn: expected a callable without arguments, got {type(fn).__name__}")
    if model is not None and not isinstance(model, nn.Module):
        raise TypeError(f"model: expected a torch.nn.Module, got {type(model).__name__}")
    if optimizer is not None and not isinstance(optimizer, torch.optim.Optimizer):
        raise TypeError(f"optimizer: expected an optimizer, got {type(optimizer).__name__}")


def _tensor_tuple(data: Tensor | Iterable[Tensor]) -> tuple[Tensor, ...]:
    tensors = (data,) if isinstance(data, Tensor) else tuple(data)
    for tensor in tensors:
        if not isinstance(tensor, Tensor):
            raise TypeError(f"data: expected tensors, got {type(tensor).__name__}")
    return tensors


@dataclass
class _Resident:
    """A storage that exists before the call, and the tensors through which it is reached."""

    storage: torch.UntypedStorage
    category: Category
    tensors: list[Tensor]


def _resident_storages(
    model: nn.Module | None, optimizer: torch.optim.Optimizer | None, data: Iterable[Tensor]
) -> dict[int, _Resident]:
    """Map each distinct storage (by its address in C++) to its owner."""
    parameters: list[Tensor] = []
    state: list[Tensor] = []
    if model is not None:
        _check_packed(model)
        parameters += [*model.parameters(), *model.buffers()]
    if optimizer is not None:
        parameters += [p for group in optimizer.param_groups for p in group["params"]]
        state += tensors_in(vars(optimizer))  # in lists, as L-BFGS keeps them, too
    parameters = [p for p in parameters if not nn.parameter.is_lazy(p)]
    gradients = [p.grad for p in parameters if p.is_leaf and p.grad is not None]
    found: dict[int, _Resident] = {}
    for category, tensors in zip(
        CATEGORIES, (parameters, gradients, state, list(data)), strict=True
    ):
        for tensor in tensors:
            for storage in storages(tensor, category):
                owner = found.setdefault(storage._cdata, _Resident(storage, category, []))
                owner.tensors.append(tensor)
    return found


def _check_packed(model: nn.Module) -> None:
    packed = packed_module(model)
    if packed is not None:
        raise ValueError(
            f"model: expected weights in tensors, got a {packed}, which packs them where their "
            "bytes cannot be read"
        )


def packed_module(model: nn.Module) -> str | None:
    """Find a module that keeps its weights in no tensor, as quantized ones do.

    Args:
        model: Any model.

    Returns:
        The name of its class, or None if there is none.
    """
    for module in model.modules():
        if isinstance(module, torch.jit.ScriptModule):
            continue
        if any(isinstance(value, torch.ScriptObject) for value in vars(module).values()):
            return type(module).__name__
    return None


def _bytes_by_category(resident: dict[int, _Resident]) -> dict[Category, int]:
    sizes = dict.fromkeys(CATEGORIES, 0)
    for owner in resident.values():
        sizes[owner.category] += allocated_bytes(owner.storage)
    return sizes


def _highest(events: tuple[Event, ...], start: int) -> tuple[int, str]:
    """Return the peak and the phase that reached it first."""
    peak, phase = start, "resident"
    for event in events:
        if event.alive > peak:
            peak, phase = event.alive, event.phase
    return peak, phase


@contextmanager
def _collector_resting() -> Iterator[None]:
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def _cuda_peaks() -> Iterator[dict[str, int]]:
    """Fill a dictionary with the CUDA caching allocator's own peaks, if there is a device."""
    peaks: dict[str, int] = {}
    if not torch.cuda.is_available():
        yield peaks
        return
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    yield peaks
    torch.cuda.synchronize()
    stats = torch.cuda.memory_stats()
    for name in ("requested", "allocated", "reserved"):
        peaks[name] = stats[f"{name}_bytes.all.peak"]


@contextmanager
def _watched(resident: dict[int, _Resident]) -> Iterator[None]:
    """Leave a mark in the record when the last tensor of a resident storage dies.

    The storage itself is held until the end (by `resident`): the allocator does not know a block
    it handed out before the recording began and would complain when it comes back.
    """
    marks: list[object] = []
    for owner in resident.values():
        alive = {id(tensor) for tensor in owner.tensors}
        for tensor in {id(tensor): tensor for tensor in owner.tensors}.values():
            marks.append(weakref.ref(tensor, _death_mark(id(tensor), alive, owner)))
        owner.tensors.clear()
    try:
        yield
    finally:
        marks.clear()


def _death_mark(key: int, alive: set[int], owner: _Resident) -> Callable[[object], None]:
    size = allocated_bytes(owner.storage)

    def mark(_: object) -> None:
        alive.discard(key)
        if not alive:
            with torch.profiler.record_function(f"{FREED}{size}"):
                pass

    return mark
