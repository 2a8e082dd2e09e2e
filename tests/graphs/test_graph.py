import re
from typing import Any
from xml.etree import ElementTree

import pytest
import torch
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from d2l_utils import graphs

N, NUM_INPUTS, NUM_HIDDENS, NUM_OUTPUTS = 4, 3, 5, 2


def model() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(N, NUM_INPUTS, generator=generator)
    W1 = torch.randn(NUM_HIDDENS, NUM_INPUTS, generator=generator).requires_grad_()
    b1 = torch.randn(NUM_HIDDENS, generator=generator).requires_grad_()
    W2 = torch.randn(NUM_OUTPUTS, NUM_HIDDENS, generator=generator).requires_grad_()
    z = x @ W1.T + b1
    h = torch.relu(z)
    o = h @ W2.T
    L = functional.cross_entropy(o, torch.tensor([0, 1, 1, 0]))
    s = 0.05 * (W1.square().sum() + W2.square().sum())
    J = L + s
    return {"x": x, "W1": W1, "b1": b1, "W2": W2, "z": z, "h": h, "o": o, "L": L, "s": s, "J": J}


def draw(saved: bool = False, accumulate: bool = False) -> graphs.Graph:
    names = model()
    J = names.pop("J")
    return graphs.draw({"J": J}, names, alt="graph of J", saved=saved, accumulate=accumulate)


@pytest.mark.exercise(2)
def test_hidden_bias_reaches_the_objective_once_and_each_weight_twice() -> None:
    graph = draw()
    assert {name: len(graph.paths(name, "J")) for name in ("W1", "b1", "W2")} == {
        "W1": 2,
        "b1": 1,
        "W2": 2,
    }
    assert graph.paths("b1", "s") == []
    assert len(graph.paths("W1", "s")) == 1


def test_names_roles_and_shapes_are_those_of_the_text() -> None:
    graph = draw()
    described = {node.name: (node.role, node.shape) for node in graph.nodes if node.name}
    assert described["W1"] == ("parameter", (NUM_HIDDENS, NUM_INPUTS))
    assert described["h"] == ("operation", (N, NUM_HIDDENS))
    assert graph.node("z").operation == "add"
    assert graph.node("h").operation == "relu"
    outputs = [node for node in graph.nodes if node.role == "output"]
    assert [(node.name, node.shape) for node in outputs] == [("J", ())]


def test_input_without_gradient_is_missing_until_saved_tensors_are_shown() -> None:
    assert draw().missing == ("x",)
    assert draw(saved=True).missing == ()


def test_saved_tensors_keep_names_and_share_one_node_per_storage() -> None:
    graph = draw(saved=True)
    (h,) = [node for node in graph.nodes if node.role == "saved" and node.name == "h"]
    users = [edge.target for edge in graph.edges if edge.kind == "saved" and edge.source == h.id]
    operations = {node.id: node.operation for node in graph.nodes}
    assert sorted(operations[user] for user in users) == ["matmul", "relu"]
    assert graph.node("W1").role == "parameter"
    assert any(node.name == "W2 (view)" for node in graph.nodes)


def test_accumulation_nodes_appear_on_request() -> None:
    plain, full = draw(), draw(accumulate=True)
    extra = [node for node in full.nodes if node.operation == "accumulate gradient"]
    assert len(extra) == 3
    assert len(full.nodes) == len(plain.nodes) + 3


def test_same_computation_gives_the_same_bytes() -> None:
    for saved in (False, True):
        assert draw(saved).svg == draw(saved).svg


def test_drawing_is_well_formed_described_and_without_titles() -> None:
    svg = draw(saved=True).svg
    root = ElementTree.fromstring(svg)
    assert root.get("aria-label") == "graph of J"
    assert "<title" not in svg
    assert "<!--" not in svg
    assert not re.search(r"\b\d{12,}\b", svg)  # no memory address


def test_table_says_what_the_drawing_shows() -> None:
    graph = draw()
    table = graph.table()
    assert len(table.rows) == len(graph.nodes)
    (row,) = [row for row in table.rows if row[1] == "add → z"]
    assert row[2:4] == ("operation", "(4, 5)")
    assert len(row[4].split(", ")) == 2


def test_several_results_are_drawn_together() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    f = x**3
    (df,) = torch.autograd.grad(f, x, create_graph=True)
    graph = graphs.draw({"f": f, "df/dx": df}, {"x": x}, alt="f and its derivative")
    assert {node.name for node in graph.nodes if node.role == "output"} == {"f", "df/dx"}


def test_view_of_a_parameter_can_be_drawn() -> None:
    W = torch.ones(2, 3, requires_grad=True)
    graph = graphs.draw({"V": W.T}, {"W": W}, alt="a view")
    assert any(edge.kind == "view" for edge in graph.edges)


def test_freed_graph_is_an_error_with_the_remedy() -> None:
    names = model()
    names["J"].backward()
    with pytest.raises(ValueError, match=r"freed by \.backward\(\): draw it before"):
        graphs.draw(names["J"], {}, alt="too late")


@pytest.mark.parametrize("saved", [False, True])
def test_tensor_overwritten_in_place_is_called_so(saved: bool) -> None:
    x = torch.ones(3, requires_grad=True)
    y = x.sigmoid().relu_()
    with pytest.raises(ValueError, match="'result' of SigmoidBackward0 overwritten in place"):
        graphs.draw(y, {"x": x}, alt="spoilt", saved=saved)


def test_checkpoint_is_drawn_with_its_input_and_not_run_again() -> None:
    calls: list[int] = []

    def segment(h: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        return h.exp().sin()

    x = torch.ones(3, requires_grad=True)
    y = checkpoint(segment, x * 2, use_reentrant=False)
    graph = graphs.draw(y, {"x": x}, alt="a checkpoint", saved=True)
    assert [node.name for node in graph.nodes if node.role == "saved"] == ["input of a checkpoint"]
    assert len(calls) == 1


class Twice(torch.autograd.Function):
    """Keeps a tensor that it has computed, and nothing in the place of another."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x * 2, None)
        return x * 2

    @staticmethod
    def backward(ctx: Any, g: torch.Tensor) -> torch.Tensor:
        return 2 * g


def test_function_written_in_python_is_one_operation_even_twice() -> None:
    x = torch.ones(3, requires_grad=True)
    y = Twice.apply(Twice.apply(x)).sum()
    plain, kept = (graphs.draw({"y": y}, {"x": x}, alt="f", saved=each) for each in (False, True))
    assert [node.operation for node in plain.nodes if node.operation] == ["sum", "twice", "twice"]
    assert [node.shape for node in kept.nodes if node.role == "saved"] == [(3,), (3,)]


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
@pytest.mark.parametrize("saved", [False, True])
def test_compiled_module_is_drawn(backend: str, saved: bool) -> None:
    net = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.Tanh())
    y = torch.compile(net, backend=backend)(torch.ones(2, 3))
    graph = graphs.draw({"y": y}, dict(net.named_parameters()), alt="compiled", saved=saved)
    assert len(graph.paths("0.weight", "y")) == 1


def test_saved_leaf_has_a_line_of_its_own() -> None:
    a = torch.ones(3, requires_grad=True)
    graph = graphs.draw({"y": a * a}, {"a": a}, alt="a square", saved=True)
    (source, target) = (graph.node("a").id, next(n.id for n in graph.nodes if n.operation))
    lines = {(edge.source, edge.target, edge.kind) for edge in graph.edges}
    assert lines >= {(source, target, "flow"), (source, target, "saved")}
    assert graph.svg.count("stroke-dasharray") == 1


def test_graph_too_large_to_lay_out_is_refused_with_advice() -> None:
    y = torch.ones(2, requires_grad=True)
    for _ in range(300):
        y = y.sin()
    with pytest.raises(ValueError, match=r"at most 250 nodes, got 302; draw one layer .*=302"):
        graphs.draw(y, {}, alt="long")
    assert len(graphs.draw(y, {}, alt="long", max_nodes=302).nodes) == 302


def test_leaf_whose_numbers_were_replaced_is_drawn_as_the_leaf() -> None:
    x = torch.ones(2, requires_grad=True)
    x.data = torch.full((2,), 3.0)
    graph = graphs.draw({"y": (x * x).sum()}, {"x": x}, alt="y", saved=True)
    assert graph.paths("x", "y")
    assert graph.node("x").shape == (2,)


def test_leaf_has_an_empty_graph() -> None:
    with pytest.raises(ValueError, match="W: expected a computed result, got a leaf"):
        graphs.draw({"W": torch.ones(2, requires_grad=True)}, {}, alt="leaf")


def test_tensor_without_gradient_has_no_graph() -> None:
    with pytest.raises(ValueError, match="expected a result that requires grad"):
        graphs.draw(torch.ones(2) * 2, {}, alt="constant")


def test_bad_arguments_are_refused() -> None:
    J = model()["J"]
    with pytest.raises(ValueError, match="empty mapping"):
        graphs.draw({}, {}, alt="nothing")
    with pytest.raises(TypeError, match=r"'W1'\]: expected a tensor, got"):
        graphs.draw(J, {"W1": [1.0]}, alt="x")  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="alt: expected a description"):
        graphs.draw(J, {}, alt=" ")
    with pytest.raises(KeyError, match="expected the name of a node"):
        draw().node("W9")
