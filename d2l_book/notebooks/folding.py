"""What the page folds JupyterLab folds too, and alternative texts are no code to read.

The page folds the code of a cell that has the tag `HIDE`; JupyterLab looks at ``source_hidden``.
Running a notebook keeps the two in step. A cell that has the tag `EQUIVALENT` says in words or in a
table what the figure above it shows; the page folds all of it (`d2l_book.render.equivalents`). One
that has the tag `SHOW` is never folded (`d2l_book.render.reading`): it has neither of the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

HIDE = "hide-input"
SHOW = "show-input"
EQUIVALENT = "equivalent"
LONG_ALT = 100
"""From how many characters on an alternative text is data, and not code to read."""

_FIGURES = ("image/svg+xml", "application/vnd.vegalite.v5+json")
_ALT = re.compile(r"\balt\b")
_DRAWN = re.compile(r"<(?:svg|figure)\b|\bdata-d2l-stepper=")


def fold_sources(cells: Sequence[Any]) -> None:
    """Tag cells that hold a long alternative text, and fold what is tagged in JupyterLab, in place.

    Args:
        cells: The notebook's cells, run.
    """
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        tags = list(cell["metadata"].get("tags", []))
        if HIDE not in tags and _holds_long_alt(cell):
            cell["metadata"]["tags"] = [*tags, HIDE]
        if is_folded(cell):
            cell["metadata"]["jupyter"] = {"source_hidden": True}


def is_folded(cell: Any) -> bool:
    """Whether the page folds a cell's code.

    Args:
        cell: The cell.
    """
    return bool({HIDE, EQUIVALENT} & set(cell["metadata"].get("tags", [])))


def kept(cell: Any) -> dict[str, Any]:
    """Return what JupyterLab is told about folding a cell, as far as the page does the same.

    Args:
        cell: The cell.
    """
    hidden = cell["metadata"].get("jupyter", {}).get("source_hidden") is True
    return {"jupyter": {"source_hidden": True}} if hidden and is_folded(cell) else {}


def folding_problems(cells: Sequence[Any]) -> dict[int, list[str]]:
    """Say which cells are folded in one place only, or say what no figure shows.

    Args:
        cells: The notebook's cells.

    Returns:
        Position of a cell -> its problems.
    """
    found = {number: list(_in_cell(cells, number)) for number in range(len(cells))}
    return {number: problems for number, problems in found.items() if problems}


def _in_cell(cells: Sequence[Any], number: int) -> Iterator[str]:
    cell = cells[number]
    tags = cell["metadata"].get("tags", [])
    if cell["cell_type"] != "code":
        if EQUIVALENT in tags:
            yield f"tagged {EQUIVALENT!r}, which is for the output of a code cell"
        return
    for folded in (HIDE, EQUIVALENT):
        if SHOW in tags and folded in tags:
            yield (
                f"tagged {SHOW!r} and {folded!r}, which contradict each other: keep one; code that"
                " readers should see and a long alternative text stand in two cells"
            )
    # A notebook that was last run before JupyterLab was told has none of it.
    if any(map(kept, cells)):
        if is_folded(cell) and not kept(cell):
            yield "its code is folded on the page and not in JupyterLab: use `make run`"
        if HIDE not in tags and _holds_long_alt(cell):
            yield f"a long alternative text stands in view: tag the cell {HIDE!r}"
    if EQUIVALENT in tags:
        above = [each for each in cells[:number] if each["cell_type"] == "code"]
        shown = [each for each in above if EQUIVALENT not in each["metadata"].get("tags", [])]
        if not shown or not _shows_figure(shown[-1]):
            yield f"tagged {EQUIVALENT!r}, but the code cell above it shows no figure"


def _holds_long_alt(cell: Any) -> bool:
    alts = [
        str(output["metadata"].get(mime, {}).get("alt", ""))
        for output in cell["outputs"]
        for mime in _FIGURES
        if mime in output.get("data", {})
    ]
    return bool(_ALT.search(cell["source"])) and any(len(alt) >= LONG_ALT for alt in alts)


def _shows_figure(cell: Any) -> bool:
    return any(
        any(mime in output.get("data", {}) for mime in _FIGURES)
        or _DRAWN.search("".join(output.get("data", {}).get("text/html", "")))
        for output in cell["outputs"]
    )
