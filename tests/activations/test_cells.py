from fractions import Fraction
from math import comb

import pytest
import torch

from d2l_utils.activations import activation_cells, run_layers
from tests.activations.nets import random_layers
from tests.activations.test_pieces import prelu


def test_lines_in_general_position_cut_the_plane_as_zaslavsky_says() -> None:
    layers = random_layers((2, 7, 1))
    cells = activation_cells(layers, ((-1e4, 1e4), (-1e4, 1e4)))
    assert len(cells) == sum(comb(7, k) for k in range(3))


def test_an_absolute_value_has_two_halves() -> None:
    layers = [(torch.tensor([[1.0, -1.0], [0.0, 0.0]]), torch.zeros(2)),
              (torch.ones(2, 1), torch.zeros(1))]  # fmt: skip
    cells = {cell.pattern: cell for cell in activation_cells(layers, ((-1, 3), (0, 1)))}
    assert {p: c.area for p, c in cells.items()} == {((True, False),): 3, ((False, True),): 1}
    assert cells[((True, False),)].weights == ((1,), (0,))
    assert set(cells[((False, True),)].corners) == {(-1, 0), (0, 0), (0, 1), (-1, 1)}


@pytest.mark.parametrize("alpha", [0.0, 0.25])
@pytest.mark.parametrize("widths", [(2, 5, 1), (2, 4, 5, 3)])
def test_cells_fill_the_box_and_compute_what_the_net_computes(
    alpha: float, widths: tuple[int, ...]
) -> None:
    layers = random_layers(widths)
    cells = activation_cells(layers, ((-2, 2), (-1, 3)), alpha)
    assert len(cells) > 6
    assert len({cell.pattern for cell in cells}) == len(cells)
    assert sum((cell.area for cell in cells), Fraction(0)) == 16
    assert min(cell.area for cell in cells) > 0
    for cell in cells:
        x, y = (sum(c) / len(cell.corners) for c in zip(*cell.corners, strict=True))
        rows = zip(*cell.weights, cell.bias, strict=True)
        expected = [float(a * x + b * y + c) for a, b, c in rows]
        X = torch.tensor([[float(x), float(y)]], dtype=torch.float64)
        assert run_layers(layers, X, prelu(alpha))[0].tolist() == pytest.approx(expected, abs=1e-10)
        Z = X @ layers[0][0] + layers[0][1]
        assert cell.pattern[0] == tuple((Z > 0)[0].tolist())


def test_wrong_boxes_and_layers_are_refused_in_words() -> None:
    layers = random_layers((2, 3, 1))
    for box in (((0, 0), (0, 1)), ((0, 1),), ((0, 1, 2), (0, 1))):
        with pytest.raises(ValueError, match="box: expected"):
            activation_cells(layers, box)
    with pytest.raises(ValueError, match=r"expected W of shape \(2, outputs\)"):
        activation_cells(random_layers((1, 3, 1)))
