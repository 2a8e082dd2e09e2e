"""Rows and columns in memory: formulas against addresses, and a cache against one by hand."""

from __future__ import annotations

import math

import pytest
import torch

from d2l_utils import costs


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
@pytest.mark.parametrize("n", [1, 7, 1024, 1025, 1026, 1028, 1032])
def test_rows_begin_at_multiples_of_their_alignment_and_of_no_larger_power(
    n: int, dtype: torch.dtype
) -> None:
    A = torch.empty(5, n, dtype=dtype)
    offsets = [A[i].data_ptr() - A.data_ptr() for i in range(1, 5)]
    alignment = costs.row_alignment(n, dtype)
    assert math.gcd(*offsets) % alignment == 0
    assert any(offset % (2 * alignment) for offset in offsets)


def test_a_column_of_1024_floats_lies_in_one_set_and_padding_spreads_it() -> None:
    assert costs.column_sets(1024) == 1
    assert costs.column_sets(1024, torch.float64) == 1
    assert costs.column_sets(1024, torch.float16) == 2
    assert costs.column_sets(1040) == costs.column_sets(1025) == 64
    assert costs.column_sets(512) == 2


@pytest.mark.parametrize("n", [96, 100, 128, 513, 1024, 1032])
def test_column_sets_are_those_of_the_addresses(n: int) -> None:
    A = torch.empty(n, n)
    offsets = [A[i, 0].data_ptr() - A.data_ptr() for i in range(n)]
    assert costs.column_lines(n) == [offset // 64 for offset in offsets]
    assert costs.column_sets(n, num_sets=32) == len({offset // 64 % 32 for offset in offsets})


def test_a_cache_forgets_what_was_not_used_for_longest() -> None:
    assert costs.cache_misses([], num_sets=1, ways=2) == 0
    assert costs.cache_misses([1, 2, 1, 3, 1, 2], num_sets=1, ways=2) == 4  # 2 was dropped
    assert costs.cache_misses([0, 1, 0, 1], num_sets=2, ways=1) == 2
    assert costs.cache_misses([0, 2, 0, 2], num_sets=2, ways=1) == 4  # both in set 0


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="n: expected at least 1, got 0"):
        costs.row_alignment(0)
    with pytest.raises(TypeError, match="expected"):
        costs.column_sets(1024, "float32")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="expected"):
        costs.cache_misses([-1])
