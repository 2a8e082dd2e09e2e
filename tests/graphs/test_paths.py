import pytest

from d2l_utils.graphs.paths import ancestors, directed_paths, sources_in_words
from d2l_utils.graphs.record import Edge


def edges(*pairs: str) -> list[Edge]:
    return [Edge(pair[0], pair[1]) for pair in pairs]


def test_every_way_is_listed_once() -> None:
    diamond = edges("ab", "ac", "bd", "cd", "de")
    assert directed_paths(diamond, "a", "e") == [("a", "b", "d", "e"), ("a", "c", "d", "e")]


def test_paths_too_many_to_list_are_counted() -> None:
    ladder = [Edge(f"{i}", f"{i}{side}") for i in range(40) for side in "ab"]
    ladder += [Edge(f"{i}{side}", f"{i + 1}") for i in range(40) for side in "ab"]
    assert len(directed_paths(ladder, "0", "10")) == 2**10
    assert directed_paths(ladder, "0", "elsewhere") == []
    with pytest.raises(ValueError, match=f"at most 10000 to list, got {2**40}"):
        directed_paths(ladder, "0", "40")


def test_direction_matters_and_absence_is_empty() -> None:
    assert directed_paths(edges("ab"), "b", "a") == []
    assert directed_paths(edges("ab", "cd"), "a", "d") == []


def test_saved_tensors_and_views_carry_no_values() -> None:
    mixed = [Edge("a", "b"), Edge("a", "b", "saved"), Edge("a", "b", "view")]
    assert directed_paths(mixed, "a", "b") == [("a", "b")]


def test_ancestors_are_the_node_and_all_that_leads_to_it() -> None:
    graph = [*edges("ab", "bd", "cd", "de"), Edge("s", "d", "saved")]
    assert ancestors(graph, "d") == {"a", "b", "c", "d", "s"}
    assert ancestors(graph, "a") == {"a"}


def test_sources_are_named_in_order_and_saved_ones_marked() -> None:
    graph = [*edges("cd", "ad"), Edge("s", "d", "saved"), Edge("d", "e", "view")]
    assert sources_in_words(graph) == {"d": "c, a, s (saved)", "e": "d"}
