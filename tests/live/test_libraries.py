"""The scripts of others that live pages load: what they are, and on what terms."""

from __future__ import annotations

import hashlib
import json
import re

from d2l_book.render.licences import BUNDLES, bundled
from tests.conftest import ROOT

FOLDER = ROOT / "d2l_book" / "live" / "static" / "libraries"
TOOL = ROOT / "tools" / "live_libraries"


def test_script_is_the_one_that_is_documented() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$", readme, re.MULTILINE))
    assert set(listed) == {path.name for path in FOLDER.glob("*.js")}
    for name, expected in listed.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == expected
    command = re.search(r"^    npm --prefix (\S+) run (\w+)$", readme, re.MULTILINE)
    assert command is not None
    assert ROOT / command[1] == TOOL
    assert command[2] in json.loads((TOOL / "package.json").read_text())["scripts"]


def test_every_package_in_it_comes_with_its_terms() -> None:
    text = (FOLDER / "LICENSES.txt").read_text(encoding="utf-8")
    terms = dict(re.findall(r"^(\S+) (\d[\d.]+) \([\w-]+\)$", text, re.MULTILINE))
    lock = json.loads((TOOL / "package-lock.json").read_text())["packages"]
    locked = {
        path.removeprefix("node_modules/"): entry["version"]
        for path, entry in lock.items()
        if path and "esbuild" not in path
    }
    unused = {"argparse", "crelt", "@codemirror/streamparser"}  # no byte of them is in it
    assert terms == {name: v for name, v in locked.items() if name not in unused}
    assert text.lower().count("copyright") >= len(terms)


def test_versions_are_exact_and_no_host_is_named() -> None:
    wanted = json.loads((TOOL / "package.json").read_text())["devDependencies"]
    assert [v for v in wanted.values() if not re.fullmatch(r"\d+\.\d+\.\d+", v)] == []
    assert '"resolved"' not in (TOOL / "package-lock.json").read_text()


def test_script_compiles_nothing_and_asks_nobody() -> None:
    script = (FOLDER / "live_libraries.js").read_text(encoding="utf-8")
    assert (
        re.findall(r"\beval\(|new Function|XMLHttpRequest|\bfetch\(|sourceMappingURL", script) == []
    )


def test_licences_of_the_site_contain_those_of_bundles() -> None:
    assert len(BUNDLES) >= 2
    for path, what in BUNDLES.items():
        part = bundled(path)
        assert what in part
        assert "copyright" in part.lower()
