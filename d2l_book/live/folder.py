"""A folder that only its owner can read, for the files of one server, and gone when it ends.

Kernels' sockets and connection files, and the file by which the browser is opened, lie in it. A
server that was killed leaves its folder, and the next one removes it.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "d2l-live-"
LONGEST = 32
"""The longest place for the folder in bytes: addresses of sockets in it have 104 on macOS."""


def parent() -> Path:
    """Return where the folders are: the system's place for temporary files, if it is not too deep.

    Names of sockets have at most 104 bytes on macOS, and its own place takes 50 of them.
    """
    usual = Path(tempfile.gettempdir())
    short = len(os.fsencode(usual)) <= LONGEST or sys.platform == "win32"
    return usual if short else Path("/tmp")


class PrivateFolder:
    """A new folder of mode 0700, locked while this process lives.

    Args:
        place: Where to put it.

    Attributes:
        path: The folder.
    """

    def __init__(self, place: Path) -> None:
        # It gets its lock before it gets the name by which `sweep` would find it without one.
        new = Path(tempfile.mkdtemp(prefix=f"new-{PREFIX}", dir=place))
        self._lock = FileLock(new / "lock")
        self._lock.acquire()
        self.path = new.with_name(new.name.removeprefix("new-"))
        new.rename(self.path)

    def remove(self) -> None:
        """Remove the folder with all that is in it; a second time nothing happens."""
        self._lock.release()
        shutil.rmtree(self.path, ignore_errors=True)


def sweep(place: Path) -> None:
    """Remove the folders of servers that were killed.

    A kernel that was being started when its server was killed makes the folder again, without the
    lock, to write the file that tells how to connect to it.

    Args:
        place: Where the folders are.
    """
    for folder in filter(_is_ours, place.glob(f"{PREFIX}*")):
        lock = folder / "lock"
        if not lock.is_file():
            if _holds_kernels_files_only(folder):
                shutil.rmtree(folder, ignore_errors=True)
            continue
        try:
            with FileLock(lock, timeout=0):
                shutil.rmtree(folder, ignore_errors=True)
        except Timeout:
            continue  # its server runs


def _holds_kernels_files_only(folder: Path) -> bool:
    try:
        names = os.listdir(folder)
    except FileNotFoundError:  # another start has swept it
        return False
    return bool(names) and all(name.startswith("kernel-") for name in names)


def _is_ours(folder: Path) -> bool:
    if folder.is_symlink() or not folder.is_dir():
        return False
    return sys.platform == "win32" or folder.stat().st_uid == os.getuid()
