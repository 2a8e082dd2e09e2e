"""Small tables that are not trained, for tests of searches."""

from __future__ import annotations

import torch

from d2l_utils.searches import JointTable


def small(seed: int = 0) -> JointTable:
    """Four rates, three widths, two depths, four numbers of epochs, two runs."""
    generator = torch.Generator().manual_seed(seed)
    shape = (4, 3, 2, 4, 2)
    return JointTable(
        rates=(0.1, 0.2, 0.4, 0.8),
        widths=(8, 16, 32),
        depths=(1, 2),
        epochs=(1, 2, 4, 8),
        validation=torch.randint(0, 21, (*shape, 5), generator=generator),
        test=torch.randint(0, 101, shape, generator=generator),
        linear=torch.randint(0, 101, (4, 4, 2), generator=generator),
        images=(100, 100),
    )
