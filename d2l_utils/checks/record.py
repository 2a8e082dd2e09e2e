"""What a check leaves behind: a line for readers, and the same in parts for the book to count.

A line could be printed by anyone. In a notebook a check therefore publishes an output of a type of
its own, `MIME`, beside the line; only these outputs are counted on the page
(`d2l_book.render.proof`), and pages may not make them by hand (`d2l_book.notebooks.gate`).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Literal

MIME = "application/vnd.d2l.check+json"
TICK = "✓"

Kind = Literal["close", "equal", "bound", "true"]
Measure = Literal["largest", "each", "absolute"]


def check_record(
    claim: str,
    kind: Kind,
    result: str = "",
    count: int = 1,
    bound: float | None = None,
    measure: Measure | None = None,
) -> dict[str, Any]:
    """Return what a check found, in parts.

    Args:
        claim: What was claimed, in words.
        kind: ``"close"`` (numbers agree within `bound`), ``"equal"`` (values agree exactly),
            ``"bound"`` (a quantity is at most `bound`) or ``"true"``.
        result: What stands behind the claim; nothing for a statement that is true.
        count: How many numbers were compared.
        bound: The largest error allowed, or the largest value.
        measure: What an error was divided by: the ``"largest"`` number expected, ``"each"`` number
            by itself, or nothing (``"absolute"``), which is how numbers are compared with zero.

    Raises:
        TypeError: If the claim is no string.
        ValueError: If the claim is not one line that says something.
    """
    if not isinstance(claim, str):
        raise TypeError(f"claim: expected a string, got {type(claim).__name__}")
    if not claim.strip() or len(claim.splitlines()) > 1:
        raise ValueError(f"claim: expected one line of words, got {claim!r}")
    return {
        "claim": claim,
        "kind": kind,
        "result": result,
        "count": count,
        "bound": bound,
        "measure": measure,
    }


def line_of(record: Mapping[str, Any]) -> str:
    """Return the line that readers see.

    Args:
        record: What `check_record` returned.
    """
    result = record["result"]
    return f"{TICK} {record['claim']}" + (f": {result}" if result else "")


def publish(record: Mapping[str, Any]) -> None:
    """Show what a check found: as an output of its own in a notebook, else as a printed line.

    Args:
        record: What `check_record` returned.
    """
    line = line_of(record)
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        ipython.display.display({MIME: dict(record), "text/plain": line}, raw=True)
    else:
        print(line)
