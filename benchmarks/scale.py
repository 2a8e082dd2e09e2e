"""What a book as large as D2L costs: 632 exercises, built from stored outputs.

`python -m benchmarks scale` takes some minutes, so `make bench` leaves it out. Seconds are
those that the processor spent on the build, whatever else the machine did, and memory is the most
that the building process held.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.large_book import write_book
from benchmarks.timing import Row
from d2l_book.notebooks.execute import ROOT

SMALL, LARGE = 158, 632
"""Exercises; the second number is that of D2L 1.0, the first a quarter of it."""

_ASSET = re.compile(r'<(?:script|link)\b[^>]*? (?:src|href)="([^"#?]+\.(?:js|css))\b')


@dataclass(frozen=True)
class Run:
    """One build: its seconds of processor time, and the most memory it held, in MB."""

    seconds: float
    memory: float


def rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        return measured(Path(folder), SMALL, LARGE)


def measured(folder: Path, small: int, large: int) -> list[Row]:
    """Build a small and a large book.

    Args:
        folder: Where to write them.
        small: Exercises of the small one.
        large: Exercises of the large one.
    """
    cold_small, _ = built(folder / "small", small)
    cold, notebooks = built(folder / "large", large)
    source = folder / "large"
    html = source / "_build" / "html"
    index = html / "_static" / "search" / "index.js"
    page = html / notebooks[0].relative_to(source).with_suffix(".html")
    nothing = build(source)
    os.utime(notebooks[len(notebooks) // 2])
    one = build(source)
    return [
        Row(f"book of {large}, cold, seconds", cold.seconds, 600),
        Row(f"book of {large}, one page touched, seconds", one.seconds, 30),
        Row(f"book of {large}, nothing touched, Sphinx asked, seconds", nothing.seconds, 15),
        Row(f"book of {large} / book of {small}, cold", cold.seconds / cold_small.seconds, 4.6),
        Row(f"book of {large}, most memory, MB", cold.memory, 1500),
        Row(f"book of {large}, search index, MB", index.stat().st_size / 1e6, 2),
        Row("its first page with what it names, without fonts, MB", weight(page) / 1e6, 2.2),
    ]


def built(folder: Path, exercises: int) -> tuple[Run, list[Path]]:
    """Write and build a book; return the cost of building it, and its notebooks."""
    folder.mkdir()
    notebooks = write_book(folder, exercises)
    return build(folder), notebooks


def build(folder: Path) -> Run:
    """Build a book in a process of its own, with this project's extensions.

    Raises:
        subprocess.CalledProcessError: If that fails or warns.
    """
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(folder)]
    command += ["-W", "-n", "--keep-going", "--quiet"]
    environment: Mapping[str, str] = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def weight(page: Path) -> int:
    """Return how many bytes a page and the scripts and style sheets that it names have."""
    named = set(_ASSET.findall(page.read_text(encoding="utf-8")))
    return sum(path.stat().st_size for path in [page, *(page.parent / name for name in named)])
