"""Run the code cells of notebooks as plain scripts, one process each: nbval cannot be quicker."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat


def main(paths: list[str]) -> None:
    for path in paths:
        cells = nbformat.read(path, as_version=4).cells
        code = "\n\n".join(cell.source for cell in cells if cell.cell_type == "code")
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            cwd=Path(path).parent,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )


if __name__ == "__main__":
    main(sys.argv[1:])
