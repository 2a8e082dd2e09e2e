"""Every mask, once, with the probability that independence gives it."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch

from d2l_utils.dropout import all_masks, mask_probabilities


def test_masks_are_all_there_and_all_different() -> None:
    masks = all_masks(5)
    assert masks.shape == (32, 5)
    assert masks.dtype == torch.float64
    assert len({tuple(row) for row in masks.tolist()}) == 32
    assert set(masks.flatten().tolist()) == {0.0, 1.0}


def test_rows_count_in_binary() -> None:
    assert all_masks(2).tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]


@pytest.mark.parametrize("n", [40, 17, 0, -1, 2**70])
def test_sizes_that_would_eat_memory_are_refused(n: int) -> None:
    with pytest.raises(ValueError, match=r"n: expected .*, got"):
        all_masks(n)


@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 0.8])
def test_probabilities_sum_to_one_and_keep_each_unit_as_often_as_they_say(p: float) -> None:
    masks = all_masks(7)
    weights = mask_probabilities(masks, p)
    assert weights.sum().item() == pytest.approx(1, abs=1e-14)
    assert (weights @ masks).tolist() == pytest.approx([1 - p] * 7, abs=1e-14)


def test_probability_of_one_mask_is_the_product() -> None:
    got = mask_probabilities(torch.tensor([[1.0, 0.0, 1.0]]), 0.25).item()
    assert got == float(Fraction(3, 4) * Fraction(1, 4) * Fraction(3, 4))
    assert mask_probabilities(torch.tensor([True, False]), 0.25).item() == 0.1875


@pytest.mark.parametrize("p", [1.0, 1, -0.1, 1.5])
def test_dropping_everything_or_more_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match=r"p: expected .* below 1, got"):
        mask_probabilities(all_masks(2), p)


def test_masks_that_are_scaled_already_are_refused() -> None:
    with pytest.raises(ValueError, match="masks: expected 0 and 1, got other"):
        mask_probabilities(2 * all_masks(2), 0.5)
    with pytest.raises(ValueError, match="masks: expected a last dimension"):
        mask_probabilities(torch.tensor(1.0), 0.5)
