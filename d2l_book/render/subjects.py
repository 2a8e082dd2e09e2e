"""What the code of a cell is about, in a few words: what a button that shows it is named by."""

from __future__ import annotations

import ast
from collections.abc import Iterator

NAMES = 3
"""How many names are said; of further ones only how many there are."""

_SHOWN = (("d2l-chart", "chart"), ("d2l-figure", "figure"), ("<table", "table"))


def subject(code: str, output: str = "") -> str:
    """Return words that follow "code", such as ``of the table`` or ``that defines forward``.

    Args:
        code: A cell's Python.
        output: What the cell shows, checks aside, as HTML or text.
    """
    if output.strip():
        return f"of the {next((noun for sign, noun in _SHOWN if sign in output), 'output')}"
    try:
        body = ast.parse(code).body
    except SyntaxError:  # some code shows what Python refuses
        return _beginning(code)
    defined = [each.name for each in body if isinstance(each, ast.FunctionDef | ast.ClassDef)]
    if defined:
        return f"that defines {_listed(defined)}"
    bound = list(dict.fromkeys(name for each in body for name in _bound(each)))
    if bound:
        return f"that computes {_listed(bound)}"
    return _beginning(code)


def _beginning(code: str) -> str:
    lines = [line for line in code.splitlines() if line.strip()]
    return f"beginning with {lines[0].strip()}" if lines else "of this step"


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Give the names that a statement gives values to, from left to right."""
    if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign):
        given = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    elif isinstance(statement, ast.For | ast.While | ast.If | ast.With | ast.Try):
        for inner in statement.body:
            yield from _bound(inner)
        return
    else:
        return
    for target in given:
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _listed(names: list[str]) -> str:
    """Write names as a list; those that begin with an underscore only if there are no others."""
    names = [name for name in names if not name.startswith("_")] or names
    if len(names) > NAMES + 1:
        names = [*names[:NAMES], f"{len(names) - NAMES} more"]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
