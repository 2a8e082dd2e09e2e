"""The chart of cells: what it says of each cell, against the net run at the cell's middle."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch

from d2l_utils.activations import activation_cells, explore_cells, run_layers
from d2l_utils.activations.cells_chart import SIDE, _rows, in_words, pattern_of
from tests.activations.nets import random_layers

SQUARE = ((-SIDE, SIDE), (-SIDE, SIDE))


def test_affine_functions_are_written_as_one_writes_them() -> None:
    half, one = Fraction(1, 2), Fraction(1)
    assert in_words((2 * one, -one), half) == "2x - y + 1/2"
    assert in_words((-one, 0 * one), -3 * one) == "-x - 3"
    assert in_words((0 * one, -half), 0 * one) == "-1/2 y"
    assert in_words((0 * one, 0 * one), -one) == "-1"
    assert in_words((0 * one, 0 * one), 0 * one) == "0"


@pytest.mark.parametrize("depth", [1, 2])
def test_rows_are_the_corners_of_the_cells_of_so_many_layers(depth: int) -> None:
    layers = random_layers((2, 4, 3, 1))
    cells = activation_cells(layers[: depth + 1], SQUARE)
    rows = _rows(layers, depth)
    assert [row["pattern"] for row in rows if row["corner"] == 0] == [pattern_of(c) for c in cells]
    corners = [corner for cell in cells for corner in cell.corners]
    assert [(row["x"], row["y"]) for row in rows] == [
        pytest.approx([float(x), float(y)], abs=1e-4) for x, y in corners
    ]


def test_output_is_said_where_the_cell_has_one_and_bends_otherwise() -> None:
    layers = [
        (torch.tensor([[1.0], [0.0]]), torch.zeros(1)),
        (torch.tensor([[1.0]]), torch.tensor([-1.0])),
        (torch.tensor([[3.0]]), torch.tensor([2.0])),
    ]
    for depth, expected in (
        (1, {"1": "bends inside", "0": "2"}),
        (2, {"1 1": "3x - 1", "1 0": "2", "0 0": "2"}),
    ):
        assert {row["pattern"]: row["output"] for row in _rows(layers, depth)} == expected
    for x, expected_value in ((-1.0, 2.0), (0.5, 2.0), (2.0, 5.0)):
        assert run_layers(layers, torch.tensor([[x, 0.3]]), torch.relu).item() == expected_value


def test_net_without_a_hidden_layer_or_with_two_outputs_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="expected a hidden layer and one output, got 0 hidden"):
        explore_cells(random_layers((2, 1)))
    with pytest.raises(ValueError, match=r"got 1 hidden and 2 output\(s\)"):
        explore_cells(random_layers((2, 3, 2)))


def test_chart_is_the_same_every_time() -> None:
    layers = random_layers((2, 3, 1))
    assert explore_cells(layers).to_dict() == explore_cells(layers).to_dict()
