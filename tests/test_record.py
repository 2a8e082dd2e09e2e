import pytest
import torch

from d2l_utils import record


def test_line_of_an_unknown_form_is_an_error_not_a_gap() -> None:
    with pytest.raises(RuntimeError, match="unexpected line in torchviz's output"):
        record._parse(["\t1 [label=a]", "\tsomething new"])


def test_labels_colours_and_edges_are_read() -> None:
    labels, links = record._parse(
        [
            '\t10 [label="W\n (2, 3)" fillcolor=lightblue]',
            "\t11 [label=MmBackward0]",
            "\t10 -> 11",
            "\t11 -> 12 [dir=none]",
        ]
    )
    assert labels == {10: ("W\n (2, 3)", "lightblue"), 11: ("MmBackward0", "")}
    assert links == [(10, 11, ""), (11, 12, "dir=none")]


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
