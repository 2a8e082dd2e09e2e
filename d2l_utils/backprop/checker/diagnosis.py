"""Which known mistakes give exactly these wrong gradients?

A mistake is named only if computing with it reproduces every entry on every problem. Up to three
mistakes at once are tried for each parameter, and a single one is preferred to a pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, product

from torch import Tensor

from d2l_utils.backprop.by_hand import Problem
from d2l_utils.backprop.checker.mistakes import MISTAKES, PARAMETERS, gradients_with
from d2l_utils.checks.claims import relative_error

MOST_AT_ONCE = 3
"""Number of mistakes in one gradient up to which they are recognised."""

Cause = tuple[str, ...]
"""Names of mistakes made together, in the order of the catalogue."""


def matches(got: Sequence[Tensor], expected: Sequence[Tensor], tol: float) -> bool:
    """Whether two gradients agree on every problem.

    Args:
        got: One gradient per problem.
        expected: The same for what it is compared with.
        tol: The largest `relative_error` that counts as rounding.
    """
    return all(
        a.shape == b.shape and relative_error(a, b) <= tol
        for a, b in zip(got, expected, strict=True)
    )


def explain(
    wrong: Mapping[str, Sequence[Tensor]], problems: Sequence[Problem], tol: float
) -> dict[str, Cause]:
    """Find the mistakes that give the wrong gradients.

    Several parameters often carry one mistake, and one wrong gradient can sometimes be told in two
    ways: forgetting φ' and taking dJ/db1 from h are the same for b1. The explanation with the
    fewest different mistakes is taken, then the one whose mistakes show wherever they could.

    Args:
        wrong: Parameter -> its wrong gradient on each problem. All problems have the same loss.
        problems: The problems.
        tol: The largest `relative_error` that counts as rounding.

    Returns:
        Parameter -> the mistakes in it. Parameters without explanation are left out.
    """
    candidates = _candidates(wrong, problems, tol)
    names = [name for name in PARAMETERS if candidates.get(name)]
    explanations = product(*(candidates[name] for name in names))
    best = min((dict(zip(names, e, strict=True)) for e in explanations), key=_complexity)
    return best


def _candidates(
    wrong: Mapping[str, Sequence[Tensor]], problems: Sequence[Problem], tol: float
) -> dict[str, list[Cause]]:
    """For each parameter the smallest sets of mistakes that reproduce it; none if there is none."""
    loss = problems[0].loss
    possible = [name for name, mistake in MISTAKES.items() if mistake.loss in ("", loss)]
    found: dict[str, list[Cause]] = {name: [] for name in wrong}
    for size in range(1, MOST_AT_ONCE + 1):
        open_questions = [name for name in wrong if not found[name]]
        for cause in combinations(possible, size):
            concerned = [
                name
                for name in open_questions
                if all(name in MISTAKES[mistake].spoils for mistake in cause)
            ]
            for name in _reproduced(cause, concerned, wrong, problems, tol):
                found[name].append(cause)
    return found


def _reproduced(
    cause: Cause,
    names: Sequence[str],
    wrong: Mapping[str, Sequence[Tensor]],
    problems: Sequence[Problem],
    tol: float,
) -> list[str]:
    """Those of `names` whose gradients are on every problem what `cause` makes them."""
    left = list(names)
    for index, problem in enumerate(problems):
        if not left:
            break
        made = gradients_with(cause, problem)
        left = [name for name in left if matches([wrong[name][index]], [made[name]], tol)]
    return left


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
