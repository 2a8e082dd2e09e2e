"""Labels that are wrong on purpose (D2L 5.5.4): symmetric noise, the same for every class."""

from __future__ import annotations

from typing import Annotated

import torch
from torch import Tensor

from d2l_utils.border import Held, Number, checked

Rate = Annotated[float, Number(at_least=0, at_most=1)]
"""Probability with which a label is replaced."""


@checked
def corrupt_labels(
    y: Held,
    rate: Rate,
    num_classes: Annotated[int, Number(at_least=2)],
    generator: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Replace each label with probability `rate` by one of the other classes, all equally likely.

    Labels fall independently of each other. Draws do not depend on the rate: from the same state of
    the generator a higher rate replaces whatever a lower one does, by the same classes.

    Args:
        y: Labels from 0 to num_classes - 1, of an integer dtype; not changed.
        rate: Probability that a label is replaced. It is always by a *different* class, so at 1
            none is left, and with K classes the labels say nothing at (K - 1) / K.
        num_classes: How many classes there are.
        generator: Where chance comes from, on the CPU.

    Returns:
        The labels, of the shape and dtype of `y`, and which were replaced, of dtype bool.

    Raises:
        TypeError: If an argument is of another type, or the labels are no integers.
        ValueError: If a label or the rate is out of range, or the generator is on another device.

    Source:
        Symmetric noise as in Rolnick et al. (2017) and Zhang et al. (2017).
    """
    _check_labels(y, num_classes)
    if generator.device.type != "cpu":
        raise ValueError(f"generator: expected one on the CPU, got one on {generator.device}")
    chance = torch.rand(y.shape, generator=generator, dtype=torch.float64)
    shift = torch.randint(1, num_classes, y.shape, generator=generator)
    flipped = chance < rate
    return torch.where(flipped, (y.long() + shift) % num_classes, y.long()).to(y.dtype), flipped


def _check_labels(y: Tensor, num_classes: int) -> None:
    if y.is_floating_point() or y.dtype == torch.bool:
        raise TypeError(f"y: expected labels of an integer dtype, got {y.dtype}")
    if y.device.type != "cpu":
        raise ValueError(f"y: expected labels on the CPU, got them on {y.device}")
    if torch.iinfo(y.dtype).max < num_classes - 1:
        raise ValueError(f"num_classes: expected labels that fit {y.dtype}, got {num_classes}")
    low, high = (int(end) for end in y.aminmax()) if y.numel() else (0, 0)
    if low < 0 or high >= num_classes:
        wrong = low if low < 0 else high
        raise ValueError(f"y: expected labels from 0 to {num_classes - 1}, got {wrong}")
