"""Start the processes of one distributed run from a notebook, and always stop them.

``torchrun`` is the way to start many processes on many machines. Inside a notebook one wants
something smaller: a few processes on this machine that meet through a file (no port to be taken),
one clear error if any of them fails, and nothing left behind, whatever happens. `run_ranks` is
that; a program started by it calls `rank_reports.follow_launcher` first and may `report` progress.

The processes are children of a guard (`rank_guard`), which ends them and removes their files when
this process is done, or dead.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from d2l_utils.border import Count, Positive, checked
from d2l_utils.checks.arguments import positive, positive_int
from d2l_utils.partition import rank_guard
from d2l_utils.partition.rank_errors import (
    Rank,
    RankError,
    failure,
    has_answered,
    is_victim,
    lateness,
)

BACKSTOP_SECONDS = 600.0
"""Longest run, unless another limit is given: for programs that hang and report nothing."""

SILENCE_SECONDS = 120.0
"""Longest time without a report, unless another limit is given, once all ranks have reported."""

_GRACE_SECONDS = 60.0  # for the cause of a failure to show; over as soon as all have ended
_ANSWER_SECONDS = 10.0  # for a late rank to say where it is; over as soon as all have answered
_POLL_SECONDS = 0.05


@checked
def run_ranks(
    command: Sequence[str],
    nproc: Count,
    timeout: Positive = BACKSTOP_SECONDS,
    on_line: Callable[[str], None] | None = None,
    silence: Positive = SILENCE_SECONDS,
    must_report: bool = False,
) -> str:
    """Run a program in `nproc` processes at once and wait for all of them.

    Every process gets torchrun's variables ``RANK``, ``WORLD_SIZE``, ``LOCAL_RANK`` and
    ``LOCAL_WORLD_SIZE``, the path of a file to meet through in ``D2L_RENDEZVOUS``, and a folder of
    its own for temporary files. Before this function returns or raises, all processes have ended
    and all files are gone. Time in which this process did not run, as after a suspension, counts
    for neither limit.

    Args:
        command: The program and its arguments.
        nproc: Number of processes.
        timeout: Seconds for the whole run.
        on_line: Called with each line that rank 0 prints, as soon as it does.
        silence: Seconds in which no process writes or reports anything, counted once every process
            has reported, that is, after all have met.
        must_report: Whether every process says that it is done, as `rank_reports.report` does, and
            one that ends before is an error. A process that has reported once always must.

    Returns:
        What rank 0 printed.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If a number is not positive, or there is no such program.
        RankError: If a process raises, is killed, leaves before it is done, prints what is no
            text, or hangs.
        RuntimeError: If there is no place for files, or the process that watches over the others
            was killed.
    """
    _check(command, nproc, on_line)
    positive("timeout", timeout)
    positive("silence", silence)
    with _started(command, nproc, must_report) as run:
        lines = _Lines(run, on_line)
        _wait(run, timeout, silence, lines)
        lines.read()
        return _text(run.ranks, run.folder / "output-0")


def _check(command: Sequence[str], nproc: int, on_line: object) -> None:
    if not isinstance(command, list | tuple) or not all(isinstance(w, str) for w in command):
        raise TypeError(f"command: expected a list of strings, got {command!r}")
    if not command or shutil.which(command[0]) is None:
        what = repr(command[0]) if command else "an empty list"
        raise ValueError(f"command: expected a program that can be run, got {what}")
    positive_int("nproc", nproc)
    if on_line is not None and not callable(on_line):
        raise TypeError(f"on_line: expected a function or None, got {on_line!r}")


@dataclass
class _Run:
    """One run: its guard, what the guard says, and what is known of the ranks."""

    guard: subprocess.Popen[bytes]
    nproc: int
    must_report: bool
    said: queue.SimpleQueue[dict[str, Any] | None] = field(default_factory=queue.SimpleQueue)
    folder: Path = Path()
    ranks: list[Rank] = field(default_factory=list)
    pids: list[int] = field(default_factory=list)
    ended: int = 0

    def listen(self) -> None:
        """Put what the guard says into `said`, None at its end; runs in a thread of its own."""
        assert self.guard.stdout is not None
        for line in self.guard.stdout:
            with contextlib.suppress(ValueError):  # half a line: the guard was killed
                self.said.put(json.loads(line))
        self.said.put(None)

    def update(self, seconds: float = 0.0) -> None:
        """Take in all that the guard has said, waiting some time for the first of it."""
        with contextlib.suppress(queue.Empty):
            self._take(self.said.get(timeout=seconds))
            while True:
                self._take(self.said.get_nowait())

    def _take(self, said: dict[str, Any] | None) -> None:
        if said is None:
            status = self.guard.wait()
            how = f"signal {-status}" if status < 0 else f"exit status {status}"
            raise RuntimeError(
                f"the process that watches over the ranks ended too early ({how}); all are stopped"
            )
        if "impossible" in said:
            raise RuntimeError(f"expected a place for temporary files, got {said['impossible']}")
        if "folder" in said:
            self.folder = Path(said["folder"])
        elif "started" in said:
            rank = Rank(said["started"], self.folder, must_report=self.must_report)
            self.ranks.append(rank)
            self.pids.append(said["pid"])
        elif "unstarted" in said:
            number = said["unstarted"]
            what = f"rank {number} of {self.nproc} could not be started: {said['reason']}"
            raise RankError(what, number, "")
        else:
            rank = self.ranks[said["ended"]]
            rank.status, rank.place = said["status"], self.ended
            self.ended += 1

    @property
    def is_over(self) -> bool:
        """Whether all ranks have ended."""
        return self.ended == self.nproc

    def ask_for_stacks(self) -> None:
        """Ask each rank where it is, which one that follows its launcher writes down."""
        assert self.guard.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.guard.stdin.write(rank_guard.STACKS)


@contextmanager
def _started(command: Sequence[str], nproc: int, must_report: bool) -> Iterator[_Run]:
    """Have a guard start the ranks; at the end it kills what still runs and removes all files."""
    request = {
        "command": list(command),
        "nproc": nproc,
        "parent": tempfile.gettempdir(),
        "root": str(Path(str(files("d2l_utils"))).parent),
        "launcher": os.getpid(),
    }
    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", rank_guard.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        start_new_session=True,  # what stops this process and its group must not stop the guard
    )
    run = _Run(guard, nproc, must_report)
    listener = threading.Thread(target=run.listen, daemon=True)
    listener.start()
    try:
        assert guard.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            guard.stdin.write(json.dumps(request).encode() + b"\n")
        while len(run.ranks) < nproc:
            run.update(_POLL_SECONDS)
        yield run
    finally:
        _end(run, listener)


def _end(run: _Run, listener: threading.Thread) -> None:
    """Let the guard clean up; where it is dead, do its work."""
    guard = run.guard
    assert guard.stdin is not None
    assert guard.stdout is not None
    guard.stdin.close()
    status = guard.wait()
    listener.join()
    guard.stdout.close()
    if status == 0:
        return
    with contextlib.suppress(RuntimeError):  # what it said before its end
        run.update()
    for rank, pid in zip(run.ranks, run.pids, strict=True):
        if rank.status is None:
            rank_guard.kill_group(pid)
    if run.folder != Path():
        rank_guard.remove(run.folder)


class _Lines:
    """The lines that rank 0 prints, each handed on once."""

    def __init__(self, run: _Run, on_line: Callable[[str], None] | None) -> None:
        self.run, self.on_line, self.position = run, on_line, 0

    def read(self) -> None:
        if self.on_line is None:
            return
        with (self.run.folder / "output-0").open("rb") as file:
            file.seek(self.position)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self.position += len(line)
                self.on_line(_decoded(self.run.ranks, line).rstrip("\r\n"))


def _text(ranks: Sequence[Rank], path: Path) -> str:
    return _decoded(ranks, path.read_bytes()).replace("\r\n", "\n")


def _decoded(ranks: Sequence[Rank], data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        wrong = data[max(0, error.start - 20) : error.end + 20]
        what = f"rank 0 of {len(ranks)} printed bytes that are no text in UTF-8: {wrong!r}"
        raise RankError(what, 0, ranks[0].log()) from None


class _Clock:
    """Seconds for which this process has been watching; a pause of it counts for little."""

    def __init__(self) -> None:
        self.seconds, self._last = 0.0, time.monotonic()

    def tick(self) -> None:
        """Count the time since the last tick, at most a second of it."""
        now = time.monotonic()
        self.seconds += min(now - self._last, 1.0)
        self._last = now


class _Limits:
    """Whether a run has hung: nothing was heard of it for too long, or it takes far too long."""

    def __init__(self, timeout: float, silence: float) -> None:
        self.timeout, self.silence = timeout, silence
        self.total, self.quiet = _Clock(), _Clock()
        self._written = -1

    def exceeded(self, ranks: Sequence[Rank]) -> str | None:
        """Return what was awaited in vain, or None while all may be well."""
        self.total.tick()
        self.quiet.tick()
        written = sum(rank.written() for rank in ranks)
        if written != self._written or not all(rank.reports() for rank in ranks):
            self._written, self.quiet = written, _Clock()
        if self.quiet.seconds > self.silence:
            return f"reported nothing for {self.silence:g} s"
        if self.total.seconds > self.timeout:
            return f"did not end within {self.timeout:g} s"
        return None


def _wait(run: _Run, timeout: float, silence: float, lines: _Lines) -> None:
    """Return when all have ended well; raise `RankError` for the first that did not."""
    limits = _Limits(timeout, silence)
    while not run.is_over and not any(rank.failed for rank in run.ranks):
        run.update(_POLL_SECONDS)
        lines.read()
        what = None if run.is_over else limits.exceeded(run.ranks)
        if what is not None:
            run.ask_for_stacks()
            _wait_until(run, _ANSWER_SECONDS, lambda: all(map(has_answered, run.ranks)))
            if not all(rank.ended_well for rank in run.ranks):
                raise lateness(run.ranks, what)
    if any(rank.failed for rank in run.ranks):
        # Where all failures seen look like consequences, wait for their cause to show.
        _wait_until(run, _GRACE_SECONDS, lambda: any(map(_is_cause, run.ranks)))
        raise failure(run.ranks)


def _is_cause(rank: Rank) -> bool:
    return rank.failed and not is_victim(rank)


def _wait_until(run: _Run, seconds: float, condition: Callable[[], bool]) -> None:
    """Wait until the condition holds or all ranks have ended, at most some seconds."""
    clock = _Clock()
    while not run.is_over and not condition() and clock.seconds < seconds:
        run.update(_POLL_SECONDS)
        clock.tick()
