"""The upper envelope of lines, against trying all of them."""

from fractions import Fraction

import pytest
import torch

from d2l_utils.activations import upper_envelope


def test_tangents_of_a_parabola_all_occur_and_meet_halfway() -> None:
    found = upper_envelope([2 * k for k in range(10)], [-k * k for k in range(10)], 0)
    assert [each.line for each in found] == list(range(10))
    assert [each.left for each in found] == [0, *(Fraction(2 * k + 1, 2) for k in range(9))]
    assert found[-1].right is None


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("start", [None, -0.25, 0.0, 3.0])
def test_between_its_ends_a_stretch_is_the_highest(seed: int, start: float | None) -> None:
    gen = torch.Generator().manual_seed(seed)
    a, c = torch.randn(2, 12, generator=gen, dtype=torch.float64).tolist()
    found = upper_envelope(a, c, start)
    assert len(found) == len({each.line for each in found})
    low = Fraction(-50) if start is None else Fraction(start)
    assert found[0].left == (None if start is None else start)
    for number, each in enumerate(found):
        left = low if each.left is None else each.left
        right = left + 100 if each.right is None else each.right
        assert left < right
        assert number == 0 or found[number - 1].right == each.left
        for part in (Fraction(1, 1000), Fraction(1, 2), Fraction(999, 1000)):
            h = left + part * (right - left)
            heights = [Fraction(x) * h + Fraction(y) for x, y in zip(a, c, strict=True)]
            assert max(heights) == heights[each.line]
            assert sum(height == max(heights) for height in heights) == 1


def test_line_below_at_every_place_but_one_does_not_occur() -> None:
    assert [each.line for each in upper_envelope([-1, 0, 1], [0, 0, 0])] == [0, 2]


def test_of_equal_lines_the_first_occurs_and_of_parallel_ones_the_highest() -> None:
    assert [each.line for each in upper_envelope([1, 1, 1], [0, 2, 2])] == [1]


def test_a_stretch_that_ends_at_the_start_is_left_out() -> None:
    assert [each.line for each in upper_envelope([0, 1], [0, 0], 0)] == [1]


def test_numbers_must_fit() -> None:
    with pytest.raises(ValueError, match="slopes: expected at least one, got none"):
        upper_envelope([], [])
    with pytest.raises(ValueError, match="intercepts: expected 2, one per slope, got 1"):
        upper_envelope([1, 2], [1])
    with pytest.raises(ValueError, match="intercepts"):
        upper_envelope([1], [float("inf")])
