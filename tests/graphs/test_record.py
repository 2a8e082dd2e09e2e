from typing import Any

import pytest
import torch

from d2l_utils.graphs import record


@pytest.mark.parametrize(
    ("function", "word"),
    [
        ("MmBackward0", "matmul"),
        ("AddmmBackward0", "matmul and add"),
        ("ReluBackward0", "relu"),
        ("SoftplusBackward0", "softplus"),
        ("UnsafeIndexBackward0", "unsafe index"),
    ],
)
def test_operations_get_the_word_of_the_text(function: str, word: str) -> None:
    assert record._operation(function) == word


def test_scalar_shape_is_written_in_words() -> None:
    assert record.shape_text(()) == "scalar"
    assert record.shape_text((5,)) == "(5,)"


def test_nodes_are_numbered_from_the_result() -> None:
    x = torch.ones(3, requires_grad=True)
    nodes, edges = record.read_record({"y": (2 * x).sum()}, {"x": x})
    assert [(node.id, node.role) for node in nodes] == [
        ("n0", "output"),
        ("n1", "operation"),
        ("n2", "operation"),
        ("n3", "parameter"),
    ]
    found = {(edge.source, edge.target) for edge in edges}
    assert found == {("n1", "n0"), ("n2", "n1"), ("n3", "n2")}


def saved_nodes(outputs: dict[str, torch.Tensor], params: dict[str, torch.Tensor]) -> list[Any]:
    nodes, edges = record.read_record(outputs, params, saved=True)
    kept = {edge.source for edge in edges if edge.kind == "saved"}
    return sorted((node.role, node.name, node.shape) for node in nodes if node.id in kept)


def test_saved_tensor_without_a_name_is_called_what_a_later_use_knows_of_it() -> None:
    x = torch.tensor([0.5, 1.5], requires_grad=True)
    z = torch.exp(x).square().sum()  # the square keeps a tensor without a name, exp its output
    assert saved_nodes({"z": z}, {"x": x}) == [("saved", "output of exp", (2,))]


def test_saved_parameter_is_the_parameters_own_node() -> None:
    W = torch.ones(3, 2, requires_grad=True)
    assert saved_nodes({"z": W.square().sum()}, {"W": W}) == [("parameter", "W", (3, 2))]


def test_unnamed_leaf_is_still_a_parameter() -> None:
    x, W = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    nodes, _ = record.read_record({"y": (W * x).sum()}, {"x": x}, saved=True)
    leaves = [(node.role, node.name, node.shape) for node in nodes if node.role == "parameter"]
    assert sorted(leaves) == [("parameter", "", (2,)), ("parameter", "x", (2,))]


def test_accumulation_is_left_out_unless_asked_for() -> None:
    x = torch.ones(3, requires_grad=True)
    outputs, params = {"y": x.sum()}, {"x": x}
    (plain, _), (full, _) = (
        record.read_record(outputs, params, accumulate=each) for each in (False, True)
    )
    assert [node.operation for node in plain] == ["", "sum", ""]
    assert [node.operation for node in full if node.operation] == ["sum", "accumulate gradient"]
