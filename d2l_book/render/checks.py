"""Checks as a list, whose items wrap on a phone: one item each, one list for those that follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from docutils import nodes

from d2l_utils.checks.record import line_of

CLASS = "d2l-checks"


def checks_list(records: Iterable[Mapping[str, Any]]) -> nodes.bullet_list:
    """Return a list with one item for each check.

    Args:
        records: What the checks found; see `d2l_utils.checks.record`.
    """
    lines = [nodes.paragraph("", line_of(record), support_smartquotes=False) for record in records]
    items = [nodes.list_item("", line) for line in lines]
    return nodes.bullet_list("", *items, classes=["output", CLASS])


def join_lists(doctree: nodes.Element) -> None:
    """Make one list of the lists of checks that follow each other in a cell, in place.

    Args:
        doctree: A page or a part of it.
    """
    for one in list(doctree.findall(_is_list)):
        before = one.parent.index(one) - 1
        if before >= 0 and _is_list(one.parent[before]):
            one.parent[before].extend(one.children)
            one.parent.remove(one)


def _is_list(node: nodes.Node) -> bool:
    return isinstance(node, nodes.bullet_list) and CLASS in node["classes"]
