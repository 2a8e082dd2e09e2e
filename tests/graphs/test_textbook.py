import re

import pytest
import torch

from d2l_utils import graphs
from d2l_utils.display.figures import COLORS
from d2l_utils.display.tables import Table
from d2l_utils.graphs.textbook import TextbookGraph

pytestmark = pytest.mark.exercise(2)


@pytest.fixture(scope="module")
def graph() -> TextbookGraph:
    return graphs.draw_textbook()


def test_hidden_bias_has_one_path_to_the_objective_and_none_through_the_penalty(
    graph: TextbookGraph,
) -> None:
    (path,) = graph.paths("b1", "J")
    assert path == ("b1", "+", "z", "φ", "h", "×", "o", "l", "L", "+", "J")
    assert graph.paths("b1", "s") == []


@pytest.mark.parametrize("name", ["W1", "W2"])
def test_each_weight_has_two_paths_one_through_the_loss_one_through_the_penalty(
    graph: TextbookGraph, name: str
) -> None:
    through_loss, through_penalty = graph.paths(name, "J")
    assert "L" in through_loss
    assert "s" not in through_loss
    assert "s" in through_penalty
    assert "L" not in through_penalty


def test_number_of_paths_is_the_entry_of_the_summed_powers_of_the_adjacency_matrix(
    graph: TextbookGraph,
) -> None:
    index = {node.id: i for i, node in enumerate(graph.nodes)}
    adjacency = torch.zeros(len(index), len(index), dtype=torch.float64)
    for edge in graph.edges:
        adjacency[index[edge.source], index[edge.target]] += 1
    # I + A + A^2 + ... = (I - A)^-1 for a graph without cycles.
    count = torch.linalg.inv(torch.eye(len(index), dtype=torch.float64) - adjacency)
    for first in ("x", "W1", "b1", "W2", "y", "z", "h", "o", "L", "s", "J"):
        for last in ("z", "o", "L", "s", "J"):
            expected = round(count[index[graph.node(first).id], index[graph.node(last).id]].item())
            assert len(graph.paths(first, last)) == expected, (first, last)


def test_variables_are_those_of_the_section_in_forward_order(graph: TextbookGraph) -> None:
    names = [node.name for node in graph.nodes if node.kind == "variable"]
    assert names == ["x", "W1", "b1", "z", "h", "W2", "o", "y", "L", "s", "J"]
    assert [node.id for node in graph.nodes] == [f"n{i}" for i in range(len(graph.nodes))]


def test_variables_and_operators_alternate_except_between_operators(graph: TextbookGraph) -> None:
    kind = {node.id: node.kind for node in graph.nodes}
    assert all("operator" in (kind[e.source], kind[e.target]) for e in graph.edges)
    operators = {node.id for node in graph.nodes if node.kind == "operator"}
    assert operators == {e.target for e in graph.edges if kind[e.target] == "operator"}


def test_without_hidden_bias_only_the_bias_and_its_addition_disappear(
    graph: TextbookGraph,
) -> None:
    plain = graphs.draw_textbook(hidden_bias=False)
    assert len(plain.nodes) == len(graph.nodes) - 2
    assert plain.paths("W1", "z") == [("W1", "×", "z")]
    with pytest.raises(KeyError, match="no variable named 'b1'"):
        plain.node("b1")


def test_operators_cannot_be_asked_for_as_variables(graph: TextbookGraph) -> None:
    with pytest.raises(KeyError, match=re.escape("no variable named '+'")):
        graph.paths("+", "J")


def test_shapes_can_be_given_as_sizes_or_words() -> None:
    graph = graphs.draw_textbook(shapes={"x": (4, 3), "L": (), "y": "(4,)"})
    assert [graph.node(name).shape for name in ("x", "L", "y", "z")] == [
        "(4, 3)",
        "scalar",
        "(4,)",
        "(h,)",
    ]
    assert "(4, 3)" in graph.svg


def test_shapes_of_unknown_variables_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected names among x, W1, .*got \['b2'\]"):
        graphs.draw_textbook(shapes={"b2": (2,)})
    with pytest.raises(ValueError, match=r"got \['b1'\]"):
        graphs.draw_textbook(hidden_bias=False, shapes={"b1": (2,)})


def test_drawing_is_deterministic_themed_and_narrow(graph: TextbookGraph) -> None:
    assert graphs.draw_textbook().svg == graph.svg
    assert f"var(--d2l-ink, {COLORS['ink']})" in graph.svg
    assert "<title" not in graph.svg
    assert "<!--" not in graph.svg
    width = re.search(r'width="(\d+)pt"', graph.svg)
    assert width is not None
    assert int(width.group(1)) <= 260


def test_drawing_shows_every_variable_as_a_square_and_every_operator_as_a_circle(
    graph: TextbookGraph,
) -> None:
    operators = sum(node.kind == "operator" for node in graph.nodes)
    assert graph.svg.count("<ellipse") == operators
    labels = re.findall(r"<text[^>]*>([^<]*)</text>", graph.svg)
    for node in graph.nodes:
        assert labels.count(node.name) == sum(n.name == node.name for n in graph.nodes)


def test_table_lists_every_node_with_what_it_uses(graph: TextbookGraph) -> None:
    table = graph.table()
    assert isinstance(table, Table)
    assert len(table.rows) == len(graph.nodes)
    by_id = {row[0]: row for row in table.rows}
    uses = by_id[graph.node("z").id][4]
    assert by_id[uses][1] == "+"
