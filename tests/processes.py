"""Looking after processes that a test has started."""

import contextlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import patience

MARK = "D2L_TEST_MARK"
"""An environment variable, by whose value a test knows everything that it has started."""


def is_running(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:  # it has just ended, or there is no such folder on this system
        return not Path("/proc/self/stat").exists()


def marked(mark: str) -> list[int]:
    """Processes that were started with this mark, and all that they have started."""
    if sys.platform != "linux":
        pytest.skip("only Linux tells the variables of a process")
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if f"{MARK}={mark}".encode() in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parent.name))
    return [pid for pid in found if pid != os.getpid() and is_running(pid)]


def wait_until(
    condition: Callable[[], bool],
    seconds: float = patience.SECONDS,
    rest: Callable[[], object] = lambda: time.sleep(0.02),
) -> bool:
    """Wait for a condition that comes soon on any machine; whether it has come."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        rest()
    return condition()


def assert_nothing_is_left(mark: str, temporary: Path) -> None:
    """Wait until no marked process and no file is left; fail with what is."""
    wait_until(lambda: not marked(mark) and not any(temporary.iterdir()))
    assert (marked(mark), list(temporary.iterdir())) == ([], [])
