"""What the book says about its own sources: when a page changed, and whether it was ever run."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path


def last_updated(path: Path) -> str:
    """Return the day on which a source last changed, the same however often the book is built.

    That is the day of the last commit that touched it; outside a git checkout, the value of
    ``SOURCE_DATE_EPOCH``, else the file's own date.

    Args:
        path: A page's source.

    Returns:
        A date such as ``2026-11-23``, in UTC.
    """
    seconds = _committed(path) or os.environ.get("SOURCE_DATE_EPOCH") or path.stat().st_mtime
    return datetime.fromtimestamp(int(float(seconds)), tz=UTC).date().isoformat()


def unrun_cells(path: Path) -> list[str]:
    """Say what shows that a notebook was not run from top to bottom without an error.

    Args:
        path: A notebook.

    Returns:
        One sentence per code cell that has not been run, was run out of order, or failed.
    """
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [
        (index, cell)
        for index, cell in enumerate(cells)
        if cell["cell_type"] == "code" and "".join(cell["source"]).strip()
    ]
    found = []
    for number, (index, cell) in enumerate(code, start=1):
        count = cell.get("execution_count")
        if count is None:
            found.append(f"cell {index} has not been run")
        elif count != number:
            found.append(f"cell {index} was run as number {count}, expected {number}")
        if any(output["output_type"] == "error" for output in cell["outputs"]):
            found.append(f"cell {index} stopped with an error")
    return found


def _committed(path: Path) -> str:
    command = ["git", "log", "-1", "--format=%ct", "--", path.name]
    try:
        result = subprocess.run(
            command, cwd=path.parent, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:  # no git here
        return ""
    return result.stdout.strip()
