"""Nodes and FLOPs: small graphs counted by hand, formulas against PyTorch's own counter."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from d2l_utils.backprop.functional_mlp import LOSSES, init_mlp, objective
from d2l_utils.costs.flop_counts import flops, mlp_flops
from d2l_utils.costs.node_counts import count_nodes, node_law
from d2l_utils.curvature.products import gradient, hessian, hvp
from d2l_utils.curvature.r_operator import hvp_by_hand

pytestmark = pytest.mark.exercise(4)

NETWORKS = [((6, 3), 2), ((3, 4, 2), 5), ((7, 5, 6, 4, 3), 11), ((784, 256, 10), 256)]


def data(sizes: tuple[int, ...], n: int, loss: str, device: str) -> tuple[Tensor, Tensor]:
    X = torch.zeros(n, sizes[0], device=device)
    if loss == "squared":
        return X, torch.zeros(n, sizes[-1], device=device)
    return X, torch.zeros(n, dtype=torch.int64, device=device)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ["relu", "tanh", "softplus"])
@pytest.mark.parametrize(("sizes", "n"), NETWORKS)
def test_formulas_equal_the_counter(
    sizes: tuple[int, ...], n: int, activation: str, loss: str
) -> None:
    params = init_mlp(sizes, device="meta")
    X, y = data(sizes, n, loss, "meta")
    law = mlp_flops(sizes, n)

    def value(q: dict[str, Tensor]) -> Tensor:
        return objective(q, X, y, 0.1, activation, loss)

    assert flops(lambda: value(params)) == law.forward
    assert flops(lambda: gradient(value, params)) == law.gradient
    for mode in ("reverse-over-reverse", "forward-over-reverse", "reverse-over-forward"):
        counted = flops(lambda mode=mode: hvp(value, params, params, mode))  # type: ignore[misc]
        assert counted == getattr(law, mode.replace("-", "_"))
    whole = flops(lambda: hessian(value, params, max_bytes=10**12, chunk_size=law.num_params))
    assert whole == law.hessian
    assert law.num_params == sum(p.numel() for p in params.values())


@pytest.mark.parametrize("chunk_size", [5, 11, 1000])
def test_chunks_of_a_hessian_cost_the_same_as_the_whole(chunk_size: int) -> None:
    params, (X, y) = init_mlp((3, 4, 2)), data((3, 4, 2), 5, "cross_entropy", "cpu")
    counted = flops(lambda: hessian(lambda q: objective(q, X, y), params, chunk_size=chunk_size))
    assert counted == mlp_flops((3, 4, 2), 5).hessian


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize(("sizes", "n"), [((3, 4, 2), 5), ((784, 256, 10), 256)])
def test_product_by_hand_is_the_cheapest(
    sizes: tuple[int, ...], n: int, activation: str, loss: str
) -> None:
    params, (X, y) = init_mlp(sizes), data(sizes, n, loss, "cpu")
    law = mlp_flops(sizes, n)
    counted = flops(lambda: hvp_by_hand(params, params, X, y, 0.1, activation, loss))
    assert counted == (law.by_hand_relu if activation == "relu" else law.by_hand)
    assert law.by_hand < min(law.reverse_over_reverse, law.reverse_over_forward)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ["relu", "tanh", "softplus"])
@pytest.mark.parametrize("num_hidden_layers", range(1, 9))
def test_node_laws_hold_for_depths_1_to_8(
    num_hidden_layers: int, activation: str, loss: str
) -> None:
    sizes = (3, *range(4, 4 + num_hidden_layers), 2)
    params = {k: p.requires_grad_() for k, p in init_mlp(sizes).items()}
    J = objective(params, *data(sizes, 5, loss, "cpu"), 0.1, activation, loss)
    g = torch.autograd.grad(J, list(params.values()), create_graph=True)
    law = node_law(num_hidden_layers, loss)
    assert (count_nodes(J), count_nodes(g)) == (law.objective, law.gradients)
    inner = (g[0] * torch.ones_like(g[0])).sum()
    for part in g[1:]:
        inner = inner + (part * torch.ones_like(part)).sum()
    assert count_nodes(inner) == law.product


def test_nodes_counted_by_hand() -> None:
    x = torch.tensor(0.5, requires_grad=True)
    assert count_nodes(x * x) == 2  # one product, one leaf used twice
    assert count_nodes((x * x).sin() + x) == 4
    assert count_nodes([x * x, x.sin()]) == 3  # the leaf is shared
    assert count_nodes(torch.tensor(1.0)) == 0
    assert count_nodes([]) == 0


def test_shared_nodes_count_once_however_often_they_are_used() -> None:
    x = torch.tensor(0.5, requires_grad=True)
    y: Tensor = x
    for _ in range(40):  # 2 ** 40 paths
        y = y + y
    assert count_nodes(y) == 41


def test_flops_of_one_product_counted_by_hand() -> None:
    A, B = torch.ones(2, 3), torch.ones(3, 5)
    assert flops(lambda: A @ B) == 2 * 2 * 3 * 5
    assert flops(lambda: A + 1) == 0


def test_whole_hessian_of_the_section_is_counted_without_computing_it() -> None:
    law = mlp_flops((784, 256, 10), 256)
    assert law.num_params == 203_530
    assert law.reverse_over_reverse / law.gradient == pytest.approx(2.0188, abs=1e-4)
    assert law.by_hand / law.gradient == pytest.approx(1.5219, abs=1e-4)
    assert law.by_hand_relu / law.gradient == pytest.approx(1.5157, abs=1e-4)
    assert law.hessian == 43_430_502_465_536


def test_bad_input_is_refused() -> None:
    with pytest.raises(TypeError, match="tensors\\[0\\]: expected a tensor, got 1"):
        count_nodes([1])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="fn: expected a function, got a tensor"):
        flops(torch.ones(1))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"sizes: expected at least two .* got \(3,\)"):
        mlp_flops((3,), 4)
    with pytest.raises(ValueError, match="n: expected at least 1"):
        mlp_flops((3, 2), 0)
    with pytest.raises(ValueError, match="num_hidden_layers: expected at least 1, got 0"):
        node_law(0)
    with pytest.raises(ValueError, match=r"loss: expected .* got 'hinge'"):
        node_law(1, "hinge")
