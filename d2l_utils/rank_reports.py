"""What a rank, a process started by `run_ranks`, tells its launcher, and where it stands.

A rank that reports its progress is known to be alive, however slow the machine; one that reports
must say at its end that it is done, so that one that leaves before is noticed.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from d2l_utils.rank_guard import RENDEZVOUS, REPORTS

DONE = "done"
"""The last report of a rank that has reported at all."""

VARIABLES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
"""The environment variables by which torchrun tells a process where it stands."""

_MEETING = ("MASTER_ADDR", "MASTER_PORT")


def report(progress: str) -> None:
    """Tell the launcher what has been reached; does nothing in a process without a launcher.

    Args:
        progress: A few words in one line. From the first report of every rank on the launcher
            limits the time without any; the last must be `DONE`.
    """
    path = os.environ.get(REPORTS)
    if path is not None:
        with open(path, "a", encoding="utf-8") as file:
            file.write(" ".join(progress.split()) + "\n")


def follow_launcher() -> None:
    """In a process started by `run_ranks`: end when the launcher does, and tell where one hangs.

    A thread reads standard input, which ends with the processes that started this one; Linux kills
    a rank in that case without its help. On SIGUSR1 the process writes where it is to its standard
    error. Does nothing in a process started in another way.
    """
    if RENDEZVOUS not in os.environ:
        return
    if sys.platform != "win32":
        import faulthandler

        faulthandler.register(signal.SIGUSR1, all_threads=False)

    def wait_for_end() -> None:
        # Not through sys.stdin: its lock would be held while the interpreter shuts down.
        while os.read(0, 1024):
            pass
        os._exit(1)

    threading.Thread(target=wait_for_end, daemon=True).start()


@dataclass(frozen=True)
class Standing:
    """Where a process stands among the others.

    Attributes:
        rank: Its number among all.
        nproc: Number of all processes.
        local_rank: Its number among those of this machine.
        local_nproc: Number of processes on this machine.
    """

    rank: int
    nproc: int
    local_rank: int
    local_nproc: int


def standing(environment: Mapping[str, str] | None = None) -> Standing | None:
    """Read torchrun's variables, which `run_ranks` sets too.

    Args:
        environment: The variables; None for the process's own.

    Returns:
        Where this process stands, or None if none of the variables is set.

    Raises:
        ValueError: If some are missing, are no numbers or contradict each other.
    """
    environment = os.environ if environment is None else environment
    found = [f"{name}={environment[name]}" for name in VARIABLES if name in environment]
    if not found:
        return None
    needed = VARIABLES if RENDEZVOUS in environment else (*VARIABLES, *_MEETING)
    missing = [name for name in needed if name not in environment]
    if missing:
        raise ValueError(
            f"environment: expected all variables that torchrun sets or none of them, "
            f"got {', '.join(found)} without {', '.join(missing)}"
        )
    rank, nproc, local_rank, local_nproc = (_number(name, environment[name]) for name in VARIABLES)
    _check_below("RANK", rank, "WORLD_SIZE", nproc)
    _check_below("LOCAL_RANK", local_rank, "LOCAL_WORLD_SIZE", local_nproc)
    return Standing(rank, nproc, local_rank, local_nproc)


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"environment: expected a number in {name}, got {text!r}")
    return int(text)


def _check_below(name: str, value: int, limit_name: str, limit: int) -> None:
    if value >= limit:
        raise ValueError(
            f"environment: expected {name} below {limit_name}, got {name}={value} and "
            f"{limit_name}={limit}"
        )
