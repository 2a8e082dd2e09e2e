"""Find out which process of a distributed run is to blame, and say so in one line.

When one process fails, the others fail too, or wait for it until they are stopped. `failure` and
`lateness` tell the cause from its consequences, by what each process wrote to its standard error.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.02
GRACE_SECONDS = 3.0  # for other processes to end or to answer, before the blame is laid
_VICTIM = ("closed by peer", "reset by peer", "Broken pipe", "Connection refused")
_WAITING = ("torch/distributed", "_engine_run_backward")
_DUMP = "most recent call first):"


class RankError(RuntimeError):
    """A process of a distributed run failed; all of them have been stopped.

    Attributes:
        rank: The process to blame.
        log: Everything that process wrote to its standard error.
    """

    def __init__(self, message: str, rank: int, log: str) -> None:
        super().__init__(message)
        self.rank = rank
        self.log = log


@dataclass
class Rank:
    """One started process, its number and the files it writes to."""

    rank: int
    process: subprocess.Popen[bytes]
    output: Path
    error: Path

    def log(self) -> str:
        """What the process has written to its standard error so far."""
        return self.error.read_text(encoding="utf-8", errors="replace")

    @property
    def failed(self) -> bool:
        """Whether the process has ended, and not well."""
        return self.process.poll() not in (None, 0)


def is_victim(rank: Rank) -> bool:
    """Whether a process ended only because another one had."""
    return rank.process.returncode > 0 and any(sign in rank.log() for sign in _VICTIM)


def failure(ranks: Sequence[Rank]) -> RankError:
    """Say what happened to the first of the failed processes that is no victim of another.

    Args:
        ranks: All processes, at least one of which has failed.
    """
    failures = sorted((rank for rank in ranks if rank.failed), key=is_victim)
    rank = failures[0]
    code = rank.process.returncode
    if code < 0:
        what = f"was killed by {signal.Signals(-code).name}"
    else:
        what = f"failed: {_last_message(rank.log()) or f'exit status {code}'}"
    return RankError(f"rank {rank.rank} of {len(ranks)} {what}", rank.rank, rank.log())


def _last_message(log: str) -> str:
    """The exception's own line: the first without indentation after the last traceback."""
    lines = log.splitlines()
    marks = [i for i, line in enumerate(lines) if "Traceback (most recent call last)" in line]
    candidates = [_without_prefix(line) for line in lines[marks[-1] + 1 if marks else 0 :]]
    plain = [line for line in candidates if line.strip() and not line.startswith(" ")]
    if not plain:
        return ""
    return (plain[0] if marks else plain[-1])[:500]


def _without_prefix(line: str) -> str:
    """Drop the ``[rank1]: `` that torch puts before each line of a traceback."""
    head, separator, rest = line.partition("]: ")
    return rest if separator and head.startswith("[rank") else line


def lateness(ranks: Sequence[Rank], timeout: float) -> RankError:
    """Ask every process where it is, and blame one that does not wait for the others.

    Args:
        ranks: All processes, some of which still run.
        timeout: The seconds they were given.
    """
    running = [rank for rank in ranks if rank.process.poll() is None] or list(ranks)
    stacks = [_innermost(log) for log in _dumps(running)]
    busy = [r for r, stack in zip(running, stacks, strict=True) if not _is_waiting(stack)]
    rank = (busy or running)[0]
    where = "; ".join(
        f"rank {r.rank} was in {stack[0] if stack else 'its start'}"
        for r, stack in zip(running, stacks, strict=True)
    )
    return RankError(
        f"rank {rank.rank} of {len(ranks)} did not end within {timeout:g} s ({where})",
        rank.rank,
        rank.log(),
    )


def _dumps(ranks: Sequence[Rank]) -> list[str]:
    """Ask each process for its stack, which one that called `follow_launcher` writes down."""
    if sys.platform != "win32":
        for rank in ranks:
            with contextlib.suppress(ProcessLookupError):
                rank.process.send_signal(signal.SIGUSR1)
    end = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < end and not all(
        _DUMP in rank.log() or rank.process.poll() is not None for rank in ranks
    ):
        time.sleep(POLL_SECONDS)
    return [rank.log() for rank in ranks]


def _innermost(log: str, depth: int = 8) -> list[str]:
    """The innermost frames of a stack written by `faulthandler`, as ``function (path)``."""
    _, _, dump = log.rpartition(_DUMP)
    frames = []
    for line in dump.splitlines():
        if line.startswith('  File "'):
            path, _, rest = line.removeprefix('  File "').partition('", line ')
            frames.append(f"{rest.partition(' in ')[2]} ({'/'.join(Path(path).parts[-4:])})")
    return frames[:depth]


def _is_waiting(stack: Sequence[str]) -> bool:
    """Whether a process is inside a call that needs the others."""
    return any(sign in frame for frame in stack for sign in _WAITING)
