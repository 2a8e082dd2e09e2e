"""The guard without torch: launchers and ranks that do nothing but get killed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from processes import MARK, assert_nothing_is_left, is_running, marked, wait_until

from d2l_utils import rank_guard
from d2l_utils.rank_guard import RENDEZVOUS, REPORTS, environment

pytestmark = [
    pytest.mark.exercise(5),
    pytest.mark.skipif(sys.platform != "linux", reason="counts processes by /proc"),
]

# Like `launch.run_ranks`, which needs torch, with everything that the guard says handed on.
LAUNCHER = """
import json, os, signal, subprocess, sys
# What a shell starts with nohup, or with & in a script, ignores these.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
request = {**json.loads(sys.argv[1]), "launcher": os.getpid()}
guard = subprocess.Popen([sys.executable, "-I", "-S", sys.argv[2]], stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, bufsize=0, start_new_session=True)
print(json.dumps({"guard": guard.pid}), flush=True)
guard.stdin.write(json.dumps(request).encode() + b"\\n")
for line in guard.stdout:
    print(line.decode(), end="", flush=True)
"""
SLEEP = "import time; time.sleep(600)"
HOLDS_THE_LOCK = "import ctypes; ctypes.PyDLL(None).sleep(600)"  # as a wait in torch's FileStore
LEAVES_A_CHILD = """
import subprocess, time
subprocess.Popen(["sleep", "600"], start_new_session=True)
time.sleep(600)
"""


class Launched:
    """A launcher, what it has said, and how to wait for something that it says."""

    def __init__(self, rank: str, folder: Path, nproc: int = 2) -> None:
        self.mark, self.temporary = f"{os.getpid()}-{folder.name}", folder
        request = {"command": [sys.executable, "-I", "-S", "-c", rank], "nproc": nproc}
        request |= {"parent": str(folder), "root": "/nowhere"}
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", LAUNCHER, json.dumps(request), rank_guard.__file__],
            stdout=subprocess.PIPE,
            env={**os.environ, MARK: self.mark},
        )
        self.said: dict[str, Any] = {}
        self.pids: list[int] = []

    def until(self, word: str, times: int = 1) -> None:
        assert self.process.stdout is not None
        while times:
            said = json.loads(self.process.stdout.readline())
            self.said |= said
            self.pids += [said["pid"]] if "pid" in said else []
            times -= word in said

    def kill(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait()

    def assert_gone(self) -> None:
        assert_nothing_is_left(self.mark, self.temporary)


@pytest.fixture
def launched(tmp_path: Path) -> Iterator[Callable[..., Launched]]:
    all_launched: list[Launched] = []

    def start(rank: str = SLEEP, nproc: int = 2) -> Launched:
        all_launched.append(Launched(rank, tmp_path, nproc))
        return all_launched[-1]

    yield start
    for each in all_launched:
        for pid in marked(each.mark):  # launchers are among them
            with contextlib.suppress(ProcessLookupError):  # ended by an end before its own
                os.kill(pid, signal.SIGKILL)
        each.process.wait()
        assert each.process.stdout is not None
        each.process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("moment", ["guard", "folder", "started"])
def test_nothing_is_left_when_the_launcher_is_killed(
    launched: Callable[..., Launched], moment: str, number: signal.Signals
) -> None:
    run = launched()
    run.until(moment)
    run.kill(number)
    run.assert_gone()


@pytest.mark.parametrize("rank", [HOLDS_THE_LOCK, LEAVES_A_CHILD], ids=["lock", "child"])
def test_ranks_need_not_help(launched: Callable[..., Launched], rank: str) -> None:
    run = launched(rank)
    run.until("started", 2)
    if rank == LEAVES_A_CHILD:
        # launcher, guard, two ranks and their children
        assert wait_until(lambda: len(marked(run.mark)) == 6)
    run.kill(signal.SIGKILL)
    run.assert_gone()


def test_a_stopped_rank_ends_with_the_launcher(launched: Callable[..., Launched]) -> None:
    run = launched()
    run.until("started", 2)
    os.kill(run.pids[1], signal.SIGSTOP)
    run.kill(signal.SIGKILL)
    run.assert_gone()


def test_guard_and_ranks_are_in_groups_of_their_own(launched: Callable[..., Launched]) -> None:
    run = launched()
    run.until("started", 2)
    groups = {os.getpgid(pid) for pid in (run.said["guard"], *run.pids)}
    assert os.getpgid(run.process.pid) not in groups
    assert len(groups) == 3
    run.kill(signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_guard_that_is_asked_to_end_cleans_up_first(
    launched: Callable[..., Launched], number: signal.Signals
) -> None:
    run = launched()
    run.until("started", 2)
    os.kill(run.said["guard"], number)
    assert run.process.wait() == 0
    run.assert_gone()


def test_ranks_end_with_a_guard_that_is_killed(launched: Callable[..., Launched]) -> None:
    run = launched(HOLDS_THE_LOCK)
    run.until("started", 2)
    os.kill(run.said["guard"], signal.SIGKILL)
    run.process.wait()
    assert wait_until(lambda: not marked(run.mark))


def test_a_copy_of_the_launcher_that_holds_the_pipe_does_not_keep_the_run_alive(
    launched: Callable[..., Launched], monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = LAUNCHER.replace(
        "for line", "import time\nif os.fork() == 0:\n    os.close(1); time.sleep(600)\nfor line"
    )
    monkeypatch.setitem(globals(), "LAUNCHER", copied)
    run = launched()
    run.until("started", 2)
    run.kill(signal.SIGKILL)
    # The copy itself is all that is left.
    assert wait_until(lambda: len(marked(run.mark)) == 1 and not any(run.temporary.iterdir()))


def test_the_next_guard_removes_what_is_left_where_all_were_killed_at_once(
    launched: Callable[..., Launched],
) -> None:
    killed = launched()
    killed.until("started", 2)
    others = killed.temporary / "d2l-ranks-another"  # of somebody who does not lock it
    others.mkdir()
    living = launched()
    living.until("started", 2)
    for pid in (killed.process.pid, killed.said["guard"]):
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not any(map(is_running, (killed.said["guard"], *killed.pids))))
    assert Path(killed.said["folder"]).is_dir()
    following = launched()
    following.until("started")
    left = sorted([Path(living.said["folder"]), Path(following.said["folder"]), others])
    assert sorted(living.temporary.iterdir()) == left


def test_ends_of_ranks_are_told_with_their_status(launched: Callable[..., Launched]) -> None:
    run = launched("import os, sys; sys.exit(int(os.environ['RANK']) + 3)")
    run.until("ended")
    first = dict(run.said)
    run.until("ended")
    assert {first["ended"], run.said["ended"]} == {0, 1}
    assert run.said["status"] == run.said["ended"] + 3
    run.kill(signal.SIGTERM)
    run.assert_gone()


def test_a_program_that_cannot_be_started_is_told(launched: Callable[..., Launched]) -> None:
    run = launched("\0")  # no argument of a program may hold this character
    run.until("unstarted")
    assert (run.said["unstarted"], run.said["reason"]) == (0, "embedded null byte")
    run.kill(signal.SIGKILL)
    run.assert_gone()


def test_half_a_request_starts_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", rank_guard.__file__]
    for text in (b"", b'{"command": ["sleep"'):
        done = subprocess.run(command, input=text, capture_output=True)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_ranks_write_plain_text_whatever_the_launchers_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "LANGUAGE"):
        monkeypatch.setenv(name, "1")
    variables = environment(1, 3, Path("/run"), "/root")
    assert not {"FORCE_COLOR", "CLICOLOR_FORCE", "LANGUAGE"} & variables.keys()
    wanted = {"NO_COLOR": "1", "PYTHON_COLORS": "0", "PYTHONIOENCODING": "utf-8"}
    assert variables.items() >= {**wanted, "LC_ALL": "C.UTF-8"}.items()


def test_ranks_know_where_they_stand_and_where_their_files_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/more")
    variables = environment(1, 3, Path("/run"), "/root")
    assert (
        variables.items()
        >= {
            "RANK": "1",
            "LOCAL_RANK": "1",
            "WORLD_SIZE": "3",
            "LOCAL_WORLD_SIZE": "3",
            "PYTHONPATH": f"/root{os.pathsep}/more",
            "TMPDIR": "/run/temporary",
            RENDEZVOUS: "/run/rendezvous",
            REPORTS: "/run/reports-1",
        }.items()
    )


def test_a_folder_to_which_a_dying_process_adds_is_removed_in_the_end(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    removals = []

    def busy(path: Path, ignore_errors: bool) -> None:
        removals.append(path)
        if len(removals) == 3:
            path.rmdir()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rank_guard.shutil, "rmtree", busy)
        rank_guard.remove(folder)
    assert removals == [folder] * 3
