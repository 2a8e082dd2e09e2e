import subprocess
import sys
from pathlib import Path

import pytest

from d2l_utils.rank_errors import Rank, failure, is_victim, lateness

pytestmark = pytest.mark.exercise(5)

TRACEBACK = """Traceback (most recent call last):
  File "program.py", line 3, in <module>
    run()
{message}
"""
CLOSED = "RuntimeError: [pair.cc:553] Connection closed by peer [127.0.0.1]:44943"


def ended(folder: Path, rank: int, status: int, log: str = "") -> Rank:
    process = subprocess.Popen([sys.executable, "-c", f"raise SystemExit({status})"])
    process.wait()
    (folder / f"error-{rank}").write_text(log)
    (folder / f"output-{rank}").write_text("")
    return Rank(rank, process, folder / f"output-{rank}", folder / f"error-{rank}")


def test_message_is_the_exceptions_own_line(tmp_path: Path) -> None:
    log = TRACEBACK.format(message="ValueError: no such layer: 7\n  with a second line")
    error = failure([ended(tmp_path, 0, 1, log)])
    assert str(error) == "rank 0 of 1 failed: ValueError: no such layer: 7"
    assert (error.rank, error.log) == (0, log)


def test_the_last_of_chained_exceptions_speaks(tmp_path: Path) -> None:
    log = TRACEBACK.format(message="KeyError: 'first'") + TRACEBACK.format(message="OSError: last")
    assert str(failure([ended(tmp_path, 0, 1, log)])).endswith("failed: OSError: last")


def test_prefixes_of_ranks_are_dropped(tmp_path: Path) -> None:
    plain = TRACEBACK.format(message="ValueError: wrong")
    log = "".join(f"[rank1]: {line}\n" for line in plain.splitlines())
    assert str(failure([ended(tmp_path, 0, 1, log)])).endswith("failed: ValueError: wrong")


def test_message_without_traceback_is_the_last_line(tmp_path: Path) -> None:
    error = failure([ended(tmp_path, 0, 2, "starting\nerror: split: too many stages\n")])
    assert str(error).endswith("failed: error: split: too many stages")


def test_cause_comes_before_its_victims(tmp_path: Path) -> None:
    ranks = [
        ended(tmp_path, 0, 1, TRACEBACK.format(message=CLOSED)),
        ended(tmp_path, 1, 0),
        ended(tmp_path, 2, 1, TRACEBACK.format(message="ValueError: the cause")),
    ]
    assert [is_victim(rank) for rank in ranks] == [True, False, False]
    assert str(failure(ranks)) == "rank 2 of 3 failed: ValueError: the cause"


def test_a_lone_victim_is_named_all_the_same(tmp_path: Path) -> None:
    error = failure([ended(tmp_path, 0, 1, TRACEBACK.format(message=CLOSED))])
    assert str(error).startswith("rank 0 of 1 failed: RuntimeError: [pair.cc:553]")


def test_late_rank_is_the_one_that_does_not_wait(tmp_path: Path) -> None:
    dump = 'Current thread 0x1 (most recent call first):\n  File "{path}", line 5 in {function}\n'
    waits = dump.format(path="/lib/torch/distributed/distributed_c10d.py", function="recv")
    works = dump.format(path="/some/long/way/to/it.py", function="compute")
    ranks = [ended(tmp_path, 0, 0, waits), ended(tmp_path, 1, 0, works)]
    assert str(lateness(ranks, 7)) == (
        "rank 1 of 2 did not end within 7 s (rank 0 was in recv "
        "(lib/torch/distributed/distributed_c10d.py); rank 1 was in compute (long/way/to/it.py))"
    )
