"""Small notebooks for tests: a sound one, and copies with one thing broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from d2l_book.notebooks.execute import execute

CELLS = (
    "import d2l_utils as d2l",
    "figure, axes = d2l.new_figure()\n_ = axes.plot([0, 1, 2], [1, 3, 2])\n"
    'd2l.show(figure, alt="a line that rises and falls")',
    'd2l.check_equal("six times seven", 6 * 7, 42)',
)


def write(path: Path, sources: tuple[str, ...] = CELLS) -> Path:
    """Write a notebook of code cells, not yet run."""
    cells = [nbformat.v4.new_markdown_cell("# A page")]
    cells += [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def write_executed(path: Path, sources: tuple[str, ...] = CELLS) -> Path:
    """Write a notebook and run it."""
    execute(write(path, sources))
    return path


def corrupt(source: Path, target: Path, change: Callable[[Any], None]) -> Path:
    """Write a copy of a notebook after changing it in memory."""
    notebook = nbformat.read(source, as_version=4)
    change(notebook)
    nbformat.write(notebook, target)
    return target
