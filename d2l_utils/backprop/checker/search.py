"""All sets of mistakes that give one gradient on one problem, found at once.

A gradient is ``whole(scale * structure + penalty)`` (see `wrong_gradients`). The many products
``scale * structure`` are the rows of a matrix, so that one operation compares all of them with a
gradient of which `whole` has been undone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator
from functools import cache
from itertools import combinations
from typing import NamedTuple

import torch
from torch import Tensor

from d2l_utils.backprop.by_hand import Problem
from d2l_utils.backprop.checker.mistakes import MISTAKES, PENALTY, SCALE, STRUCTURE, WHOLE
from d2l_utils.backprop.checker.wrong_gradients import (
    AMOUNTS,
    WHOLE_SCALES,
    Made,
    Propagation,
)


class _Rows(NamedTuple):
    """Loss parts of one shape, those with few mistakes first.

    Attributes:
        made: The mistakes in each.
        values: The parts, stacked.
        counts: How many rows have at most 0, 1, ... mistakes.
    """

    made: list[Made]
    values: Tensor
    counts: list[int]


def sets_of_mistakes(
    name: str, loss: str, places: Collection[str], most: int, without: Collection[str] = ()
) -> list[Made]:
    """List the sets of mistakes that can be made together, the smallest first.

    Args:
        name: The parameter whose gradient they change.
        loss: The loss with which they are made.
        places: Where they are made, each at a place of its own.
        most: Number of mistakes in the largest.
        without: Mistakes that are left out.
    """
    usable = [
        mistake
        for mistake, m in MISTAKES.items()
        if m.place in places
        and name in m.spoils
        and m.loss in ("", loss)
        and mistake not in without
    ]
    return [
        frozenset(made)
        for size in range(most + 1)
        for made in combinations(usable, size)
        if len({MISTAKES[mistake].place for mistake in made}) == size
    ]


class Search:
    """The catalogue's gradients on one problem."""

    def __init__(self, problem: Problem) -> None:
        """Prepare a problem; its activation is one of `KNOWN_ACTIVATIONS`."""
        self._propagation = Propagation(problem)
        self._loss = problem.loss
        self._n = len(problem.X)

    def fitting(self, name: str, got: Tensor, tol: float, most: int) -> Iterator[Made]:
        """Find the sets of mistakes that give a gradient; `AMOUNTS` are not among them.

        Args:
            name: The parameter.
            got: Its gradient.
            tol: The largest relative error that counts as rounding.
            most: Number of mistakes in the largest set.
        """
        shapes = self._loss_parts(name, most)
        penalties = [
            (made, self._propagation.penalty(name, made))
            for made in sets_of_mistakes(name, self._loss, PENALTY, most)
        ]
        for whole in sets_of_mistakes(name, self._loss, WHOLE, most, AMOUNTS):
            for base in self._undone(whole, got):
                for penalty, part in penalties:
                    left = most - len(whole) - len(penalty)
                    for rows in shapes if left >= 0 else ():
                        for made in _equal(rows, part, base, tol, left):
                            yield made | whole | penalty

    def _loss_parts(self, name: str, most: int) -> list[_Rows]:
        """Every ``scale * structure``, one entry for each shape."""
        found: dict[torch.Size, list[tuple[Made, Tensor]]] = {}
        scales = sets_of_mistakes(name, self._loss, SCALE, most)
        for structure in sets_of_mistakes(name, self._loss, STRUCTURE, most, AMOUNTS):
            part = self._propagation.structure(name, structure)
            found.setdefault(part.shape, []).append((structure, part))
        return [self._scaled(parts, scales, most) for parts in found.values()]

    def _scaled(self, parts: list[tuple[Made, Tensor]], scales: list[Made], most: int) -> _Rows:
        structures = [made for made, _ in parts]
        stack = torch.stack([part for _, part in parts])
        blocks: list[tuple[list[Made], Tensor]] = []
        for scale in scales:
            count = sum(len(made) <= most - len(scale) for made in structures)
            made = [scale | structure for structure in structures[:count]]
            blocks.append((made, self._propagation.scale(scale) * stack[:count]))
        sets = [made for block, _ in blocks for made in block]
        sizes = [len(made) for made in sets]
        order = sorted(range(len(sets)), key=sizes.__getitem__)
        values = torch.cat([block for _, block in blocks])
        sizes.sort()
        counts = [bisect_right(sizes, size) for size in range(most + 1)]
        return _Rows([sets[i] for i in order], values[torch.tensor(order, device="cpu")], counts)

    def _undone(self, whole: Made, got: Tensor) -> list[Tensor]:
        """What the gradient was before the mistakes in the whole; none if they cannot be in it."""
        for mistake in whole & WHOLE_SCALES.keys():
            got = got / WHOLE_SCALES[mistake](self._n)
        if "transposed" in whole:
            return [got.mT] if got.ndim >= 2 else []
        if "bias as a row" in whole or "bias as a column" in whole:
            if got.ndim != 2 or got.shape[0 if "bias as a row" in whole else 1] != 1:
                return []
            return [got.reshape(()) if got.numel() == 1 else got.flatten()]
        return [got]


def _equal(rows: _Rows, penalty: Tensor, got: Tensor, tol: float, most: int) -> list[Made]:
    """The rows that are, with the penalty's part added, a gradient."""
    shape, count = rows.values.shape[1:], rows.counts[most]
    if not count or (shape if penalty.ndim == 0 else _sum_shape(shape, penalty.shape)) != got.shape:
        return []
    made = rows.values[:count].reshape(count, *[1] * (got.ndim - len(shape)), *shape) + penalty
    made = made.reshape(count, -1)
    errors = (made - got.reshape(-1)).abs().amax(1)
    sizes = made.abs().amax(1)
    fits = errors <= tol * torch.where(sizes > 0, sizes, 1.0)
    return [rows.made[int(i)] for i in fits.nonzero()]


@cache
def _sum_shape(a: torch.Size, b: torch.Size) -> torch.Size | None:
    """The shape of a sum, None if there is none."""
    try:
        shape: torch.Size = torch.broadcast_shapes(a, b)
    except RuntimeError:
        return None
    return shape
