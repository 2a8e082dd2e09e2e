"""How much of a table's variance each hyperparameter explains alone, and how much only jointly."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import torch

from d2l_utils.border import Held, Words, checked


@checked
def variance_shares(scores: Held, names: Sequence[Words]) -> dict[str, float]:
    """Split the variance of a full table into main effects and interactions.

    The effect of a set of factors is the mean over all others, less the effects of its subsets
    (Hoeffding 1948). Effects of different sets are orthogonal, so their mean squares add up to the
    variance.

    Args:
        scores: One axis per factor, at least one entry along each.
        names: Names of the factors, in the order of the axes, all different.

    Returns:
        Share of the variance per set of factors; the names of a set are joined by " × ". First main
        effects, then pairs, and so on. The shares add up to 1.

    Raises:
        TypeError: If something is of another type.
        ValueError: If names and axes do not fit, an entry is not finite, or all entries are equal.
    """
    if len(set(names)) != scores.ndim or len(names) != scores.ndim or not names:
        raise ValueError(
            f"names: expected {scores.ndim} different ones, one per axis, got {list(names)}"
        )
    table = scores.double()
    if not table.numel() or not bool(table.isfinite().all()):
        raise ValueError("scores: expected finite numbers, got none or others")
    table = table - table.mean()
    total = table.square().mean().item()
    if total == 0:
        raise ValueError("scores: expected entries that differ, got equal ones")
    axes = range(scores.ndim)
    effects: dict[tuple[int, ...], torch.Tensor] = {(): torch.zeros_like(table).mean()}
    for size in range(1, scores.ndim + 1):
        for chosen in combinations(axes, size):
            others = [axis for axis in axes if axis not in chosen]
            mean = table.mean(others, keepdim=True) if others else table
            for smaller in [each for each in effects if set(each) < set(chosen)]:
                mean = mean - effects[smaller]
            effects[chosen] = mean
    return {
        " × ".join(names[axis] for axis in chosen): effect.square().mean().item() / total
        for chosen, effect in effects.items()
        if chosen
    }
