"""Following the edges of a graph, forward along its paths or back to what a node is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from d2l_utils.graphs.record import Edge

MAX_PATHS = 10_000
"""Most paths that are listed."""


def directed_paths(edges: Iterable[Edge], start: str, end: str) -> list[tuple[str, ...]]:
    """List the paths along which values flow from one node to another.

    Their number can double at every node, so they are counted before they are listed.

    The gradient of `end` with respect to `start` is a sum with one term for each of them, by the
    chain rule (D2L section 5.3.3).

    Args:
        edges: Edges of a graph without cycles; those of kind ``"flow"`` count.
        start: Id of the first node.
        end: Id of the last node.

    Returns:
        Each path as the ids it visits, both ends included.

    Raises:
        ValueError: If there are more than `MAX_PATHS`.
    """
    following: dict[str, list[str]] = {}
    for edge in edges:
        if edge.kind == "flow":
            following.setdefault(edge.source, []).append(edge.target)
    numbers = _numbers_of_paths(following, start, end)
    if numbers[start] > MAX_PATHS:
        raise ValueError(f"paths: expected at most {MAX_PATHS} to list, got {numbers[start]}")
    unfinished: list[tuple[str, ...]] = [(start,)] if numbers[start] else []
    found: list[tuple[str, ...]] = []
    while unfinished:
        path = unfinished.pop()
        if path[-1] == end:
            found.append(path)
        else:
            onward = [node for node in following[path[-1]] if numbers[node]]
            unfinished += [(*path, node) for node in reversed(onward)]
    return found


def _numbers_of_paths(following: dict[str, list[str]], start: str, end: str) -> dict[str, int]:
    """Count the paths to the end from each node that can be reached from the start."""
    numbers = {end: 1}
    waiting = [start]
    while waiting:
        here = waiting[-1]
        unknown = [node for node in following.get(here, []) if node not in numbers]
        if here in numbers:
            waiting.pop()
        elif unknown:
            waiting += unknown
        else:
            numbers[here] = sum(numbers[node] for node in following.get(here, []))
    return numbers


def ancestors(edges: Sequence[Edge], node: str) -> set[str]:
    """Collect everything that a node depends on, whatever the kind of the edges.

    Args:
        edges: Edges of a graph.
        node: Id of a node.

    Returns:
        The ids from which an edge or more lead to `node`, and its own.
    """
    found: set[str] = set()
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += [edge.source for edge in edges if edge.target == here]
    return found


def sources_in_words(edges: Iterable[Edge]) -> dict[str, str]:
    """Say what each node uses, for a table that replaces a drawing.

    Args:
        edges: Edges of a graph.

    Returns:
        Id of each node that uses others -> their ids, for example ``"n3, n7 (saved)"``.
    """
    sources: dict[str, list[str]] = {}
    for edge in edges:
        kept = " (saved)" if edge.kind == "saved" else ""
        sources.setdefault(edge.target, []).append(edge.source + kept)
    return {node: ", ".join(used) for node, used in sources.items()}
