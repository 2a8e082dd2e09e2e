from d2l_utils.paths import directed_paths
from d2l_utils.record import Edge


def edges(*pairs: str) -> list[Edge]:
    return [Edge(pair[0], pair[1]) for pair in pairs]


def test_every_way_is_listed_once() -> None:
    diamond = edges("ab", "ac", "bd", "cd", "de")
    assert directed_paths(diamond, "a", "e") == [("a", "b", "d", "e"), ("a", "c", "d", "e")]


def test_direction_matters_and_absence_is_empty() -> None:
    assert directed_paths(edges("ab"), "b", "a") == []
    assert directed_paths(edges("ab", "cd"), "a", "d") == []


def test_saved_tensors_and_views_carry_no_values() -> None:
    mixed = [Edge("a", "b"), Edge("a", "b", "saved"), Edge("a", "b", "view")]
    assert directed_paths(mixed, "a", "b") == [("a", "b")]
