"""Checks as a list, whose items wrap on a phone: one item each, one list for those that follow.

A line of the list makes sense by itself. Three or more checks of one kind that follow each other
are one line, which says what they say together and unfolds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from docutils import nodes

from d2l_utils.checks.record import TICK

CLASS = "d2l-checks"
ALIKE = 3
"""From how many checks of one kind on they are one line."""

_EMPTY = ("[]", "{}", "set()")  # () is also the shape of a single number


def sentence(record: Mapping[str, Any]) -> str:
    """Return what a check found as a line for readers.

    A colon parts the claim from what was found, unless the claim has one itself.

    Args:
        record: What the check found; see `d2l_utils.checks.record`.
    """
    claim, result = record["claim"].rstrip(": "), record["result"]
    if not result:
        return f"{TICK} {claim}"
    if record["kind"] == "bound":
        return f"{TICK} {claim}{'' if claim.endswith(' by') else ' is'} {result}"
    if record["kind"] == "equal" and result in _EMPTY:
        result = "none"
    if ":" not in claim:
        return f"{TICK} {claim}: {result}"
    return (
        f"{TICK} {claim} = {result}" if record["kind"] == "equal" else f"{TICK} {claim} ({result})"
    )


def together(records: Sequence[Mapping[str, Any]]) -> str:
    """Return one line for checks of one kind.

    Args:
        records: What they found, at least one.
    """
    kind, checks = _kind(records[0]), len(records)
    if kind in ("close", "zero"):
        numbers = sum(record["count"] for record in records)
        bound = max(record["bound"] for record in records)
        with_zero, error = ("", "relative") if kind == "close" else (" with zero", "absolute")
        return (
            f"{TICK} {_counted(numbers, 'number')} compared{with_zero} in {checks} checks, "
            f"{error} error at most {bound:g}"
        )
    said = {
        "equal": "values agree exactly",
        "bound": "bounds hold",
        "true": "statements are true",
    }[kind]
    said_first = sentence(records[0]).removeprefix(f"{TICK} ")
    return f"{TICK} {checks} {said}, such as “{said_first}”"


def checks_list(records: Iterable[Mapping[str, Any]]) -> nodes.bullet_list:
    """Return a list with one item for each check.

    Args:
        records: What the checks found; see `d2l_utils.checks.record`.
    """
    items = [_item(record) for record in records]
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
    for one in list(doctree.findall(_is_list)):
        one[:] = list(_blocks(one.children))


def lines(checks: nodes.Element) -> list[tuple[str, int]]:
    """Return the lines of a list of checks, each with how many checks it stands for.

    Args:
        checks: The list, as `join_lists` left it.
    """
    return [(item["line"], len(item["records"])) for item in checks.children]


def _item(*records: Mapping[str, Any]) -> nodes.list_item:
    line = together(records) if records[1:] else sentence(records[0])
    node = nodes.list_item("", line=line, records=[dict(record) for record in records])
    if records[1:]:
        below = nodes.bullet_list("", *(_item(record) for record in records))
        start = f'<details class="d2l-block"><summary>{escape(line)}</summary>'
        node += [_raw(start), below, _raw("</details>")]
    else:
        node += nodes.paragraph("", line, support_smartquotes=False)
    return node


def _blocks(items: Sequence[nodes.Node]) -> Iterator[nodes.list_item]:
    """Give the items, those of one kind that follow each other as one."""
    records = [record for item in items for record in item["records"]]
    for _, group in groupby(records, _kind):
        alike = list(group)
        if len(alike) >= ALIKE:
            yield _item(*alike)
        else:
            yield from map(_item, alike)


def _kind(record: Mapping[str, Any]) -> str:
    """Return the kind of a check; numbers compared with zero have an error of another kind."""
    return "zero" if record["measure"] == "absolute" else str(record["kind"])


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


def _is_list(node: nodes.Node) -> bool:
    return isinstance(node, nodes.bullet_list) and CLASS in node["classes"]
