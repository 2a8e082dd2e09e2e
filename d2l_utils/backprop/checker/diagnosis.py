"""Which known mistakes give exactly these wrong gradients?

A mistake is named only if computing with it reproduces every entry on every problem. Up to three
mistakes at once are tried for each parameter, and a single one is preferred to a pair. All of them
are tried at once on the first problem (`search`); what fits there is computed on the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from torch import Tensor

from d2l_utils.backprop.by_hand import Problem
from d2l_utils.backprop.checker.agreement import matches
from d2l_utils.backprop.checker.mistakes import MISTAKES, PARAMETERS
from d2l_utils.backprop.checker.own_numbers import with_a_number
from d2l_utils.backprop.checker.search import Search
from d2l_utils.backprop.checker.wrong_gradients import Made, Propagation

MOST_AT_ONCE = 3
"""Number of mistakes in one gradient up to which they are recognised."""

Cause = tuple[str, ...]
"""Names of mistakes made together, in the order of the catalogue."""

Explanation = dict[str, Cause]
"""Parameter -> the mistakes in its gradient."""


def explain(
    wrong: Mapping[str, Sequence[Tensor]],
    problems: Sequence[Problem],
    tol: float,
    most: int = MOST_AT_ONCE,
) -> Explanation:
    """Find the mistakes that give the wrong gradients.

    Several parameters often carry one mistake, and one wrong gradient can sometimes be told in two
    ways: forgetting φ' and taking dJ/db1 from h are the same for b1. The explanation with the
    fewest different mistakes is taken, then the one whose mistakes show wherever they could.

    Args:
        wrong: Parameter -> its wrong gradient on each problem. All problems have the same loss and
            activation, a key of `d2l_utils.backprop.checker.other_activations.KNOWN_ACTIVATIONS`.
        problems: The problems.
        tol: The largest `relative_error` that counts as rounding.
        most: Number of mistakes in one gradient up to which they are tried; with 0 an empty cause
            says that the gradient is right.

    Returns:
        Parameter -> the mistakes in it. Parameters without explanation are left out.
    """
    search = Search(problems[0])
    candidates = {
        name: _causes(name, got, problems, search, tol, most) for name, got in wrong.items()
    }
    names = [name for name in PARAMETERS if candidates.get(name)]
    explanations = product(*(candidates[name] for name in names))
    return min((dict(zip(names, e, strict=True)) for e in explanations), key=_complexity)


def _causes(
    name: str,
    got: Sequence[Tensor],
    problems: Sequence[Problem],
    search: Search,
    tol: float,
    most: int,
) -> list[Cause]:
    """The smallest sets of mistakes that give a gradient on every problem."""
    for size in range(most + 1):
        fitting = [made for made in search.fitting(name, got[0], tol, size) if len(made) == size]
        found = [made for made in fitting if _gives(name, made, got, problems, tol)]
        if found:
            return [_in_order(name, made) for made in found]
    return with_a_number(name, got, problems, tol) if most == MOST_AT_ONCE else []


def _gives(
    name: str, made: Made, got: Sequence[Tensor], problems: Sequence[Problem], tol: float
) -> bool:
    return all(
        matches([value], [Propagation(problem).gradient(name, made)], tol)
        for value, problem in zip(got, problems, strict=True)
    )


def _in_order(name: str, made: Made) -> Cause:
    return tuple(m for m in MISTAKES if m in made and name in MISTAKES[m].spoils)


def _complexity(explanation: Mapping[str, Cause]) -> tuple[int, int, list[int]]:
    """Sort key: fewest mistakes, then fewest places where one could show but does not."""
    used = {mistake for cause in explanation.values() for mistake in cause}
    hidden = sum(
        mistake not in explanation.get(name, ())
        for mistake in used
        for name in MISTAKES[mistake].spoils
    )
    order = sorted(list(MISTAKES).index(mistake) for mistake in used)
    return len(used), hidden, order
