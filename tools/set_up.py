"""Set up everything: ``python tools/set_up.py`` makes ``.venv`` with all that the project needs.

It runs with any Python that the project promises and needs nothing else. What an earlier call left
unfinished is made anew. All that pip says goes to a log file; a failure is one sentence.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOWEST, BEYOND = (3, 11), (3, 14)
READY = ".ready"
LOG = "set-up.log"

FONTS = (
    "import matplotlib.font_manager"  # drawing the first figure would find the fonts, and say so
)


class SetUpError(Exception):
    """What keeps the set-up from being finished, as a sentence for the reader."""


def set_up(venv: Path) -> None:
    """Make the environment, or bring one that is ready up to date.

    Args:
        venv: Its folder.

    Raises:
        SetUpError: If this Python is not one that is promised, or a step fails.
    """
    check_python(sys.version_info[:2])
    if not (venv / READY).is_file():
        make(venv)
    (venv / READY).unlink(missing_ok=True)
    log = venv / LOG
    log.write_text("", encoding="utf-8")
    pip = [str(program(venv)), "-m", "pip", "install", "--disable-pip-version-check"]
    lock = ["--require-hashes", "--no-deps", "-r", str(ROOT / "requirements.lock")]
    run([*pip, *lock], log, "the pinned packages could not be installed")
    torch = ["-c", str(ROOT / "constraints.txt"), pinned("torch", ROOT / "constraints.txt")]
    run([*pip, *torch], log, "torch could not be installed")
    own = ["--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    run([*pip, *own], log, "the project itself could not be installed")
    run([str(program(venv)), "-c", FONTS], log, "matplotlib found no fonts")
    (venv / READY).touch()


def check_python(version: tuple[int, ...]) -> None:
    """Refuse a Python that the pinned packages do not promise to work with.

    Args:
        version: Its first two numbers.

    Raises:
        SetUpError: If it is older or newer than those.
    """
    if not LOWEST <= tuple(version) < BEYOND:
        got = ".".join(map(str, version))
        raise SetUpError(f"expected Python 3.11, 3.12 or 3.13, got {got}")


def make(venv: Path) -> None:
    """Make an empty environment, in place of one that was never finished.

    Args:
        venv: Its folder.

    Raises:
        SetUpError: If this Python cannot make one, or something else is there, which stays.
    """
    if venv.exists() and not is_environment(venv):
        raise SetUpError(f"expected an environment or nothing at {venv}, got other files")
    shutil.rmtree(venv, ignore_errors=True)
    command = [sys.executable, "-m", "venv", str(venv)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or not _has_pip(venv):
        shutil.rmtree(venv, ignore_errors=True)
        raise SetUpError(
            f"{sys.executable} cannot make a virtual environment with pip (on Debian and Ubuntu: "
            "apt-get install python3-venv)"
        )


def is_environment(folder: Path) -> bool:
    """Return whether a folder is an environment or the beginning of one, and so may be removed.

    Args:
        folder: An existing folder or file.
    """
    parts = {"bin", "include", "lib", "lib64", "Scripts", "Include", "Lib"}
    return (folder / "pyvenv.cfg").is_file() or (
        folder.is_dir() and {path.name for path in folder.iterdir()} <= parts
    )


def run(command: Sequence[str], log: Path, problem: str) -> None:
    """Run one step, and keep what it says.

    Args:
        command: The program and its arguments.
        log: The file that its output is added to.
        problem: What it means if it fails, as the beginning of a sentence.

    Raises:
        SetUpError: If it fails; tells the last error that was said, and where the rest is.
    """
    with log.open("a", encoding="utf-8") as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        said = log.read_text(encoding="utf-8", errors="replace")
        raise SetUpError(f"{problem}: {last_error(said)} (all of it is in {log})")


def last_error(said: str) -> str:
    """Return what tells best what went wrong: a lost connection, else the last error, shortened.

    Args:
        said: What a program printed.
    """
    if "connection broken by" in said:
        return "no connection to the package index"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    best = (errors or lines or ["it printed nothing"])[-1]
    return best.removeprefix("ERROR:").strip()[:300]


def pinned(package: str, path: Path) -> str:
    """Return the line that pins a package.

    Args:
        package: Its name.
        path: The file with one pin a line.

    Raises:
        SetUpError: If no line does.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{package}=="):
            return line.partition(";")[0].strip()
    raise SetUpError(f"{path.name}: expected a line {package}==<version>, found none")


def program(venv: Path) -> Path:
    """Return the Python of an environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _has_pip(venv: Path) -> bool:
    command = [str(program(venv)), "-m", "pip", "--version"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def main(arguments: list[str] | None = None) -> int:
    """Set up, or say in one sentence why not.

    Returns:
        0, 1 if it could not be done, or 130 if it was interrupted.
    """
    parser = argparse.ArgumentParser(prog="python tools/set_up.py", description=__doc__)
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv")
    venv = parser.parse_args(arguments).venv.absolute()
    print(f"Installing the pinned packages into {venv} (once; some minutes) ...", flush=True)
    try:
        set_up(venv)
    except SetUpError as error:
        print(f"Set-up failed: {error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Set-up was interrupted; the next call begins anew.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
