"""Start the processes of one run, watch over them, and leave nothing behind, whoever dies first.

`launch.run_ranks` runs this file as a program, ``python -I -S rank_guard.py``: it imports nothing
but the standard library, so it watches long before a rank has imported torch, and it never waits
inside a library. It makes the run's folder, starts the ranks and says on its standard output, one
JSON object per line, what becomes of them. It ends when its standard input does, which the launcher
holds open; so it also ends when the launcher dies, however that happens. At its end it kills what
still runs and removes the folder.

If the guard itself is killed, Linux kills the ranks (``PR_SET_PDEATHSIG``) and the launcher, which
then sees the guard's output end, removes the folder; elsewhere the ranks see their own standard
input end (`rank_reports.follow_launcher`). If both are killed at once, the next guard removes it.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

if sys.platform != "win32":
    import fcntl

PREFIX = "d2l-ranks-"
"""How the name of a run's folder begins."""

RENDEZVOUS = "D2L_RENDEZVOUS"
"""Environment variable with the path of the file through which the ranks meet."""

REPORTS = "D2L_REPORTS"
"""Environment variable with the path of the file to which a rank reports its progress."""

STACKS = b"stacks\n"
"""What the launcher writes to ask all ranks for their stacks."""

_UNWANTED = ("FORCE_COLOR", "CLICOLOR_FORCE", "LANGUAGE")
_MARK = "in-use"  # a file that a living guard has locked
_CHECK_SECONDS = 1.0  # how often to look whether the launcher is still the parent
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36

Ranks = list[subprocess.Popen[bytes]]
Events = queue.SimpleQueue[Any]
"""A rank's number and exit status; a line of the launcher's; None at the end."""


def environment(rank: int, nproc: int, folder: Path, root: str) -> dict[str, str]:
    """The variables of one rank: torchrun's, where to meet, and plain text in any locale.

    Args:
        rank: Number of the process.
        nproc: Number of processes.
        folder: The run's folder; the rank's temporary files go below it.
        root: Folder of the package, first on the rank's path.
    """
    kept = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
    temporary = str(folder / "temporary")
    variables = {
        **kept,
        "PYTHONPATH": os.pathsep.join([root, *filter(None, [kept.get("PYTHONPATH")])]),
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(nproc),
        "LOCAL_WORLD_SIZE": str(nproc),
        "OMP_NUM_THREADS": "1",
        RENDEZVOUS: str(folder / "rendezvous"),
        REPORTS: str(folder / f"reports-{rank}"),
        "NO_COLOR": "1",
        "PYTHON_COLORS": "0",
        "PYTHONIOENCODING": "utf-8",
        "LC_ALL": "C.UTF-8",
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temporary),
    }
    loopback = _loopback()
    if loopback is not None:  # gloo otherwise asks for the address of the host's name
        variables.setdefault("GLOO_SOCKET_IFNAME", loopback)
    return variables


def main() -> None:
    """Guard one run, described by the first line of standard input."""
    # Without a buffer, whose lock a waiting thread would hold while the interpreter shuts down.
    orders = open(0, "rb", buffering=0, closefd=False)  # noqa: SIM115
    line = orders.readline()
    if not line.endswith(b"\n"):  # the launcher has died already
        return
    request = json.loads(line)
    events: Events = queue.SimpleQueue()
    _stop_on_signals(events)
    _sweep(Path(request["parent"]))
    try:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=request["parent"]))
    except OSError as problem:
        _say(impossible=str(problem))
        return
    ranks: Ranks = []
    try:
        _lock(folder)
        _start_all(request, folder, ranks)
        _read_orders(orders, events)
        _watch_ranks(ranks, events)
        _wait_for_end(ranks, events, request["launcher"])
    finally:
        _kill_all(ranks)
        remove(folder)


def _stop_on_signals(events: Events) -> None:
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: events.put(None))


def _lock(folder: Path) -> None:
    """Show as long as this process lives that the folder is in use."""
    if sys.platform != "win32":
        mark = os.open(folder / "new", os.O_CREAT | os.O_WRONLY)  # open until the end
        fcntl.flock(mark, fcntl.LOCK_EX)
        (folder / "new").rename(folder / _MARK)


def _sweep(parent: Path) -> None:
    """Remove the folders of runs whose guard was killed together with its launcher."""
    if sys.platform == "win32":
        return
    for mark in parent.glob(f"{PREFIX}*/{_MARK}"):
        with contextlib.suppress(OSError):  # another user's, or somebody else removes it now
            if mark.parent.lstat().st_uid == os.getuid():
                with mark.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    remove(mark.parent)


def _say(**what: Any) -> None:
    with contextlib.suppress(OSError):  # a dead launcher shows at the end of standard input
        os.write(1, json.dumps(what).encode() + b"\n")


def _start_all(request: dict[str, Any], folder: Path, ranks: Ranks) -> None:
    """Start the ranks, before any thread: what runs between fork and exec must meet no lock."""
    (folder / "temporary").mkdir()
    _say(folder=str(folder))
    prepare = _follow_parent()
    for rank in range(request["nproc"]):
        variables = environment(rank, request["nproc"], folder, request["root"])
        output, error = folder / f"output-{rank}", folder / f"error-{rank}"
        with output.open("wb") as out, error.open("wb") as err:
            try:
                process = subprocess.Popen(
                    request["command"],
                    env=variables,
                    stdin=subprocess.PIPE,  # its end tells a rank of ours, where no signal does
                    stdout=out,
                    stderr=err,
                    start_new_session=True,  # Ctrl-C reaches the launcher, which then stops all
                    preexec_fn=prepare,
                )
            except (OSError, ValueError, subprocess.SubprocessError) as problem:
                _say(unstarted=rank, reason=str(problem))
                return
        ranks.append(process)
        _say(started=rank, pid=process.pid)


def _follow_parent() -> Callable[[], None] | None:
    """On Linux: what a new rank calls to be killed when this process dies."""
    if sys.platform != "linux":
        return None
    libc, guard = ctypes.CDLL(None), os.getpid()
    # Processes that a rank leaves behind become children of this one, so that it can end them.
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != guard:  # it died before the line above
            os._exit(1)

    return prepare


def _read_orders(orders: io.FileIO, events: Events) -> None:
    def read() -> None:
        for line in iter(orders.readline, b""):
            events.put(line)
        events.put(None)

    threading.Thread(target=read, daemon=True).start()


def _watch_ranks(ranks: Ranks, events: Events) -> None:
    def wait(rank: int) -> None:
        events.put((rank, ranks[rank].wait()))

    for rank in range(len(ranks)):
        threading.Thread(target=wait, args=(rank,), daemon=True).start()


def _wait_for_end(ranks: Ranks, events: Events, launcher: int) -> None:
    """Say which ranks end, until the launcher wants no more or is dead."""
    while True:
        try:
            event = events.get(timeout=_CHECK_SECONDS)
        except queue.Empty:
            # A copy of the launcher, made by fork, can hold our standard input open.
            if os.name == "posix" and os.getppid() != launcher:
                return
            continue
        if event is None:
            return
        if event == STACKS:
            _ask_for_stacks(ranks)
        else:
            _say(ended=event[0], status=event[1])


def _ask_for_stacks(ranks: Ranks) -> None:
    if hasattr(signal, "SIGUSR1"):
        for process in ranks:
            process.send_signal(signal.SIGUSR1)  # does nothing where the process has ended


def _kill_all(ranks: Ranks) -> None:
    """Kill the ranks and what they have started, and wait until all are gone."""
    for process in ranks:
        kill_group(process.pid)
        process.kill()
    for process in ranks:
        process.wait()
        if process.stdin is not None:
            process.stdin.close()
    while any(_kill_child(pid) for pid in _children()):
        pass  # the children of those that have just ended may have come to this process


def _kill_child(pid: int) -> bool:
    """Kill a child and wait for it; whether that was possible."""
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except (ProcessLookupError, PermissionError, ChildProcessError):
        return False
    return True


def kill_group(pid: int) -> None:
    """Kill a rank with the processes of its group, where the platform has groups.

    Args:
        pid: The rank's process id, which is its group's.
    """
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def _children() -> list[int]:
    """Processes that have come to this one because their own parents ended (Linux)."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat") if sys.platform == "linux" else ():
        with contextlib.suppress(OSError):
            if int(stat.read_bytes().rpartition(b")")[2].split()[1]) == os.getpid():
                found.append(int(stat.parent.name))
    return found


def remove(folder: Path, tries: int = 200) -> None:
    """Remove the folder; a process that is just dying may add a file meanwhile."""
    for _ in range(tries):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.05)


def _loopback() -> str | None:
    names = [name for _, name in socket.if_nameindex()] if sys.platform != "win32" else []
    return next((name for name in ("lo", "lo0") if name in names), None)


if __name__ == "__main__":
    main()
