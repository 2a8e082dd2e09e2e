import subprocess
import sys
from pathlib import Path

import pytest

import d2l_utils as d2l
from d2l_utils.rank_guard import RENDEZVOUS, REPORTS
from d2l_utils.rank_reports import Standing, report, standing

pytestmark = pytest.mark.exercise(5)
ALL = {"RANK": "1", "WORLD_SIZE": "4", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2"}
MEETING = {"MASTER_ADDR": "host", "MASTER_PORT": "29500"}


def test_reports_are_lines_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REPORTS, str(tmp_path / "reports"))
    report("met")
    report("two\nlines λ")
    assert (tmp_path / "reports").read_text(encoding="utf-8") == "met\ntwo lines λ\n"


def test_nobody_is_told_where_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REPORTS, raising=False)
    report("met")


def test_a_process_on_its_own_stands_nowhere() -> None:
    assert standing({}) is None
    assert standing({"MASTER_ADDR": "host"}) is None


def test_all_variables_say_where_a_process_stands() -> None:
    expected = Standing(rank=1, nproc=4, local_rank=1, local_nproc=2)
    assert standing({**ALL, **MEETING}) == expected
    assert standing({**ALL, RENDEZVOUS: "/run/rendezvous"}) == expected


@pytest.mark.parametrize("name", [*ALL, *MEETING])
def test_a_missing_variable_is_named(name: str) -> None:
    variables = {**ALL, **MEETING}
    del variables[name]
    with pytest.raises(ValueError, match=f"^environment: expected all .* got .* without {name}$"):
        standing(variables)


def test_a_rank_alone_is_told_what_else_it_needs() -> None:
    message = (
        "environment: expected all variables that torchrun sets or none of them, got RANK=3 "
        "without WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR, MASTER_PORT"
    )
    with pytest.raises(ValueError, match=f"^{message}$"):
        standing({"RANK": "3"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"RANK": "one"}, "expected a number in RANK, got 'one'"),
        ({"WORLD_SIZE": ""}, "expected a number in WORLD_SIZE, got ''"),
        ({"LOCAL_RANK": "-1"}, "expected a number in LOCAL_RANK, got '-1'"),
        ({"RANK": "4"}, "expected RANK below WORLD_SIZE, got RANK=4 and WORLD_SIZE=4"),
        ({"LOCAL_RANK": "2"}, "expected LOCAL_RANK below LOCAL_WORLD_SIZE, got LOCAL_RANK=2"),
    ],
)
def test_variables_that_make_no_sense_are_refused(change: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=f"^environment: {message}"):
        standing({**ALL, **MEETING, **change})


def test_a_rank_ends_with_its_standard_input() -> None:
    # Where no signal tells of the end of the guard, this does.
    code = "from d2l_utils.rank_reports import follow_launcher; import time\n"
    code += "follow_launcher(); print('following', flush=True); time.sleep(600)"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(Path(d2l.__file__).parent.parent), RENDEZVOUS: "/nowhere"},
    )
    assert process.stdout is not None
    assert process.stdin is not None
    with process.stdout:
        assert process.stdout.readline() == b"following\n"
        process.stdin.close()
        assert process.wait() == 1
