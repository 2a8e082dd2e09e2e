import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from d2l_utils.partition import launcher as launch
from d2l_utils.partition import rank_guard
from d2l_utils.partition.launcher import run_ranks
from d2l_utils.partition.rank_errors import Rank, RankError
from tests.processes import MARK, assert_nothing_is_left, is_running, marked, wait_until

pytestmark = [
    pytest.mark.exercise(5),
    pytest.mark.skipif(sys.platform != "linux", reason="counts processes by /proc"),
]

PRELUDE = """
import os, pathlib, signal, sys, time
rank = int(os.environ["RANK"])
pids = pathlib.Path(os.environ["PIDS"])
(pids / str(os.getpid())).touch()
while len(list(pids.iterdir())) < int(os.environ["WORLD_SIZE"]):
    time.sleep(0.01)  # nobody fails before everybody has left its number
def report(progress):
    with open(os.environ["D2L_REPORTS"], "a") as file:
        file.write(progress + "\\n")
"""
JOINED = """
from d2l_utils.partition.worker import joined
from d2l_utils.partition.rank_reports import follow_launcher
import torch
import torch.distributed as dist
follow_launcher()
os.environ["LOCAL_RANK"] = os.environ["RANK"]
with joined("cpu", 300):
    dist.barrier()
"""


@pytest.fixture
def pids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where started processes leave their numbers; temporary files go beside it."""
    for name in ("pids", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("PIDS", str(tmp_path / "pids"))
    monkeypatch.setenv(MARK, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path / "pids"


def program(body: str) -> list[str]:
    return [sys.executable, "-c", PRELUDE + body]


def assert_all_gone(pids: Path, started: int) -> None:
    """Nothing is left when `run_ranks` is over: no time is given."""
    numbers = [int(path.name) for path in pids.iterdir()]
    assert len(numbers) == started
    assert [number for number in numbers if is_running(number)] == []
    assert marked(str(pids.parent)) == []
    assert list((pids.parent / "temporary").iterdir()) == []


def test_rank_zero_output_is_returned_and_streamed(pids: Path) -> None:
    lines: list[str] = []
    body = "print('rank', rank, 'of', os.environ['WORLD_SIZE']); print('end')"
    output = run_ranks(program(body), 3, on_line=lines.append)
    assert output == "rank 0 of 3\nend\n"
    assert lines == ["rank 0 of 3", "end"]
    assert_all_gone(pids, 3)


def test_large_output_does_not_block(pids: Path) -> None:
    body = "print('x' * 1_000_000); print('y' * 1_000_000, file=sys.stderr)"
    assert len(run_ranks(program(body), 2)) == 1_000_001
    assert_all_gone(pids, 2)


def test_rank_that_raises_is_named_with_its_message(pids: Path) -> None:
    body = "time.sleep(600) if rank != 1 else None\nraise ValueError('no such layer: 7')"
    with pytest.raises(RankError, match=r"^rank 1 of 3 failed: ValueError: no such layer: 7$") as e:
        run_ranks(program(body), 3)
    assert e.value.rank == 1
    assert "Traceback" in e.value.log
    assert_all_gone(pids, 3)


def test_rank_that_is_killed_is_named_with_the_signal(pids: Path) -> None:
    body = "time.sleep(600) if rank == 0 else os.kill(os.getpid(), signal.SIGKILL)"
    with pytest.raises(RankError, match=r"^rank 1 of 2 was killed by SIGKILL$"):
        run_ranks(program(body), 2)
    assert_all_gone(pids, 2)


def test_rank_that_exits_silently_is_named_with_its_status(pids: Path) -> None:
    with pytest.raises(RankError, match=r"^rank 0 of 1 failed: exit status 7$"):
        run_ranks(program("sys.exit(7)"), 1)


def test_silent_rank_is_told_from_those_that_wait_for_it(pids: Path, tmp_path: Path) -> None:
    # Rank 0 waits inside a file that looks like torch.distributed's, rank 1 in code of its own.
    waiting = tmp_path / "torch" / "distributed" / "waiting.py"
    waiting.parent.mkdir(parents=True)
    waiting.write_text("import time\ndef recv():\n    report('met')\n    time.sleep(600)\n")
    body = f"""
import faulthandler
faulthandler.register(signal.SIGUSR1, all_threads=False)
sys.path.insert(0, {str(waiting.parent)!r})
import waiting
waiting.report = report
def stuck():
    report("met")
    report("step 1")
    time.sleep(600)
waiting.recv() if rank == 0 else stuck()
"""
    with pytest.raises(
        RankError,
        match=r"^rank 1 of 2 reported nothing for 2 s \(rank 0 was in recv .*, after reporting "
        r"'met'; rank 1 was in stuck .*, after reporting 'step 1'\)$",
    ):
        run_ranks(program(body), 2, silence=2)
    assert_all_gone(pids, 2)


def test_rank_that_hangs_without_any_report_is_stopped_at_the_backstop(pids: Path) -> None:
    with pytest.raises(
        RankError, match=r"^rank 0 of 2 did not end within 2 s \(rank 0 did not say where it was; "
    ):
        run_ranks(program("time.sleep(600)"), 2, timeout=2)
    # How far the ranks have come after two seconds depends on the machine.
    assert_all_gone(pids, len(list(pids.iterdir())))


def test_stopped_rank_is_ended_too(pids: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "_ANSWER_SECONDS", 0.5)  # it never answers
    body = "report('met')\nos.kill(os.getpid(), signal.SIGSTOP)"
    with pytest.raises(RankError, match=r"^rank 0 of 1 reported nothing for 0\.5 s"):
        run_ranks(program(body), 1, silence=0.5)
    assert_all_gone(pids, 1)


def test_time_before_all_have_met_is_not_silence(pids: Path) -> None:
    body = "report('met') if rank == 0 else None\ntime.sleep(1)\nreport('done')"
    assert run_ranks(program(body), 2, silence=0.1) == ""


@pytest.mark.parametrize("reports", ["report('met')", "report('met'); report('step 1')"])
def test_rank_that_leaves_before_it_is_done_is_named_at_once(pids: Path, reports: str) -> None:
    body = f"{reports}\ntime.sleep(600) if rank == 0 else sys.exit(0)"
    last = reports.split("'")[-2]
    with pytest.raises(
        RankError, match=f"^rank 1 of 2 left early: exit status 0 after it had reported '{last}'$"
    ):
        run_ranks(program(body), 2)
    assert_all_gone(pids, 2)


def test_rank_that_leaves_without_a_report_is_named_at_once_where_reports_are_due(
    pids: Path,
) -> None:
    body = "time.sleep(600) if rank == 0 else sys.exit(0)"
    with pytest.raises(
        RankError, match=r"^rank 1 of 2 left early: exit status 0 before it had reported anything$"
    ):
        run_ranks(program(body), 2, must_report=True)
    assert run_ranks(program("report('done')"), 1, must_report=True) == ""


def test_rank_that_leaves_is_named_where_another_fails_without_it(pids: Path) -> None:
    body = "sys.exit(0) if rank else None\nraise OSError('Connection closed by peer')"
    with pytest.raises(
        RankError,
        match=r"^rank 1 of 2 left with exit status 0, and rank 0 failed: OSError: Connection clos",
    ):
        run_ranks(program(body), 2)
    assert_all_gone(pids, 2)


def test_rank_that_leaves_is_mentioned_where_another_hangs(
    pids: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exceeded(self: object, ranks: list[Rank]) -> str | None:
        return "did not end within 600 s" if ranks[1].status == 0 else None

    monkeypatch.setattr(launch._Limits, "exceeded", exceeded)
    with pytest.raises(
        RankError, match=r"^rank 0 of 2 did not end within 600 s .*; rank 1 had left with exit st"
    ):
        run_ranks(program("sys.exit(0) if rank else None\ntime.sleep(600)"), 2)


def test_rank_that_ends_well_when_it_is_asked_is_no_error(
    pids: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch._Limits, "exceeded", lambda *_: "did not end within 600 s")
    body = "signal.signal(signal.SIGUSR1, lambda *_: sys.exit(0))\n"
    body += "report('ready') if rank else None\nreport('done')\ntime.sleep(600)"
    ask = launch._Run.ask_for_stacks

    def ask_when_ready(run: launch._Run) -> None:
        assert wait_until(lambda: all(r.reports()[-1:] == ["done"] for r in run.ranks))
        ask(run)

    monkeypatch.setattr(launch._Run, "ask_for_stacks", ask_when_ready)
    assert run_ranks(program(body), 2) == ""


@pytest.mark.parametrize("number", range(1, signal.SIGRTMAX + 1))
def test_signals_have_words(number: int, tmp_path: Path) -> None:
    rank = Rank(0, tmp_path, status=-number)
    assert str(launch.failure([rank])).startswith("rank 0 of 1 was killed by ")


def test_rank_that_is_killed_by_a_signal_without_a_name_is_named(pids: Path) -> None:
    with pytest.raises(RankError, match=r"^rank 0 of 1 was killed by signal 40$"):
        run_ranks(program("os.kill(os.getpid(), 40)"), 1)


def test_rank_that_raises_a_group_is_named_with_all_of_it(pids: Path) -> None:
    body = "raise ExceptionGroup('two', [ValueError('no such layer: 7'), KeyError('W')])"
    message = "ExceptionGroup: two (2 sub-exceptions): ValueError: no such layer: 7; KeyError: 'W'"
    with pytest.raises(RankError) as e:
        run_ranks(program(body), 1)
    assert str(e.value) == f"rank 0 of 1 failed: {message}"


def test_rank_that_writes_no_text_is_named_with_what_it_wrote(pids: Path) -> None:
    body = "os.write(1, b'sent 3 ' + bytes([255]) + bytes([10]))"
    for on_line in (None, print):
        with pytest.raises(
            RankError, match=r"^rank 0 of 1 printed bytes that are no text in UTF-8: b'sent 3 \\xff"
        ):
            run_ranks(program(body), 1, on_line=on_line)


def test_rank_that_fails_with_no_text_is_named_with_the_rest(pids: Path) -> None:
    body = "os.write(2, b'bad ' + bytes([255]) + b' byte' + bytes([10])); sys.exit(3)"
    with pytest.raises(RankError, match=r"^rank 0 of 1 failed: bad \\xff byte$"):
        run_ranks(program(body), 1)


@pytest.mark.parametrize("coding", ["C", "de_DE.ISO-8859-1", "tr_TR.UTF-8"])
def test_text_arrives_whole_in_any_locale(
    pids: Path, coding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", coding)
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")
    assert run_ranks(program("print('λ ‖W‖²')"), 1) == "λ ‖W‖²\n"
    with pytest.raises(RankError, match=r"^rank 0 of 1 failed: ValueError: λ$"):
        run_ranks(program("raise ValueError('λ')"), 1)


def newest_python() -> str:
    """An interpreter that colours tracebacks, where one is installed."""
    for name in ("python3.14", "python3.13"):
        found = shutil.which(name)
        if found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0:
            return found
    return sys.executable


@pytest.mark.parametrize("python", [sys.executable, newest_python()], ids=["own", "newest"])
def test_messages_are_plain_where_colours_are_forced(
    pids: Path, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("PYTHON_COLORS", "1")
    with pytest.raises(RankError, match=r"^rank 0 of 1 failed: ValueError: no such layer: 7$") as e:
        run_ranks([python, "-c", "raise ValueError('no such layer: 7')"], 1)
    assert "\x1b" not in e.value.log
    coloured = "os.environ.update(FORCE_COLOR='1', PYTHON_COLORS='1'); import subprocess\n"
    coloured += f"sys.exit(subprocess.call([{python!r}, '-c', 'raise ValueError(7)']))"
    with pytest.raises(RankError, match=r"^rank 0 of 1 failed: ValueError: 7$"):
        run_ranks(program(coloured), 1)


def test_what_ranks_leave_in_their_temporary_folder_is_removed(pids: Path) -> None:
    body = "import tempfile; print(tempfile.mkdtemp())"
    folder = Path(run_ranks(program(body), 1).strip())
    assert folder.parts[: len(pids.parent.parts)] == pids.parent.parts
    assert_all_gone(pids, 1)


def test_children_of_a_rank_are_stopped_too(pids: Path) -> None:
    body = """
import subprocess
child = subprocess.Popen(["sleep", "600"])
(pids / str(child.pid)).touch()
raise RuntimeError("after starting a child")
"""
    with pytest.raises(RankError, match="after starting a child"):
        run_ranks(program(body), 1)
    assert_all_gone(pids, 2)


def test_interrupt_stops_all_ranks(pids: Path) -> None:
    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_ranks(program("print('started', flush=True); time.sleep(600)"), 1, on_line=interrupt)
    assert_all_gone(pids, 1)


def test_nothing_is_left_when_the_launcher_is_killed_while_ranks_meet(pids: Path) -> None:
    # Rank 1 never comes, so rank 0 waits in torch's store and lets no other thread run.
    body = "print('joining', flush=True)\ntime.sleep(600) if rank else None" + JOINED
    launcher = f"""
import sys
from d2l_utils.partition.launcher import run_ranks
run_ranks({program(body)!r}, 2, on_line=lambda line: print(line, flush=True))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", launcher],
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(pids.parent / "temporary")},
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"joining\n"
        rendezvous = next((pids.parent / "temporary").glob("d2l-ranks-*")) / "rendezvous"
        assert wait_until(rendezvous.exists)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert_nothing_is_left(str(pids.parent), pids.parent / "temporary")


def test_all_is_cleaned_up_where_the_guard_is_killed(pids: Path) -> None:
    body = "print(os.getppid(), flush=True); time.sleep(600)"
    with pytest.raises(RuntimeError, match=r"watches over the ranks ended .* \(signal 9\)"):
        run_ranks(program(body), 2, on_line=lambda pid: os.kill(int(pid), signal.SIGKILL))
    assert_nothing_is_left(str(pids.parent), pids.parent / "temporary")


@pytest.mark.parametrize(
    ("end", "message"),
    [
        ("raise ValueError('weights are missing')", "failed: ValueError: weights are missing"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "was killed by SIGKILL"),
    ],
    ids=["raises", "is killed"],
)
def test_cause_is_named_although_the_waiting_rank_fails_as_well(
    pids: Path, end: str, message: str
) -> None:
    body = f"{JOINED}    dist.recv(torch.zeros(3), 1) if rank == 0 else None\n    {end}"
    with pytest.raises(RankError, match=f"^rank 1 of 2 {message}$"):
        run_ranks(program(body), 2)
    assert_all_gone(pids, 2)


class _Time:
    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Time:
    time = _Time()
    monkeypatch.setattr(launch, "time", time)
    return time


def after(limits: launch._Limits, ranks: list[Rank], clock: _Time, seconds: float) -> str | None:
    """What the limits say after the seconds, in which they were asked often."""
    said = None
    for _ in range(int(4 * seconds)):
        clock.now += 0.25
        said = said or limits.exceeded(ranks)
    return said


def test_silence_counts_from_the_last_thing_heard_of_any_rank(tmp_path: Path, clock: _Time) -> None:
    ranks = [Rank(number, tmp_path) for number in range(2)]
    limits = launch._Limits(timeout=1000, silence=10)
    assert after(limits, ranks, clock, 100) is None  # nobody has reported
    (tmp_path / "reports-0").write_text("met\n")
    assert after(limits, ranks, clock, 100) is None  # not all have met
    (tmp_path / "reports-1").write_text("met\n")
    assert after(limits, ranks, clock, 9) is None
    for name in ("reports-1", "output-0", "error-1"):
        with (tmp_path / name).open("a") as file:
            file.write("step\n")
        assert after(limits, ranks, clock, 9) is None
    assert after(limits, ranks, clock, 2) == "reported nothing for 10 s"


def test_the_whole_run_has_a_limit_too(tmp_path: Path, clock: _Time) -> None:
    limits = launch._Limits(timeout=600, silence=10)
    assert after(limits, [Rank(0, tmp_path)], clock, 600) is None
    assert after(limits, [Rank(0, tmp_path)], clock, 1) == "did not end within 600 s"


def test_time_in_which_the_launcher_did_not_run_is_not_counted(
    tmp_path: Path, clock: _Time
) -> None:
    limits = launch._Limits(timeout=600, silence=10)
    (tmp_path / "reports-0").write_text("met\n")
    ranks = [Rank(0, tmp_path)]
    assert limits.exceeded(ranks) is None
    clock.now += 86_400  # the machine slept for a day
    assert limits.exceeded(ranks) is None
    assert after(limits, ranks, clock, 8) is None
    assert after(limits, ranks, clock, 2) is not None


def wrong_start(*_: object, **__: object) -> None:
    pytest.fail("a process was started")


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"nproc": 0}, ValueError, "nproc: expected at least 1, got 0"),
        ({"nproc": 2.0}, TypeError, "nproc: expected an integer, got 2.0"),
        ({"nproc": True}, TypeError, "nproc: expected an integer, got True"),
        ({"timeout": 0.0}, ValueError, "timeout: expected a positive number, got 0"),
        ({"timeout": float("nan")}, ValueError, "timeout: expected a positive number, got nan"),
        ({"timeout": "60"}, TypeError, "timeout: expected a number, got '60'"),
        ({"silence": -1}, ValueError, "silence: expected a positive number, got -1"),
        ({"command": []}, ValueError, "command: expected a program .* got an empty list"),
        ({"command": ["no-such-program"]}, ValueError, "command: .* got 'no-such-program'"),
        (
            {"command": "python"},
            TypeError,
            "command: expected a list or tuple of strings, got 'python'",
        ),
        ({"command": [sys.executable, 3]}, TypeError, r"command\[1\]: expected a string, got 3"),
        ({"command": 3}, TypeError, "command: expected a list or tuple of strings, got 3"),
        ({"on_line": "print"}, TypeError, "on_line: expected a function or None, got 'print'"),
    ],
)
def test_wrong_arguments_are_refused_before_any_process_starts(
    change: dict[str, object],
    error: type[Exception],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subprocess, "Popen", wrong_start)
    arguments = {"command": [sys.executable], "nproc": 1, **change}
    with pytest.raises(error, match=f"^{message}"):
        run_ranks(**arguments)  # type: ignore[arg-type]


def test_a_program_that_the_system_refuses_is_told(pids: Path, tmp_path: Path) -> None:
    script = tmp_path / "program"
    script.write_bytes(b"neither a script nor a program")
    script.chmod(0o755)
    with pytest.raises(RankError, match=r"^rank 0 of 2 could not be started: .*Exec format error"):
        run_ranks([str(script)], 2)
    assert_all_gone(pids, 0)


def test_a_temporary_folder_that_cannot_be_used_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(RuntimeError, match=r"^expected a place for temporary files, got .*nowhere"):
        run_ranks(program(""), 1)


def test_a_temporary_folder_may_have_any_name(pids: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = pids.parent / "temporary" / "a ?#%20 b'ü"
    odd.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(odd))
    assert run_ranks(program(JOINED + "    print('met')"), 2) == "met\n"
    odd.rmdir()
    assert_all_gone(pids, 2)


def test_the_guard_is_a_program_of_the_standard_library_alone() -> None:
    code = f"import runpy, sys; runpy.run_path({rank_guard.__file__!r}); print(len(sys.path))"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
