"""The cost of proving and building the book: whole processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.timing import Row
from d2l_book.notebooks.execute import ROOT, find_notebooks

PAGE = Path("chapters/multilayer-perceptrons/backprop/gradient-shape.ipynb")


def rows() -> list[Row]:
    return [*_builds(), _nbval()]


def _nbval() -> Row:
    """Strict nbval with two workers against the floor: that many imports and their own cells."""
    notebooks = [str(path) for path in find_notebooks()]
    environment = {**os.environ, "IPYTHONDIR": str(ROOT / ".ipython")}
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-n", "2", "--dist", "loadfile"]
    checked = _seconds([*command, *notebooks], environment)
    floor = _seconds([sys.executable, "-m", "benchmarks.floor", *notebooks], environment)
    return Row("strict nbval, 2 workers / bare imports and cells", checked / floor, 1.33)


def _builds() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        ignore = shutil.ignore_patterns(".venv", "_build", ".git", "__pycache__", "*_cache")
        shutil.copytree(ROOT, tree, ignore=ignore)
        command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(tree)]
        cold = _seconds([*command, "--quiet"])
        nothing = _seconds([*command, "--quiet"])
        page = tree / PAGE
        page.write_text(page.read_text(encoding="utf-8"), encoding="utf-8")
        os.utime(page)
        one = _seconds([*command, "--quiet"])
    return [
        Row("book, nothing changed / cold", nothing / cold, 1.0),
        Row("book, one page touched / cold", one / cold, 1.0),
    ]


def _seconds(command: list[str], environment: dict[str, str] | None = None) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started
