"""The set-up: what it refuses, what it repairs, and that a failure is one sentence."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import set_up


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (2, 7), (4, 0)])
def test_python_that_is_not_promised_is_refused(version: tuple[int, int]) -> None:
    with pytest.raises(set_up.SetUpError, match=r"expected Python 3\.11, 3\.12 or 3\.13, got"):
        set_up.check_python(version)


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_promised_python_is_accepted(version: tuple[int, int]) -> None:
    set_up.check_python(version)


def executable(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_environment_without_pip_is_made_anew(tmp_path: Path) -> None:
    venv = tmp_path / "a folder"
    executable(set_up.program(venv), "exit 1")
    (venv / "lib" / "left-over").mkdir(parents=True)
    set_up.make(venv)
    assert not (venv / "lib" / "left-over").exists()
    assert set_up._has_pip(venv)


def test_python_without_venv_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = executable(tmp_path / "python", 'mkdir -p "$3/bin"; exit 1')
    monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(set_up.SetUpError, match=r"cannot make a virtual environment.*python3-venv"):
        set_up.make(tmp_path / "venv")
    assert not (tmp_path / "venv").exists()


def test_folder_with_other_things_is_never_removed(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(set_up.SetUpError, match=r"expected an environment or nothing at .*, got"):
        set_up.make(tmp_path)
    assert (tmp_path / "thesis.tex").exists()


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that lists what a set-up did, with a Python that does it at once."""
    done = tmp_path / "done"

    def make(venv: Path) -> None:
        venv.mkdir(exist_ok=True)
        done.write_text("make\n", encoding="utf-8")

    fake = executable(tmp_path / "python", f'echo "$@" >> "{done}"')
    monkeypatch.setattr(set_up, "make", make)
    monkeypatch.setattr(set_up, "program", lambda venv: fake)
    return done


def test_set_up_installs_by_hash_then_torch_then_the_project_and_finds_fonts(
    steps: Path, tmp_path: Path
) -> None:
    assert set_up.main(["--venv", str(tmp_path / "venv")]) == 0
    made, locked, torch, own, fonts = steps.read_text(encoding="utf-8").splitlines()
    assert made == "make"
    assert "--require-hashes --no-deps -r" in locked
    assert "requirements.lock" in locked
    assert torch.endswith(set_up.pinned("torch", set_up.ROOT / "constraints.txt"))
    assert "--no-deps --no-build-isolation -e" in own
    assert "matplotlib.font_manager" in fonts
    assert (tmp_path / "venv" / set_up.READY).exists()


def test_environment_that_is_ready_is_kept_and_brought_up_to_date(
    steps: Path, tmp_path: Path
) -> None:
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / set_up.READY).touch()
    assert set_up.main(["--venv", str(tmp_path / "venv")]) == 0
    assert "make\n" not in steps.read_text(encoding="utf-8")


def test_set_up_that_was_killed_in_pip_begins_anew(
    steps: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    venv = tmp_path / "venv"
    with monkeypatch.context() as patch:
        patch.setattr(set_up, "run", interrupt)
        assert set_up.main(["--venv", str(venv)]) == 130
    assert capsys.readouterr().err == "Set-up was interrupted; the next call begins anew.\n"
    assert not (venv / set_up.READY).exists()
    assert set_up.main(["--venv", str(venv)]) == 0
    assert steps.read_text(encoding="utf-8").startswith("make\n")


def interrupt(*arguments: object) -> None:
    raise KeyboardInterrupt


def test_failed_step_is_one_sentence_and_names_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()
    step = executable(tmp_path / "pip", "echo WARNING: much; echo ERROR: no network; exit 1")
    with pytest.raises(set_up.SetUpError) as caught:
        set_up.run([str(step)], log, "the packages could not be installed")
    message = f"the packages could not be installed: no network (all of it is in {log})"
    assert str(caught.value) == message
    assert "WARNING: much" in log.read_text(encoding="utf-8")


def test_what_is_said_last_is_told_where_nothing_is_called_an_error() -> None:
    assert set_up.last_error("one\n  two  \n\n") == "two"
    assert set_up.last_error("") == "it printed nothing"


def test_unreachable_packages_leave_an_environment_that_is_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    venv = tmp_path / "venv"
    monkeypatch.setattr(set_up, "make", lambda venv: venv.mkdir())
    monkeypatch.setattr(set_up, "program", lambda venv: Path(sys.executable))
    monkeypatch.setattr(set_up, "ROOT", tmp_path)
    (tmp_path / "requirements.lock").write_text(f"nothing-such==1.0 --hash=sha256:{'0' * 64}\n")
    (tmp_path / "constraints.txt").write_text("torch==2.13.0\n")
    for name, value in {"INDEX_URL": "http://127.0.0.1:9/", "RETRIES": "1", "TIMEOUT": "1"}.items():
        monkeypatch.setitem(os.environ, f"PIP_{name}", value)
    monkeypatch.setitem(os.environ, "PIP_CONFIG_FILE", os.devnull)
    assert set_up.main(["--venv", str(venv)]) == 1
    said = capsys.readouterr()
    problem = "the pinned packages could not be installed: no connection to the package index"
    log = venv.absolute() / set_up.LOG
    assert said.err == f"Set-up failed: {problem} (all of it is in {log}).\n"
    assert "Retrying" in log.read_text(encoding="utf-8")
    assert not (venv / set_up.READY).exists()


def test_pin_that_is_missing_is_named(tmp_path: Path) -> None:
    pins = tmp_path / "constraints.txt"
    pins.write_text("torch==2.13.0 ; sys_platform == 'linux'\ntorchviz==0.0.3\n", encoding="utf-8")
    assert set_up.pinned("torch", pins) == "torch==2.13.0"
    with pytest.raises(set_up.SetUpError, match="expected a line numpy==<version>, found none"):
        set_up.pinned("numpy", pins)
