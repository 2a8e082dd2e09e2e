"""Rational layers: the same numbers, composed without rounding."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch

from d2l_utils.activations.rational import activate, by_layer, compose, identity, rational

W1 = torch.tensor([[1.0, -2.0, 0.1], [0.5, 3.0, 0.0]], dtype=torch.float64)  # 2 inputs, 3 units
B1 = torch.tensor([0.25, -1.0, 2.0], dtype=torch.float64)
W2 = torch.tensor([[1.0], [2.0], [-4.0]], dtype=torch.float64)
B2 = torch.tensor([0.5], dtype=torch.float64)
LAYERS = [(W1, B1), (W2, B2)]


def test_numbers_are_kept_exactly() -> None:
    columns, biases = rational(LAYERS, 2)[0]
    assert columns[2] == (Fraction(0.1), Fraction(0))
    assert Fraction(0.1) != Fraction(1, 10)  # the number that a float holds
    assert biases == (Fraction(1, 4), Fraction(-1), Fraction(2))


def test_composed_maps_are_the_layers() -> None:
    first, second = rational(LAYERS, 2)
    inner = activate(compose(first, identity(2)), (True, False, True), Fraction(1, 2))
    [unit] = compose(second, inner)
    x = torch.tensor([3.0, -1.0], dtype=torch.float64)
    z = x @ W1 + B1
    expected = ((z * torch.tensor([1.0, 0.5, 1.0])) @ W2 + B2).item()
    at_x = 3 * unit[0] - unit[1] + unit[2]
    assert float(at_x) == pytest.approx(expected, rel=1e-14)


def test_pattern_is_divided_by_layers() -> None:
    layers = rational([(W1, B1), (W2, B2), (torch.ones(1, 2), torch.ones(2))], 2)
    assert by_layer((True, False, True, False), layers) == ((True, False, True), (False,))


def test_wrong_numbers_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"layers\[1\]: expected finite numbers in b"):
        rational([(W1, B1), (W2, torch.tensor([torch.inf], dtype=torch.float64))], 2)
    with pytest.raises(ValueError, match="expected"):
        rational(LAYERS, 5)
