"""What the book says about its own sources: when a page changed, and whether it was ever run."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def last_updated(path: Path, committed: Mapping[Path, int] | None = None) -> str:
    """Return the day on which a source last changed, the same however often the book is built.

    That is the day of the last commit that touched it; outside a git checkout, the value of
    ``SOURCE_DATE_EPOCH``, else the file's own date.

    Args:
        path: A page's source.
        committed: What `commit_times` found, where many pages ask; else git is asked.

    Returns:
        A date such as ``2026-11-23``, in UTC.
    """
    times = commit_times(path.parent) if committed is None else committed
    seconds = (
        times.get(path.resolve()) or os.environ.get("SOURCE_DATE_EPOCH") or path.stat().st_mtime
    )
    return datetime.fromtimestamp(int(float(seconds)), tz=UTC).date().isoformat()


def commit_times(folder: Path) -> dict[Path, int]:
    """Ask git once when the files below a folder were last committed.

    Args:
        folder: The folder.

    Returns:
        Resolved path -> seconds since 1970; empty outside a git checkout, or without git.
    """
    # Merges count where they differ from all their parents, as in the log of a single file.
    command = ["git", "log", "-c", "--relative", "--no-renames", "--name-only", "-z"]
    try:
        result = subprocess.run(
            [*command, "--format=%x01%ct"], cwd=folder, capture_output=True, check=False
        )
    except FileNotFoundError:  # no git here
        return {}
    times: dict[Path, int] = {}
    root, seconds = folder.resolve(), 0
    for field in os.fsdecode(result.stdout).split("\0"):
        if field.startswith("\1"):
            seconds = int(field[1:])
        elif name := field.removeprefix("\n"):
            times.setdefault(root / name, seconds)
    return times


def read_cells(path: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook, as its file holds them.

    Args:
        path: The notebook.
    """
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells


def printed(cell: Mapping[str, Any]) -> str:
    """Return what a cell printed when it was run.

    Args:
        cell: A cell of a notebook.
    """
    return "".join("".join(output.get("text", [])) for output in cell.get("outputs", []))


def unrun_cells(path: Path) -> list[str]:
    """Say what shows that a notebook was not run from top to bottom without an error.

    Args:
        path: A notebook.

    Returns:
        One sentence per code cell that has not been run, was run out of order, or failed.
    """
    return unrun_in(read_cells(path))


def unrun_in(cells: Iterable[Mapping[str, Any]]) -> list[str]:
    """Say the same of a notebook that has been read; see `unrun_cells`.

    Args:
        cells: All its cells.
    """
    return [
        f"cell {index} {problem}"
        for index, problems in run_problems(cells).items()
        for problem in problems
    ]


def run_problems(cells: Iterable[Mapping[str, Any]]) -> dict[int, list[str]]:
    """Say of each cell what shows that it was not run in its turn or failed.

    A code cell without code is not expected to have been run: Jupyter passes over it.

    Args:
        cells: All cells of a notebook, as its file holds them.

    Returns:
        Position of a cell -> what is wrong with it; without the cells that are in order.
    """
    problems: dict[int, list[str]] = {}
    expected = 0
    for index, cell in enumerate(cells):
        if has_code(cell):
            expected += 1
            found = list(_run_problems(cell, expected))
            if found:
                problems[index] = found
    return problems


def has_code(cell: Mapping[str, Any]) -> bool:
    """Whether a cell holds anything to run.

    Args:
        cell: A cell of a notebook.
    """
    return cell["cell_type"] == "code" and bool("".join(cell["source"]).strip())


def _run_problems(cell: Mapping[str, Any], expected: int) -> Iterator[str]:
    count = cell.get("execution_count")
    if count is None:
        yield "has not been run"
    elif count != expected:
        yield f"was run as number {count}, expected {expected}"
    for output in cell["outputs"]:
        if output["output_type"] == "error":
            first_line = output["evalue"].partition("\n")[0]
            yield f"stopped with an error ({output['ename']}: {first_line})"
