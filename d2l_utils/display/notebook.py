"""The first cell of every notebook: make what follows reproducible."""

from __future__ import annotations

import warnings

import torch

from d2l_utils.border import Float, checked
from d2l_utils.display.matplotlib_setup import keep_notes_off_the_page


@checked
def set_up_notebook(seed: int = 0, dtype: Float = torch.float32) -> torch.Generator:
    """Make a notebook's results the same on every run.

    Seeds torch, uses one thread (sums then have one order), sets the default dtype and turns
    warnings into errors, so that a stored output never hides one. What matplotlib would write on a
    machine's first figure is kept off the page.

    Args:
        seed: Seed of torch's global generator and of the returned one.
        dtype: Default dtype; `torch.float64` for checks of derivatives.

    Returns:
        A generator of its own for drawing data and weights.

    Raises:
        TypeError: If `seed` is not an integer.
    """
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise TypeError(f"seed: expected an integer, got {seed!r}")
    for category in (UserWarning, RuntimeWarning, FutureWarning):
        warnings.simplefilter("error", category)
    keep_notes_off_the_page()
    torch.set_num_threads(1)
    torch.set_default_dtype(dtype)
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)
