"""How the browser for the browser tests is found, and what happens without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import chromium


def test_the_named_browser_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "my-browser"
    program.touch(mode=0o755)
    monkeypatch.setenv("CHROMIUM", str(program))
    assert chromium.find() == str(program)


def test_a_named_browser_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/browser")
    with pytest.raises(FileNotFoundError, match="expected a program, found none at '/nowhere"):
        chromium.find()


def test_without_a_browser_or_a_package_manager_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(chromium, "PLACES", ())
    with pytest.raises(RuntimeError, match="apt-get install chromium"):
        chromium.find_or_install()


def test_package_manager_is_used_where_it_needs_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(chromium, "PLACES", ())
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    installed = tmp_path / "chromium"
    apt_get = tmp_path / "apt-get"
    apt_get.write_text(
        f'#!/bin/sh\n[ "$1" = install ] || exit 0\n: > {installed}\n/bin/chmod +x {installed}\n'
    )
    apt_get.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.find_or_install() == str(installed)
