"""Pin the whole tree: ``constraints.txt`` by version, ``requirements.lock`` by the files' hashes.

Both hold for all systems and Pythons that the project promises, and keep what they pin already
unless a requirement says otherwise. Torch has a version but no hash: its builds for processors and
for GPUs are different files of the same version, from different indexes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOWEST_PYTHON = "3.11.0"
UV = "uv==0.13.9"


def main() -> int:
    """Write both files.

    Returns:
        0, or what uv returned.
    """
    pip = [sys.executable, "-m", "pip", "install", "--quiet", UV]
    resolve = [sys.executable, "-m", "uv", "pip", "compile", "requirements.txt", "--universal"]
    resolve += ["--python-version", LOWEST_PYTHON, "--no-header", "--no-annotate", "--quiet"]
    for command in (
        pip,
        [*resolve, "--output-file", "constraints.txt"],
        [
            *(*resolve, "--constraint", "constraints.txt", "--generate-hashes"),
            *("--no-emit-package", "torch", "--output-file", "requirements.lock"),
        ],
    ):
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
