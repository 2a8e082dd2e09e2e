import traceback
from pathlib import Path

import pytest

from d2l_utils.rank_errors import Rank, failure, has_answered, is_victim, last_message, lateness

pytestmark = pytest.mark.exercise(5)

TRACEBACK = """Traceback (most recent call last):
  File "program.py", line 3, in <module>
    run()
{message}
"""
CLOSED = "RuntimeError: [pair.cc:553] Connection closed by peer [127.0.0.1]:44943"


def ended(
    folder: Path, rank: int, status: int | None, log: str = "", reports: str = "", place: int = 0
) -> Rank:
    (folder / f"error-{rank}").write_text(log)
    (folder / f"reports-{rank}").write_text(reports)
    return Rank(rank, folder, status, place)


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


def test_colours_are_no_part_of_a_message(tmp_path: Path) -> None:
    log = TRACEBACK.format(
        message="\x1b[1;35mValueError\x1b[0m: \x1b[35mno \x1b]0;t\x07such\x1b[0m"
    )
    error = failure([ended(tmp_path, 0, 1, log)])
    assert str(error) == "rank 0 of 1 failed: ValueError: no such"
    assert "\x1b" not in error.log


GROUP = """Traceback (most recent call last):
  File "before.py", line 1, in <module>
KeyError: 'before'

During handling of the above exception, another exception occurred:

  + Exception Group Traceback (most recent call last):
  |   File "program.py", line 7, in <module>
  |     raise ExceptionGroup("outer", [a, b])
  |     ~~~~~~~~~~~~~~~~~~~~^^^^^^^^^^^^^^^^^
  | ExceptionGroup: outer (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "program.py", line 3, in <module>
    |     run()
    | ValueError: no such layer: 7
    +---------------- 2 ----------------
    | ExceptionGroup: inner (1 sub-exception)
    +-+---------------- 1 ----------------
      | TypeError: no float
      +------------------------------------
"""
SAID = (
    "ExceptionGroup: outer (2 sub-exceptions): ValueError: no such layer: 7; "
    "ExceptionGroup: inner (1 sub-exception); TypeError: no float"
)


def test_a_group_speaks_for_its_members() -> None:
    assert last_message(GROUP) == SAID
    assert last_message("".join(f"[rank0]: {line}\n" for line in GROUP.splitlines())) == SAID
    assert last_message(f"{GROUP}a word at the end\n") == SAID


def test_a_real_group_reads_the_same() -> None:
    error = ExceptionGroup("several", [ValueError("a"), OSError("b")])
    text = "".join(traceback.format_exception(error)).replace(
        "  | ", "  + Exception Group Traceback (most recent call last):\n  | ", 1
    )
    assert (
        last_message(text)
        == "ExceptionGroup: several (2 sub-exceptions): ValueError: a; OSError: b"
    )


def test_silence_has_no_message() -> None:
    assert last_message("") == ""
    assert last_message("Traceback (most recent call last):\n") == ""


def test_a_rank_leaves_early_if_it_reports_and_is_not_done(tmp_path: Path) -> None:
    early = ended(tmp_path, 0, 0, reports="met\nsplit: gradients\n")
    assert (early.left_early, early.failed, early.ended_well) == (True, True, False)
    assert str(failure([early])) == (
        "rank 0 of 1 left early: exit status 0 after it had reported 'split: gradients'"
    )
    for reports in ("", "met\ndone\n"):
        well = ended(tmp_path, 1, 0, reports=reports)
        assert (well.left_early, well.failed, well.ended_well) == (False, False, True)
    running = ended(tmp_path, 2, None, reports="met\n")
    assert (running.left_early, running.failed, running.ended_well) == (False, False, False)


def test_the_first_that_left_is_blamed_where_only_its_victims_fail(tmp_path: Path) -> None:
    ranks = [
        ended(tmp_path, 0, 1, TRACEBACK.format(message=CLOSED), place=2),
        ended(tmp_path, 1, 0, place=1),
        ended(tmp_path, 2, 0, place=0),
    ]
    error = failure(ranks)
    assert str(error).startswith("rank 2 of 3 left with exit status 0, and rank 0 failed: Runtime")
    assert error.rank == 2


DUMP = 'Current thread 0x1 (most recent call first):\n  File "{path}", line 5 in {function}\n'
WAITS = DUMP.format(path="/lib/torch/distributed/distributed_c10d.py", function="recv")
WORKS = DUMP.format(path="/some/long/way/to/it.py", function="compute")


def test_late_rank_is_the_one_that_does_not_wait(tmp_path: Path) -> None:
    ranks = [ended(tmp_path, 0, None, WAITS), ended(tmp_path, 1, None, WORKS, "met\n")]
    assert str(lateness(ranks, "did not end within 7 s")) == (
        "rank 1 of 2 did not end within 7 s (rank 0 was in recv "
        "(lib/torch/distributed/distributed_c10d.py); rank 1 was in compute (long/way/to/it.py), "
        "after reporting 'met')"
    )


def test_rank_that_left_is_late_where_all_others_wait(tmp_path: Path) -> None:
    ranks = [ended(tmp_path, 0, None, WAITS), ended(tmp_path, 1, 0)]
    error = lateness(ranks, "did not end within 7 s")
    assert str(error) == (
        "rank 1 of 2 left with exit status 0, and the others did not end within 7 s (rank 0 was in "
        "recv (lib/torch/distributed/distributed_c10d.py); rank 1 had left with exit status 0)"
    )
    assert error.rank == 1


def test_an_answer_is_a_stack_or_an_end(tmp_path: Path) -> None:
    assert not has_answered(ended(tmp_path, 0, None, "starting\n"))
    assert has_answered(ended(tmp_path, 0, None, WORKS))
    assert has_answered(ended(tmp_path, 0, 0))
