"""Which shapes broadcast to which, and errors that say what was expected."""

from __future__ import annotations

from itertools import zip_longest

import numpy as np


def common_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape to which two shapes broadcast.

    Args:
        a: One shape.
        b: The other.

    Raises:
        ValueError: If they do not.
    """
    try:
        return np.broadcast_shapes(a, b)
    except ValueError as error:
        raise ValueError(f"expected shapes that broadcast, got {a} and {b}") from error


def reaches(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    """Whether a shape broadcasts to another one.

    Args:
        small: The one.
        large: The other.
    """
    pairs = zip_longest(reversed(small), reversed(large), fillvalue=None)
    return all(m in (None, 1, n) and n is not None for m, n in pairs)


def wrong(expected: str, got: object) -> ValueError:
    """Return an error that says what was expected and what came.

    Args:
        expected: The first, in words.
        got: The second.
    """
    return ValueError(f"expected {expected}, got {got}")
