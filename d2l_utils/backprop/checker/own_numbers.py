"""Mistakes that contain a number of the reader's own: a learning rate, a limit for clipping.

The number is read from the wrong gradient; then it must reproduce every entry on every problem, as
for the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch import Tensor

from d2l_utils.backprop.by_hand import Problem
from d2l_utils.backprop.checker.agreement import matches
from d2l_utils.backprop.checker.mistakes import MISTAKES, PENALTY, SCALE, STRUCTURE
from d2l_utils.backprop.checker.search import sets_of_mistakes
from d2l_utils.backprop.checker.wrong_gradients import Made, Propagation

UPDATED, CLIPPED, SHRUNK = "W2 updated first", "entries clipped", "norm clipped"


def with_a_number(
    name: str, got: Sequence[Tensor], problems: Sequence[Problem], tol: float
) -> list[tuple[str, ...]]:
    """Find a mistake with a number that gives a gradient, alone or with one or two others.

    Args:
        name: The parameter.
        got: Its wrong gradient on each problem.
        problems: The problems.
        tol: The largest `relative_error` that counts as rounding.

    Returns:
        The mistakes, in the order of the catalogue; no entry if there are none.
    """
    passes = [Propagation(problem) for problem in problems]
    for made in _company(name, problems[0].loss):
        for mistake, amount in _amounts(name, made, got, passes):
            both = made | {mistake}
            for each in passes:
                each.amounts[mistake] = amount
            if all(
                matches([value], [each.gradient(name, both)], tol)
                for value, each in zip(got, passes, strict=True)
            ):
                shown = (m for m in MISTAKES if m in both and name in MISTAKES[m].spoils)
                return [tuple(shown)]
    return []


def _company(name: str, loss: str) -> list[Made]:
    """Sets of mistakes that are tried beside one with a number: one, and a forgotten penalty."""
    places = (*STRUCTURE, *SCALE, *PENALTY)
    few = sets_of_mistakes(name, loss, places, 1, (UPDATED,))
    without_penalty = [made | {"penalty forgotten"} for made in few]
    return sorted({*few, *without_penalty}, key=lambda made: (len(made), sorted(made)))


def _amounts(
    name: str, made: Made, got: Sequence[Tensor], passes: Sequence[Propagation]
) -> Iterator[tuple[str, float]]:
    """The numbers with which mistakes could give a gradient."""
    first = passes[0]
    without = first.gradient(name, made)
    if without.shape != got[0].shape:
        return
    if name in MISTAKES[UPDATED].spoils:
        first.amounts[UPDATED] = 1.0
        change = first.gradient(name, made | {UPDATED}) - without
        size = float((change * change).sum())
        step = float(((got[0] - without) * change).sum()) / size if size else 0.0
        if step and matches([got[0]], [without + step * change], 1e-3):
            yield UPDATED, step
    all_without = [each.gradient(name, made) for each in passes]
    if _is_limit(_sizes(got), _sizes(all_without)):
        yield CLIPPED, max(_sizes(got))
    if _is_limit(_norms(got), _norms(all_without)):
        yield SHRUNK, max(_norms(got))


def _sizes(gradients: Sequence[Tensor]) -> list[float]:
    return [abs(entry) for gradient in gradients for entry in gradient.flatten().tolist()]


def _norms(gradients: Sequence[Tensor]) -> list[float]:
    return [float(gradient.norm()) for gradient in gradients]


def _is_limit(got: Sequence[float], without: Sequence[float]) -> bool:
    """Whether some sizes were above the largest of `got`, and may have been stopped there."""
    limit = max(got)
    return limit > 0 and any(size > limit * (1 + 1e-3) for size in without)
