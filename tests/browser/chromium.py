"""Find a Chromium for the browser tests, or install one; can be run as a program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
ADVICE = (
    "no Chromium found for the browser tests. Install one of these:\n"
    "  Debian, Ubuntu: sudo apt-get install chromium\n"
    "  Fedora: sudo dnf install chromium\n"
    "  macOS: brew install --cask chromium\n"
    "  anywhere: python -m playwright install --with-deps chromium\n"
    "or set the environment variable CHROMIUM to the browser's path."
)


def find() -> str | None:
    """Return the path of an installed Chromium or relative of it, or None.

    Raises:
        FileNotFoundError: If the variable CHROMIUM names something that is not there.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        path = shutil.which(named)
        if path is None:
            raise FileNotFoundError(f"CHROMIUM: expected a program, found none at {named!r}")
        return path
    for name in NAMES:
        path = shutil.which(name)
        if path is not None:
            return path
    for place in (*PLACES, *_downloaded()):
        if Path(place).is_file():
            return str(place)
    return None


def find_or_install() -> str:
    """Return the path of a Chromium, installing one where the package manager may be used.

    Raises:
        RuntimeError: If there is none and none could be installed; says what to install.
    """
    path = find()
    if path is None and _apt_get():
        path = find()
    if path is None:
        raise RuntimeError(ADVICE)
    return path


def _downloaded() -> list[Path]:
    """List browsers that ``playwright install chromium`` has put into its cache."""
    caches = (".cache/ms-playwright", "Library/Caches/ms-playwright", "AppData/Local/ms-playwright")
    folders = [Path.home() / cache for cache in caches]
    ends = ("chrome-linux*/chrome", "chrome-mac*/*.app/Contents/MacOS/*", "chrome-win*/chrome.exe")
    return [
        path
        for folder in folders
        for end in ends
        for path in sorted(folder.glob(f"chromium-*/{end}"))
    ]


def _apt_get() -> bool:
    """Install Chromium with apt-get if that needs no password; return whether it worked."""
    if shutil.which("apt-get") is None:
        return False
    prefix: list[str] = []
    if os.geteuid() != 0:
        prefix = ["sudo", "-n"]
        if shutil.which("sudo") is None or _run([*prefix, "true"]) != 0:
            return False
    print("installing chromium with apt-get ...", file=sys.stderr, flush=True)
    _run([*prefix, "apt-get", "update", "-q"])
    install = ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"]
    return _run([*prefix, *install]) == 0


def _run(command: list[str]) -> int:
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode


if __name__ == "__main__":
    try:
        print(find_or_install())
    except (FileNotFoundError, RuntimeError) as error:
        sys.exit(str(error))
