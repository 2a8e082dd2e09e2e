"""Where rows and columns of a matrix lie in memory, and what a cache makes of it (D2L 5.2, ex. 7).

Rows follow one another without gaps, as `torch.empty(m, n)` lays them out, and the first one begins
at a multiple of whatever is asked about.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Annotated

import torch

from d2l_utils.border import Count, Number, checked

LINE = 64
"""Bytes of a cache line, on nearly all processors of today."""


@checked
def row_alignment(n: Count, dtype: torch.dtype = torch.float32) -> int:
    """Compute the alignment that all rows of a matrix share.

    Args:
        n: Number of columns.
        dtype: Type of the entries.

    Returns:
        The largest power of two that divides a row's bytes: every row begins at a multiple of it.
    """
    row = n * dtype.itemsize
    return row & -row


@checked
def column_lines(n: Count, dtype: torch.dtype = torch.float32, line: Count = LINE) -> list[int]:
    """Number the cache lines that a walk down the first column visits.

    Args:
        n: Rows and columns of the square matrix.
        dtype: Type of the entries.
        line: Bytes of a cache line.

    Returns:
        One number for each row.
    """
    return [row * n * dtype.itemsize // line for row in range(n)]


@checked
def column_sets(
    n: Count, dtype: torch.dtype = torch.float32, num_sets: Count = 64, line: Count = LINE
) -> int:
    """Count the sets of a cache among which the lines of a column are shared out.

    A line whose number is i may only be kept in set i mod `num_sets`.

    Args:
        n: Rows and columns of the square matrix.
        dtype: Type of the entries.
        num_sets: The cache's sets, 64 in most level 1 data caches.
        line: Bytes of a cache line.

    Returns:
        Between 1 and `num_sets`.
    """
    return len({number % num_sets for number in column_lines(n, dtype, line)})


@checked
def cache_misses(
    lines: Iterable[Annotated[int, Number(at_least=0)]], num_sets: Count = 64, ways: Count = 8
) -> int:
    """Count the misses of a cache that drops the line which was not used for longest.

    Args:
        lines: Numbers of the lines, in the order in which they are asked for; the cache is empty at
            first.
        num_sets: Sets of the cache.
        ways: Lines that a set holds.

    Returns:
        How often a line was not there.
    """
    sets: list[OrderedDict[int, None]] = [OrderedDict() for _ in range(num_sets)]
    misses = 0
    for number in lines:
        kept = sets[number % num_sets]
        if number not in kept:
            misses += 1
            if len(kept) == ways:
                kept.popitem(last=False)
        kept[number] = None
        kept.move_to_end(number)
    return misses
