"""PyTorch's forward mode, loaded without its own deprecation warning."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

import torch


@functools.cache
def forward_mode() -> Callable[..., Any]:
    """Return `torch.func.jvp`, loaded: its first call compiles rules and warns about their form."""
    from torch.func import jvp

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`torch.jit.script", DeprecationWarning)
        jvp(torch.sin, (torch.zeros(()),), (torch.ones(()),))
    loaded: Callable[..., Any] = jvp
    return loaded
