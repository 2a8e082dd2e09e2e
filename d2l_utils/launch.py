"""Start the processes of one distributed run from a notebook, and always stop them.

``torchrun`` is the way to start many processes on many machines. Inside a notebook one wants
something smaller: a few processes on this machine that meet through a file (no port to be taken),
one clear error if any of them fails, and nothing left behind, whatever happens. `run_ranks` is
that; a program started by it calls `follow_launcher` first.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from d2l_utils.rank_errors import (
    GRACE_SECONDS,
    POLL_SECONDS,
    Rank,
    failure,
    is_victim,
    lateness,
)

RENDEZVOUS = "D2L_RENDEZVOUS"
"""Environment variable with the URL of the file through which the processes meet."""

_PREFIX = "d2l-ranks-"


def run_ranks(
    command: Sequence[str],
    nproc: int,
    timeout: float = 120.0,
    on_line: Callable[[str], None] | None = None,
) -> str:
    """Run a program in `nproc` processes at once and wait for all of them.

    Every process gets torchrun's variables ``RANK``, ``WORLD_SIZE``, ``LOCAL_RANK`` and
    ``LOCAL_WORLD_SIZE``, and the rendezvous in ``D2L_RENDEZVOUS``. Before this function returns or
    raises, all processes have ended and all files are gone.

    Args:
        command: The program and its arguments.
        nproc: Number of processes.
        timeout: Seconds for the whole run.
        on_line: Called with each line that rank 0 prints, as soon as it does.

    Returns:
        What rank 0 printed.

    Raises:
        ValueError: If `nproc` or `timeout` is not positive.
        RankError: If a process raises, is killed, or has not ended in time.
    """
    if nproc < 1:
        raise ValueError(f"nproc: expected at least 1, got {nproc}")
    if not timeout > 0:
        raise ValueError(f"timeout: expected a positive number of seconds, got {timeout}")
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as folder:
        with _started(command, nproc, Path(folder)) as ranks:
            lines = _Lines(ranks[0].output, on_line)
            _wait(ranks, time.monotonic() + timeout, timeout, lines)
        lines.read()
        return ranks[0].output.read_text(encoding="utf-8")


def follow_launcher() -> None:
    """In a process started by `run_ranks`: end when the launcher does, and tell where one hangs.

    A thread reads standard input, which the launcher holds open; when the launcher dies, however
    it does, the process removes the run's files and ends. On SIGUSR1 the process writes where it
    is to its standard error. Does nothing in a process started in another way.
    """
    if RENDEZVOUS not in os.environ:
        return
    if sys.platform != "win32":
        import faulthandler

        faulthandler.register(signal.SIGUSR1, all_threads=False)
    folder = Path(os.environ[RENDEZVOUS].removeprefix("file://")).parent
    ours = folder.name.startswith(_PREFIX)

    def wait_for_end() -> None:
        # Not through sys.stdin: its lock would be held while the interpreter shuts down.
        while os.read(0, 1024):
            pass
        if ours:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    threading.Thread(target=wait_for_end, daemon=True).start()


@contextmanager
def _started(command: Sequence[str], nproc: int, folder: Path) -> Iterator[list[Rank]]:
    """Start the processes; at the end kill what still runs, with its children, and reap all."""
    ranks: list[Rank] = []
    try:
        for rank in range(nproc):
            ranks.append(_start(command, rank, nproc, folder))
        yield ranks
    finally:
        processes = [rank.process for rank in ranks]
        for process in processes:
            _kill(process)
        for process in processes:
            process.wait()
            if process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()


def _start(command: Sequence[str], rank: int, nproc: int, folder: Path) -> Rank:
    output, error = folder / f"output-{rank}", folder / f"error-{rank}"
    environment = _environment(rank, nproc, folder)
    with output.open("wb") as out, error.open("wb") as err:
        process = subprocess.Popen(
            list(command),
            env=environment,
            stdin=subprocess.PIPE,  # its end is how the process learns of ours
            stdout=out,
            stderr=err,
            start_new_session=True,  # Ctrl-C reaches the launcher only, which then stops all
        )
    return Rank(rank, process, output, error)


def _environment(rank: int, nproc: int, folder: Path) -> Mapping[str, str]:
    package = str(Path(__file__).resolve().parent.parent)
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(nproc),
        "LOCAL_WORLD_SIZE": str(nproc),
        "OMP_NUM_THREADS": "1",
        RENDEZVOUS: f"file://{folder}/rendezvous",
    }
    loopback = _loopback()
    if loopback is not None:  # gloo otherwise asks for the address of the host's name
        environment.setdefault("GLOO_SOCKET_IFNAME", loopback)
    return environment


def _loopback() -> str | None:
    names = [name for _, name in socket.if_nameindex()] if sys.platform != "win32" else []
    return next((name for name in ("lo", "lo0") if name in names), None)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and what it started, which share a process group of their own."""
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


class _Lines:
    """The lines of a growing file, each handed on once."""

    def __init__(self, path: Path, on_line: Callable[[str], None] | None) -> None:
        self.path, self.on_line, self.position = path, on_line, 0

    def read(self) -> None:
        if self.on_line is None:
            return
        with self.path.open("rb") as file:
            file.seek(self.position)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self.position += len(line)
                self.on_line(line.decode().rstrip("\n"))


def _wait(ranks: list[Rank], deadline: float, timeout: float, lines: _Lines) -> None:
    """Return when all have ended well; raise `RankError` for the first that did not."""
    while any(rank.process.poll() is None for rank in ranks):
        if any(rank.failed for rank in ranks):
            break
        if time.monotonic() > deadline:
            raise lateness(ranks, timeout)
        lines.read()
        time.sleep(POLL_SECONDS)
    if any(rank.failed for rank in ranks):
        _let_others_end(ranks, min(time.monotonic() + GRACE_SECONDS, deadline))
        raise failure(ranks)


def _let_others_end(ranks: list[Rank], deadline: float) -> None:
    """Where all failures seen look like consequences, wait for their cause to show."""
    while all(is_victim(rank) for rank in ranks if rank.failed):
        if time.monotonic() > deadline or all(rank.process.poll() is not None for rank in ranks):
            return
        time.sleep(POLL_SECONDS)
