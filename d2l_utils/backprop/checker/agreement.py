"""When two gradients are the same."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from d2l_utils.checks.claims import relative_error


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
