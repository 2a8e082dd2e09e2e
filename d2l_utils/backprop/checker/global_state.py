"""Keep what a function called from here may change for the whole program.

Seeds, defaults and switches belong to the process: set in one function they hold in every cell that
runs afterwards. `global_state_kept` undoes such changes.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import torch


class Setting(NamedTuple):
    """One piece of global state.

    Attributes:
        read: Returns it.
        write: Sets it to what `read` returned.
    """

    read: Callable[[], Any]
    write: Callable[[Any], object]


def _write_device(device: torch.device) -> None:
    # None is the CPU without a mode that would be asked at every call from then on.
    torch.set_default_device(None if device.type == "cpu" else device)


SWITCHES: dict[str, Setting] = {
    "default device": Setting(torch.get_default_device, _write_device),
    "default dtype": Setting(torch.get_default_dtype, torch.set_default_dtype),
    "gradients": Setting(torch.is_grad_enabled, torch.set_grad_enabled),
    "threads": Setting(torch.get_num_threads, torch.set_num_threads),
    "deterministic algorithms": Setting(
        torch.get_deterministic_debug_mode, torch.set_deterministic_debug_mode
    ),
    "anomaly detection": Setting(
        lambda: (torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()),
        lambda kept: torch.autograd.set_detect_anomaly(*kept),
    ),
    "precision of float32 products": Setting(
        torch.get_float32_matmul_precision, torch.set_float32_matmul_precision
    ),
    "threads of backward passes": Setting(
        torch.autograd.is_multithreading_enabled, torch.autograd.set_multithreading_enabled
    ),
    "oneDNN": Setting(
        lambda: torch.backends.mkldnn.enabled,
        lambda kept: torch.backends.mkldnn.set_flags(kept),
    ),
    "numpy's floating-point errors": Setting(np.geterr, lambda kept: np.seterr(**kept)),
    "numpy's print options": Setting(np.get_printoptions, lambda kept: np.set_printoptions(**kept)),
    "recursion limit": Setting(sys.getrecursionlimit, sys.setrecursionlimit),
}
"""Values that can be compared. One is written back only if it changed: writing has side effects."""

GENERATORS: dict[str, Setting] = {
    "torch, on the CPU": Setting(torch.get_rng_state, torch.set_rng_state),
    "random": Setting(random.getstate, random.setstate),
    # Called late: numpy loads its random part when it is first asked for.
    "numpy": Setting(
        lambda: np.random.get_state(legacy=False), lambda kept: np.random.set_state(kept)
    ),
}
"""States of the global random number generators; they are always written back."""


@contextmanager
def global_state_kept() -> Iterator[None]:
    """Put `SWITCHES` and `GENERATORS` back afterwards, also after an exception.

    Nothing else is: not generators on other devices, environment variables, files, an inference
    mode that was entered, denormal numbers that were switched off, or functions that were replaced.
    """
    switches = [(setting, setting.read()) for setting in SWITCHES.values()]
    generators = [(setting, setting.read()) for setting in GENERATORS.values()]
    try:
        yield
    finally:
        for setting, kept in switches:
            if setting.read() != kept:
                setting.write(kept)
        for setting, kept in generators:
            setting.write(kept)
