"""The cost of importing: whole processes, in turn."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from benchmarks.timing import Row, ratios


def rows() -> list[Row]:
    measured = ratios({"d2l_utils": _process("import d2l_utils")}, _process("import torch"), 9)
    return [Row("import d2l_utils / import torch", measured["d2l_utils"], 1.05)]


def _process(code: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, "-c", code], check=True)
