"""The cost of importing: whole processes, in turn."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

from benchmarks.timing import Row, ratios


def rows() -> list[Row]:
    measured = ratios({"d2l_utils": _process("import d2l_utils")}, _process("import torch"))
    return [Row("import d2l_utils / import torch", measured["d2l_utils"], 1.05)]


def _process(code: str) -> Callable[[], object]:
    # The first run, which is not counted, leaves compiled modules behind, as torch has them.
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run([sys.executable, "-c", code], check=True, env=env)
