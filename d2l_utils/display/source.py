"""Code that a page shows from the file where it is, so that the two cannot drift apart."""

from __future__ import annotations

import ast
import inspect
from textwrap import dedent
from typing import Any

from d2l_utils.border.constraints import shown


class Source:
    """The source of functions, classes and methods; Jupyter shows it as highlighted code.

    Attributes:
        code: The text, as in its file but for indentation, documentation and checks.
    """

    def __init__(self, code: str) -> None:
        self.code = code

    def __repr__(self) -> str:
        return self.code

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.code}\n```"


def show_source(*things: Any) -> Source:
    """Show how functions, classes or methods are written, without what documents and checks them.

    Args:
        things: Each a function, a method or a class, in the order of the page.

    Returns:
        Something to make the last expression of a cell.

    Raises:
        TypeError: If one has no source in Python.
        ValueError: If nothing was given.
    """
    if not things:
        raise ValueError("things: expected at least one function or class, got none")
    return Source("\n\n".join(map(_source, things)))


def count_lines(*things: Any) -> int:
    """Count lines of code: not blank, not documentation, not comments alone.

    Args:
        things: Modules, classes or functions.
    """
    lines = [line.strip() for thing in things for line in _source(thing).splitlines()]
    return sum(bool(line) and not line.startswith("#") for line in lines)


def _source(thing: Any) -> str:
    function: Any = thing.fget if isinstance(thing, property) else thing
    try:
        return _bare(dedent(inspect.getsource(function)).rstrip())
    except (TypeError, OSError, SyntaxError) as error:
        raise TypeError(
            f"expected a function or a class written in Python, got {shown(thing)}"
        ) from error


def _bare(text: str) -> str:
    dropped: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        body = getattr(node, "body", [])
        body = body if isinstance(body, list) else []
        documentation = [each for each in body if _is_text(each) and len(body) > 1]
        checks = [each for each in getattr(node, "decorator_list", []) if _is_check(each)]
        for each in (*documentation, *checks):
            dropped.update(range(each.lineno, each.end_lineno + 1))
    lines = enumerate(text.splitlines(), start=1)
    kept = [line for number, line in lines if number not in dropped]
    return "\n".join(_squeezed(kept))


def _is_text(node: Any) -> bool:
    """Whether a statement is a text by itself: documentation."""
    return isinstance(node, ast.Expr) and isinstance(getattr(node.value, "value", None), str)


def _is_check(node: Any) -> bool:
    """Whether a decorator is the one that checks what comes in."""
    return isinstance(node, ast.Name) and node.id == "checked"


def _squeezed(lines: list[str]) -> list[str]:
    """Drop blank lines that follow a blank line or the head of a definition."""
    kept: list[str] = []
    for line in lines:
        after = kept[-1].strip() if kept else ""
        if line.strip() or not (after == "" or after.endswith((":", ",", "("))):
            kept.append(line)
    return kept
