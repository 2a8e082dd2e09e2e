"""Run notebooks from top to bottom and store their outputs, always in the same form.

``python -m d2l_book.notebooks.execute`` runs every notebook below ``chapters``; name some to run
only those. Running it twice leaves the files as they were: cell ids are positions, metadata is
reduced to what the book uses, and nothing about the time or the machine is recorded.
"""

from __future__ import annotations

import argparse
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tqdm import tqdm

from d2l_book.notebooks.folding import fold_sources, kept

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ROOT / "chapters"
TIMEOUT_SECONDS = 1500
"""Limit of one cell, above the two distributed runs that one cell makes, each with its own limit of
`partition.launcher.BACKSTOP_SECONDS`; the Makefile gives the comparison of outputs the same."""

CELL_METADATA = ("tags", "mystnb")
"""Cell metadata that authors set and the book reads; what else there is is an editor's own, but for
what `d2l_book.notebooks.folding` keeps in step with the tags."""

METADATA = ("d2l",)
"""The same for a notebook: what it is to the book, such as ``{"exercise": "backprop/2"}``."""


def find_notebooks(folder: Path = CHAPTERS) -> list[Path]:
    """Return all notebooks below `folder`, in reading order of their paths."""
    return sorted(p for p in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)


def execute(path: Path) -> None:
    """Run one notebook in its own folder and rewrite it with fresh outputs.

    Args:
        path: The notebook.

    Raises:
        nbclient.exceptions.CellExecutionError: If a cell raises; the file is left as it was.
    """
    notebook = nbformat.read(path, as_version=4)
    normalize(notebook)
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT_SECONDS,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    fold_sources(notebook.cells)
    normalize(notebook)
    nbformat.validate(notebook)
    path.write_text(stored_form(notebook), encoding="utf-8", newline="\n")


def stored_form(notebook: nbformat.NotebookNode) -> str:
    """Return the text that a notebook's file holds once it has been run; see `normalize`.

    Args:
        notebook: The notebook, which stays as it is.
    """
    copy = deepcopy(notebook)
    normalize(copy)
    text: str = nbformat.writes(copy)
    return text.rstrip("\n") + "\n"


def normalize(notebook: nbformat.NotebookNode) -> None:
    """Bring ids, metadata and consecutive stream outputs into one form, in place."""
    own = {key: notebook.metadata[key] for key in METADATA if key in notebook.metadata}
    notebook.metadata = nbformat.from_dict(
        {
            **own,
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells):
        cell.id = f"c{number:02d}"
        cell.metadata = nbformat.from_dict(
            {key: cell.metadata[key] for key in CELL_METADATA if key in cell.metadata} | kept(cell)
        )
        if cell.cell_type == "code":
            cell.outputs = _merge_streams(cell.outputs)


def _merge_streams(outputs: list[Any]) -> list[Any]:
    """Join neighbouring pieces of one stream: how a kernel cuts them is a matter of timing."""
    merged: list[Any] = []
    for output in outputs:
        last = merged[-1] if merged else None
        is_stream = output.output_type == "stream"
        if is_stream and last is not None and last.get("name") == output.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def main(arguments: list[str] | None = None) -> int:
    """Execute the notebooks named on the command line, or all of them.

    Returns:
        0, or 1 if a notebook failed; the others are still run.
    """
    parser = argparse.ArgumentParser(
        prog="python -m d2l_book.notebooks.execute", description=__doc__
    )
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all below chapters/")
    paths = parser.parse_args(arguments).notebooks or find_notebooks()
    failed = 0
    bar = tqdm(paths, unit="notebook")
    for path in bar:
        bar.set_description(path.stem)
        if not path.is_file():
            parser.error(f"no notebook at {path}")
        try:
            execute(path)
        except CellExecutionError as error:
            failed += 1
            tqdm.write(f"{path}: a cell failed; the file is unchanged\n{error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
