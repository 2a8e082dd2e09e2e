"""The parts of a derivative's graph."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from d2l_utils import graphs
from d2l_utils.costs.node_counts import count_nodes
from d2l_utils.graphs.derivatives import DerivativeGraph

pytestmark = pytest.mark.exercise(4)


def drawn() -> tuple[DerivativeGraph, Tensor, Tensor]:
    x = torch.tensor(0.7, requires_grad=True)
    f = x**3 * torch.sin(x)
    (slope,) = torch.autograd.grad(f, x, create_graph=True)
    outputs = {"f": f, "df/dx": slope}
    return graphs.draw_derivatives(outputs, {"x": x}, function="f", alt="two parts"), f, slope


def test_parts_are_the_functions_nodes_and_the_rest() -> None:
    picture, f, slope = drawn()
    assert len(picture.first) == count_nodes(f) + 1  # one box more: the result
    assert len(picture.first) + len(picture.second) == count_nodes([f, slope]) + 2
    assert not set(picture.first) & set(picture.second)
    names = {node.id: node.operation or node.name for node in picture.graph.nodes}
    assert sorted(names[i] for i in picture.first) == ["f", "power", "sin", "times", "x"]
    assert "cos" in {names[i] for i in picture.second}


def test_table_names_both_parts_and_the_drawing_dashes_one() -> None:
    picture, _, _ = drawn()
    parts = [row[2] for row in picture.table().rows]
    assert parts.count("function") == 5
    assert parts.count("derivative only") == len(picture.second)
    assert picture.svg.count("stroke-dasharray") > len(picture.second)
    assert picture.svg == drawn()[0].svg


def test_an_unknown_function_is_refused() -> None:
    x = torch.ones((), requires_grad=True)
    with pytest.raises(ValueError, match=r"function: expected one of \['f'\], got 'g'"):
        graphs.draw_derivatives({"f": x * x}, {"x": x}, function="g", alt="a")
