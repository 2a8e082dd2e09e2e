"""What others get: the wheel is the packages with their data, the source archive is everything."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive, built from a copy of what git tracks."""
    folder = tmp_path_factory.mktemp("distribution")
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).is_file():
            target = folder / "tree" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    for kind in ("wheel", "sdist"):
        build = f"from setuptools import build_meta as b; import sys; b.build_{kind}(sys.argv[1])"
        command = [sys.executable, "-c", build, str(folder)]
        done = subprocess.run(
            command, cwd=folder / "tree", capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
    return folder


def source_files(*tops: str) -> set[str]:
    """Files that belong to packages, as paths in the repository."""
    return {
        path.relative_to(ROOT).as_posix()
        for top in tops
        for path in (ROOT / top).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and path.name != ".DS_Store"
    }


def test_wheel_holds_the_packages_with_their_data_and_nothing_else(archives: Path) -> None:
    [wheel] = archives.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == source_files("d2l_utils", "d2l_book")


def test_wheel_asks_for_tools_only_as_extras(archives: Path) -> None:
    [wheel] = archives.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        [metadata] = [name for name in archive.namelist() if name.endswith("/METADATA")]
        lines = archive.read(metadata).decode().splitlines()
    required = [line.split(": ")[1] for line in lines if line.startswith("Requires-Dist")]
    always = {each.split("==")[0] for each in required if "extra ==" not in each}
    assert {"torch", "numpy", "matplotlib", "altair"} <= always
    assert not always & {"pytest", "mypy", "ruff", "playwright", "jupyterlab", "jupyter-book"}
    assert any(each.startswith("pytest") and 'extra == "test"' in each for each in required)


def test_wheel_can_be_used_without_the_checkout(archives: Path, tmp_path: Path) -> None:
    [wheel] = archives.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import d2l_utils, d2l_book; "
        "print(d2l_utils.__file__.startswith(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_source_archive_holds_tests_pages_and_pins(archives: Path) -> None:
    [path] = archives.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = source_files("d2l_utils", "d2l_book", "tests", "tools", "requirements", "benchmarks")
    assert wanted <= names
    assert {"requirements.lock", "constraints.txt", "_toc.yml", "Makefile"} <= names
    assert any(name.startswith("chapters/") and name.endswith(".ipynb") for name in names)
