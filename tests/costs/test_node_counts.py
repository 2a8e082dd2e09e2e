"""Nodes of autograd graphs, counted by hand on graphs that are small enough."""

from __future__ import annotations

import pytest
import torch

from d2l_utils.costs.node_counts import count_nodes, node_law

pytestmark = pytest.mark.exercise(4)


def test_every_operation_and_every_leaf_counts_once() -> None:
    x = torch.ones((), requires_grad=True)
    assert count_nodes(x * x) == 2  # one product, one leaf used twice
    assert count_nodes([x * x, x.exp()]) == 3  # the leaf is shared


def test_tensor_without_a_graph_has_no_nodes() -> None:
    assert count_nodes(torch.ones(3)) == 0


def test_what_is_no_tensor_is_refused() -> None:
    with pytest.raises(TypeError):
        count_nodes("x")


def test_a_deeper_network_has_more_nodes() -> None:
    laws = [vars(node_law(depth)) for depth in (1, 2)]
    assert all(laws[1][name] > value for name, value in laws[0].items())
