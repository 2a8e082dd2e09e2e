"""Paths in a graph: one for each term of a gradient (D2L section 5.3.3, the chain rule)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from d2l_utils.record import Edge


def directed_paths(edges: Iterable[Edge], start: str, end: str) -> list[tuple[str, ...]]:
    """List the paths along which values flow from one node to another.

    The gradient of `end` with respect to `start` is a sum with one term for each of them.

    Args:
        edges: Edges of a graph without cycles; those of kind ``"flow"`` count.
        start: Id of the first node.
        end: Id of the last node.

    Returns:
        Each path as the ids it visits, both ends included.
    """
    following: dict[str, list[str]] = {}
    for edge in edges:
        if edge.kind == "flow":
            following.setdefault(edge.source, []).append(edge.target)

    def walk(path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if path[-1] == end:
            yield path
            return
        for after in following.get(path[-1], []):
            yield from walk((*path, after))

    return list(walk((start,)))
