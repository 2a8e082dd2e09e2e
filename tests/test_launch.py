import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from processes import is_running

from d2l_utils.launch import run_ranks
from d2l_utils.rank_errors import RankError

pytestmark = [
    pytest.mark.exercise(5),
    pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals"),
]

PRELUDE = """
import os, pathlib, signal, sys, time
rank = int(os.environ["RANK"])
pids = pathlib.Path(os.environ["PIDS"])
(pids / str(os.getpid())).touch()
while len(list(pids.iterdir())) < int(os.environ["WORLD_SIZE"]):
    time.sleep(0.01)  # nobody fails before everybody has left its number
"""
JOINED = """
import torch.distributed as dist
from datetime import timedelta
from d2l_utils.launch import follow_launcher
follow_launcher()
dist.init_process_group("gloo", init_method=os.environ["D2L_RENDEZVOUS"], rank=rank,
                        world_size=2, timeout=timedelta(seconds=300))
import torch
dist.barrier()
"""


@pytest.fixture
def pids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where started processes leave their numbers; temporary files go beside it."""
    for name in ("pids", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("PIDS", str(tmp_path / "pids"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path / "pids"


def program(body: str) -> list[str]:
    return [sys.executable, "-c", PRELUDE + body]


def assert_nothing_is_left(pids: Path, started: int, seconds: float = 20.0) -> None:
    numbers = [int(path.name) for path in pids.iterdir()]
    assert len(numbers) == started
    temporary = pids.parent / "temporary"
    end = time.monotonic() + seconds
    while time.monotonic() < end and (any(map(is_running, numbers)) or any(temporary.iterdir())):
        time.sleep(0.05)
    assert [number for number in numbers if is_running(number)] == []
    assert list(temporary.iterdir()) == []


def test_rank_zero_output_is_returned_and_streamed(pids: Path) -> None:
    lines: list[str] = []
    body = "print('rank', rank, 'of', os.environ['WORLD_SIZE']); print('end')"
    output = run_ranks(program(body), 3, on_line=lines.append)
    assert output == "rank 0 of 3\nend\n"
    assert lines == ["rank 0 of 3", "end"]
    assert_nothing_is_left(pids, 3)


def test_large_output_does_not_block(pids: Path) -> None:
    body = "print('x' * 1_000_000); print('y' * 1_000_000, file=sys.stderr)"
    assert len(run_ranks(program(body), 2)) == 1_000_001
    assert_nothing_is_left(pids, 2)


def test_rank_that_raises_is_named_with_its_message(pids: Path) -> None:
    body = "time.sleep(600) if rank != 1 else None\nraise ValueError('no such layer: 7')"
    start = time.monotonic()
    with pytest.raises(RankError, match=r"^rank 1 of 3 failed: ValueError: no such layer: 7$") as e:
        run_ranks(program(body), 3, timeout=60)
    assert time.monotonic() - start < 30
    assert e.value.rank == 1
    assert "Traceback" in e.value.log
    assert_nothing_is_left(pids, 3)


def test_rank_that_is_killed_is_named_with_the_signal(pids: Path) -> None:
    body = "time.sleep(600) if rank == 0 else os.kill(os.getpid(), signal.SIGKILL)"
    with pytest.raises(RankError, match=r"^rank 1 of 2 was killed by SIGKILL$"):
        run_ranks(program(body), 2, timeout=60)
    assert_nothing_is_left(pids, 2)


def test_rank_that_exits_silently_is_named_with_its_status(pids: Path) -> None:
    with pytest.raises(RankError, match=r"^rank 0 of 1 failed: exit status 7$"):
        run_ranks(program("sys.exit(7)"), 1)


def test_hanging_rank_is_told_from_those_that_wait_for_it(pids: Path, tmp_path: Path) -> None:
    # Rank 0 waits inside a file that looks like torch.distributed's, rank 1 in code of its own.
    waiting = tmp_path / "torch" / "distributed" / "waiting.py"
    waiting.parent.mkdir(parents=True)
    waiting.write_text("import time\ndef recv():\n    time.sleep(600)\n")
    body = f"""
import faulthandler
faulthandler.register(signal.SIGUSR1, all_threads=False)
sys.path.insert(0, {str(waiting.parent)!r})
import waiting
def stuck():
    time.sleep(600)
waiting.recv() if rank == 0 else stuck()
"""
    with pytest.raises(
        RankError, match=r"^rank 1 of 2 did not end within 4 s \(rank 0 was in recv .*stuck"
    ):
        run_ranks(program(body), 2, timeout=4)
    assert_nothing_is_left(pids, 2)


def test_all_hanging_ranks_without_a_place_are_still_stopped(pids: Path) -> None:
    start = time.monotonic()
    with pytest.raises(RankError, match=r"^rank 0 of 2 did not end within 2 s \(rank 0 was in its"):
        run_ranks(program("time.sleep(600)"), 2, timeout=2)
    assert time.monotonic() - start < 30
    assert_nothing_is_left(pids, 2)


def test_children_of_a_rank_are_stopped_too(pids: Path) -> None:
    body = """
import subprocess
child = subprocess.Popen(["sleep", "600"])
(pids / str(child.pid)).touch()
raise RuntimeError("after starting a child")
"""
    with pytest.raises(RankError, match="after starting a child"):
        run_ranks(program(body), 1)
    assert_nothing_is_left(pids, 2)


def test_interrupt_stops_all_ranks(pids: Path) -> None:
    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_ranks(program("print('started', flush=True); time.sleep(600)"), 1, on_line=interrupt)
    assert_nothing_is_left(pids, 1)


def test_ranks_end_and_clean_up_when_the_launcher_is_killed(pids: Path) -> None:
    rank = PRELUDE + "from d2l_utils.launch import follow_launcher\nfollow_launcher()\n"
    rank += "print('following', flush=True)\ntime.sleep(600)"
    launcher = f"""
import sys
from d2l_utils.launch import run_ranks
run_ranks([sys.executable, "-c", {rank!r}], 1, 300, on_line=lambda _: print("up", flush=True))
"""
    environment = {**os.environ, "TMPDIR": str(pids.parent / "temporary")}
    process = subprocess.Popen(
        [sys.executable, "-c", launcher], stdout=subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"up\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert_nothing_is_left(pids, 1)


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
    body = f"{JOINED}\ndist.recv(torch.zeros(3), 1) if rank == 0 else None\n{end}"
    with pytest.raises(RankError, match=f"^rank 1 of 2 {message}$"):
        run_ranks(program(body), 2, timeout=90)
    assert_nothing_is_left(pids, 2)


@pytest.mark.parametrize(("nproc", "timeout", "name"), [(0, 1.0, "nproc"), (1, 0.0, "timeout")])
def test_numbers_that_are_not_positive_are_refused(nproc: int, timeout: float, name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: expected .* got 0"):
        run_ranks(program(""), nproc, timeout)
