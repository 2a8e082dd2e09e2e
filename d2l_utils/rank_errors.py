"""Find out which process of a distributed run is to blame, and say so in one line.

When one process fails, the others fail too, or wait for it until they are stopped. `failure` and
`lateness` tell the cause from its consequences, by how each process ended, what it reported and
what it wrote to its standard error.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from d2l_utils.rank_reports import DONE

_VICTIM = ("closed by peer", "reset by peer", "Broken pipe", "Connection refused")
_WAITING = ("torch/distributed", "_engine_run_backward")
_DUMP = "most recent call first):"
_TRACEBACK = re.compile(r"(  \+ Exception Group )?Traceback \(most recent call last\):")
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
_NO_MESSAGES = (" ", "-", "Traceback (", "Exception Group Tr", "During handling of", "The above ex")
_MESSAGE_LENGTH = 500


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
    """One started process: its number, its files, and how it ended.

    Attributes:
        rank: Its number.
        folder: Where its files are: ``output-0``, ``error-0``, ``reports-0``.
        status: Its exit status, the negative number of the signal that ended it, or None while it
            runs.
        place: How many others had ended before it.
        must_report: Whether it is wrong to end without having reported at all.
    """

    rank: int
    folder: Path
    status: int | None = None
    place: int = 0
    must_report: bool = False

    def log(self) -> str:
        """What the process has written to its standard error so far, without colours."""
        return _ESCAPES.sub("", _read(self.folder / f"error-{self.rank}"))

    def reports(self) -> list[str]:
        """What the process has reported so far."""
        return _read(self.folder / f"reports-{self.rank}").splitlines()

    def written(self) -> int:
        """Bytes of everything that the process has written so far."""
        paths = (self.folder / f"{kind}-{self.rank}" for kind in ("output", "error", "reports"))
        return sum(path.stat().st_size for path in paths if path.exists())

    @property
    def left_early(self) -> bool:
        """Whether the process has ended as if all were well, before it said that it was done."""
        if self.status != 0:
            return False
        reports = self.reports()
        return reports[-1] != DONE if reports else self.must_report

    @property
    def failed(self) -> bool:
        """Whether the process has ended, and not well."""
        return self.status is not None and not self.ended_well

    @property
    def ended_well(self) -> bool:
        """Whether the process has done what it should."""
        return self.status == 0 and not self.left_early


def _read(path: Path) -> str:
    """The text of a file, empty where there is none; bytes that are no text are spelled out."""
    return path.read_bytes().decode("utf-8", "backslashreplace") if path.exists() else ""


def is_victim(rank: Rank) -> bool:
    """Whether a process ended only because another one had."""
    return (rank.status or 0) > 0 and any(sign in rank.log() for sign in _VICTIM)


def failure(ranks: Sequence[Rank]) -> RankError:
    """Say what happened to the first of the failed processes that is no victim of another.

    Args:
        ranks: All processes, at least one of which has failed.
    """
    failures = sorted((rank for rank in ranks if rank.failed), key=lambda r: (is_victim(r), r.rank))
    rank = failures[0]
    gone = sorted((r for r in ranks if r.status == 0), key=lambda r: r.place)
    if is_victim(rank) and gone:  # nobody else failed: it missed one that had left
        return _error(gone[0], ranks, f"left {_end(gone[0])}, and rank {rank.rank} {_end(rank)}")
    return _error(rank, ranks, _end(rank))


def _error(rank: Rank, ranks: Sequence[Rank], what: str) -> RankError:
    return RankError(f"rank {rank.rank} of {len(ranks)} {what}", rank.rank, rank.log())


def _end(rank: Rank) -> str:
    """How a process ended, in words."""
    status = rank.status or 0
    if status < 0:
        return f"was killed by {_signal_name(-status)}"
    if rank.left_early:
        last = rank.reports()[-1:]
        what = f"after it had reported {last[0]!r}" if last else "before it had reported anything"
        return f"left early: exit status 0 {what}"
    if status == 0:
        return "with exit status 0"
    return f"failed: {last_message(rank.log()) or f'exit status {status}'}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # real-time signals have no names
        return f"signal {number}"


def last_message(log: str) -> str:
    """Return the exception's own line, the first without indentation after the last traceback.

    Args:
        log: What a program wrote to its standard error.

    Returns:
        That line, for a group with those of its members; without a traceback the last line; empty
        if nothing was written.
    """
    lines = [_without_prefix(line) for line in log.splitlines()]
    marks = [i for i, line in enumerate(lines) if _TRACEBACK.match(line)]
    if not marks:
        plain = [line for line in lines if line.strip() and not line.startswith(" ")]
        return (plain or [""])[-1][:_MESSAGE_LENGTH]
    after = lines[marks[-1] + 1 :]
    if lines[marks[-1]].startswith("  +"):
        return _group_message(after)[:_MESSAGE_LENGTH]
    return next((line for line in after if line.strip() and line[0] != " "), "")[:_MESSAGE_LENGTH]


def _group_message(lines: Sequence[str]) -> str:
    """The line of an exception group and those of its members, members of members included."""
    messages = []
    for line in lines:
        if line[:1] not in ("", " "):
            break
        text = re.sub(r"^ +[|+] ?", "", line)
        is_frame = text.startswith(_NO_MESSAGES)
        if text.strip() and not is_frame:
            messages.append(text)
    return ": ".join([messages[0], "; ".join(messages[1:])]) if messages[1:] else "".join(messages)


def _without_prefix(line: str) -> str:
    """Drop the ``[rank1]: `` that torch puts before each line of a traceback."""
    return re.sub(r"^\[rank\d+\]: ?", "", line)


def lateness(ranks: Sequence[Rank], what: str) -> RankError:
    """Blame a process that does not wait for the others, after all were asked where they are.

    Args:
        ranks: All processes, some of which still run, or did until they were asked.
        what: What was awaited in vain, such as ``"did not end within 60 s"``.
    """
    gone = sorted((rank for rank in ranks if rank.status == 0), key=lambda rank: rank.place)
    running = [rank for rank in ranks if rank not in gone]
    stacks = {rank.rank: _innermost(rank.log()) for rank in running}
    busy = [rank for rank in running if not _is_waiting(stacks[rank.rank])]
    places = [f"rank {r.rank} {_where(r, stacks[r.rank])}" for r in running]
    places += [f"rank {r.rank} had left with exit status 0" for r in gone]
    where = "; ".join(places)
    if gone and not busy:  # all that still run wait for one that has left
        return _error(gone[0], ranks, f"left with exit status 0, and the others {what} ({where})")
    return _error((busy or running)[0], ranks, f"{what} ({where})")


def has_answered(rank: Rank) -> bool:
    """Whether a process has ended or has written down where it is.

    Args:
        rank: A process that was asked.
    """
    return rank.status is not None or _DUMP in rank.log()


def _where(rank: Rank, stack: Sequence[str]) -> str:
    reports = rank.reports()
    after = f", after reporting {reports[-1]!r}" if reports else ""
    return (f"was in {stack[0]}" if stack else "did not say where it was") + after


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
