from fractions import Fraction
from itertools import pairwise

import pytest
import torch

from d2l_utils.activations import activation_pieces, run_layers
from tests.activations.nets import random_layers, tent


def prelu(alpha: float):  # noqa: ANN201
    return lambda Z: torch.where(Z > 0, Z, alpha * Z)


def test_a_kink_is_where_it_is() -> None:
    third = [(torch.tensor([[3.0]]), torch.tensor([-1.0])), (torch.ones(1, 1), torch.zeros(1))]
    left, right = activation_pieces(third)
    assert (left.left, left.right, right.left, right.right) == (
        None, Fraction(1, 3), Fraction(1, 3), None,
    )  # fmt: skip
    assert (left.slope, right.slope, right.intercept) == ((0,), (3,), (-1,))
    assert (left.patterns, right.patterns) == ((((False,),),), (((True,),),))


@pytest.mark.parametrize("depth", [1, 2, 3, 6])
def test_tent_map_doubles_its_pieces_in_each_layer(depth: int) -> None:
    inner = [p for p in activation_pieces(tent(depth)) if p.left is not None and 0 <= p.left < 1]
    assert len(inner) == 2**depth
    assert [p.slope[0] for p in inner] == [2**depth, -(2**depth)] * 2 ** (depth - 1)
    assert [p.left for p in inner] == [Fraction(k, 2**depth) for k in range(2**depth)]


@pytest.mark.parametrize("alpha", [0.0, 0.25, -0.5])
@pytest.mark.parametrize("merge", [True, False])
def test_pieces_compute_what_the_net_computes(alpha: float, merge: bool) -> None:
    layers = random_layers((1, 6, 5, 2))
    pieces = activation_pieces(layers, alpha, merge)
    assert len(pieces) > 6
    assert pieces[0].left is None
    assert pieces[-1].right is None
    for one, two in pairwise(pieces):
        x = one.right
        assert x is not None
        assert x == two.left
        values = [
            [x * s + c for s, c in zip(p.slope, p.intercept, strict=True)] for p in (one, two)
        ]
        assert values[0] == values[1]  # continuous, exactly
    for p in pieces:
        left = p.right - 2 if p.left is None else p.left
        right = left + 2 if p.right is None else p.right
        x = (left + right) / 2
        expected = [float(x * s + c) for s, c in zip(p.slope, p.intercept, strict=True)]
        X = torch.tensor([[float(x)]], dtype=torch.float64)
        got = run_layers(layers, X, prelu(alpha))[0].tolist()
        assert got == pytest.approx(expected, abs=1e-10)


def test_neighbours_with_one_map_are_one_piece_unless_asked_for() -> None:
    line = [
        (torch.tensor([[1.0, -1.0]]), torch.zeros(2)),
        (torch.tensor([[1.0], [-1.0]]), torch.zeros(1)),
    ]
    (whole,) = activation_pieces(line)
    assert (whole.left, whole.right, whole.slope) == (None, None, (1,))
    assert whole.patterns == (((False, True),), ((True, False),))
    assert len(activation_pieces(line, merge=False)) == 2
    assert len(activation_pieces(random_layers((1, 4, 1)), alpha=1.0)) == 1


def test_a_unit_that_is_zero_everywhere_is_not_positive() -> None:
    layers = [(torch.zeros(1, 2), torch.tensor([0.0, 1.0])), (torch.ones(2, 1), torch.zeros(1))]
    (piece,) = activation_pieces(layers)
    assert piece.patterns == (((False, True),),)


def test_wrong_layers_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"expected W of shape \(1, outputs\), got \(2, 3\)"):
        activation_pieces(random_layers((2, 3, 1)))
    with pytest.raises(ValueError, match=r"layers\[0\]: expected finite numbers in b"):
        activation_pieces([(torch.ones(1, 1), torch.tensor([float("nan")]))])
