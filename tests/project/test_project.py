"""The repository keeps its own rules: style, types, workflows, links, licences."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from d2l_book.notebooks.sources import read_cells

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )


def tracked(*patterns: str) -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def test_code_and_notebooks_are_linted() -> None:
    result = run("ruff", "check", "--quiet", ".")
    assert result.returncode == 0, result.stdout


def test_code_and_notebooks_are_formatted() -> None:
    result = run("ruff", "format", "--check", "--quiet", ".")
    assert result.returncode == 0, result.stdout


def test_types_are_complete_and_consistent() -> None:
    result = run("mypy")
    assert result.returncode == 0, result.stdout


def test_workflows_are_valid_and_call_the_readme_commands() -> None:
    workflows = sorted((ROOT / ".github/workflows").glob("*.yml"))
    assert {path.stem for path in workflows} == {"test", "weekly"}
    names = [str(path) for path in workflows]
    result = run("check_jsonschema", "--builtin-schema", "vendor.github-workflows", *names)
    assert result.returncode == 0, result.stdout
    assert "run: make test" in (ROOT / ".github/workflows/test.yml").read_text()
    assert "run: make book" in (ROOT / ".github/workflows/test.yml").read_text()


def jobs() -> dict[str, dict[str, Any]]:
    """Workflow and job -> the job, of all workflows."""
    return {
        f"{path.stem}/{name}": job
        for path in sorted((ROOT / ".github/workflows").glob("*.yml"))
        for name, job in yaml.safe_load(path.read_text())["jobs"].items()
    }


def test_actions_are_pinned_by_commit() -> None:
    used = [step["uses"] for job in jobs().values() for step in job["steps"] if "uses" in step]
    assert used
    assert [each for each in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", each)] == []


def test_only_the_job_that_deploys_may_write_pages_and_it_installs_nothing() -> None:
    for name, job in jobs().items():
        rights = job.get("permissions", {})
        assert ("pages" in rights) == (name == "test/publish")
        if rights:
            assert not any("make" in step.get("run", "") for step in job["steps"])
    assert jobs()["test/publish"]["needs"] == "build"
    assert jobs()["test/build"]["needs"] == "test"  # what did not pass is not published


def test_updates_are_proposed_for_packages_and_actions() -> None:
    name = ".github/dependabot.yml"
    result = run("check_jsonschema", "--builtin-schema", "vendor.dependabot", name)
    assert result.returncode == 0, result.stdout
    kinds = {
        each["package-ecosystem"] for each in yaml.safe_load((ROOT / name).read_text())["updates"]
    }
    assert kinds == {"pip", "github-actions"}


def test_invalid_workflow_would_be_noticed(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("name: x\non: push\njobs:\n  a:\n    runs-onn: ubuntu-latest\n")
    result = run("check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(broken))
    assert result.returncode != 0


def test_citation_file_is_valid() -> None:
    result = run(
        "check_jsonschema", "--builtin-schema", "vendor.citation-file-format", "CITATION.cff"
    )
    assert result.returncode == 0, result.stdout


def test_ci_calls_the_readme_command_and_nothing_else() -> None:
    lines = (ROOT / ".ci/run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "exec make test"]


PROMISED = [f"3.{minor}.{patch}" for minor in (11, 12, 13) for patch in (0, 1, 2, 4, 5, 14)]
"""Versions of Python that the README promises, the lowest of each first."""


def pins(*names: str) -> dict[str, str]:
    """Package -> version, of files with one exact pin a line."""
    found = {}
    for name in names:
        for line in (ROOT / name).read_text().splitlines():
            line = line.split("#")[0].partition(";")[0].rstrip("\\ ")
            if line and not line.startswith(" "):
                match = re.fullmatch(r"([\w.-]+)(?:\[[\w,]+\])?==([\w.+!-]+)", line)
                assert match is not None, f"{name}: not an exact pin: {line!r}"
                found[canonicalize_name(match[1])] = match[2]
    return found


DIRECT = [f"requirements/{part}.txt" for part in ("pages", "book", "test")]


def test_direct_requirements_are_pinned_and_the_constraints_agree() -> None:
    listed = re.findall(r"^-r (\S+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert listed == DIRECT
    direct, tree = pins(*DIRECT), pins("constraints.txt")
    assert {name: tree.get(name) for name in direct} == direct
    assert direct["jupyter-book"].startswith("1.")


def test_lock_has_the_same_versions_and_a_hash_for_each() -> None:
    tree = pins("constraints.txt")
    del tree["torch"]  # its builds are different files of one version
    assert pins("requirements.lock") == tree
    text = (ROOT / "requirements.lock").read_text()
    entries = re.split(r"^(?=\w)", text, flags=re.MULTILINE)
    assert all("--hash=sha256:" in entry for entry in entries if entry.strip())


def test_packages_whose_needs_the_project_states_itself_are_the_pinned_ones() -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]
    tree = pins("constraints.txt")
    for each in stated["dependency-metadata"]:  # for another version it would say nothing
        assert tree[each["name"]] == each["version"], each["name"]


def test_no_grammar_is_compiled_whenever_jsonschema_is_imported() -> None:
    assert "jsonschema" in pins("constraints.txt")
    assert not {"lark", "rfc3987-syntax"} & set(pins("constraints.txt"))


def refused(requires: str) -> list[str]:
    """The promised versions of Python that a package does not admit."""
    return [version for version in PROMISED if version not in SpecifierSet(requires)]


def test_every_pin_admits_every_python_that_is_promised() -> None:
    promised = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert refused(promised) == []
    for name, version in pins("constraints.txt").items():
        try:
            metadata = distribution(name).metadata
        except PackageNotFoundError:  # for other systems only
            continue
        assert metadata["Version"].partition("+")[0] == version, name
        assert refused(metadata.get("Requires-Python") or "") == [], name


def test_pin_that_needs_a_later_patch_is_seen() -> None:
    assert refused(">=3.11.5") == ["3.11.0", "3.11.1", "3.11.2", "3.11.4"]
    assert refused("<3.13")[0] == "3.13.0"


def test_no_local_build_tag_is_asked_for() -> None:
    assert "+cpu" not in (ROOT / "requirements.txt").read_text()
    assert "+cpu" not in (ROOT / "constraints.txt").read_text()


def test_links_between_files_resolve() -> None:
    for page in tracked("*.md"):
        text = re.sub(r"`[^`]*`", "", page.read_text())  # what is code leads nowhere
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text):
            candidates = [page.parent / (target + end) for end in ("", ".md", ".ipynb")]
            assert any(path.exists() for path in candidates), f"{page.name}: {target}"


def modules() -> list[Path]:
    """The modules of both packages, without their front doors."""
    found = [*(ROOT / "d2l_utils").rglob("*.py"), *(ROOT / "d2l_book").rglob("*.py")]
    return [path for path in found if not path.stem.startswith("__")]


def test_every_module_has_its_test_file_in_the_folder_of_its_topic() -> None:
    for module in modules():
        topic = module.relative_to(ROOT).parent.parts[1:] or ("book",)
        folder = ROOT.joinpath("tests", *topic)
        name = ".".join(module.relative_to(ROOT).with_suffix("").parts)
        package = re.escape(name.rpartition(".")[0])
        named = re.compile(rf"{re.escape(name)}\b|from {package} import .*\b{module.stem}\b")
        tested = any(named.search(path.read_text()) for path in folder.glob("test_*.py"))
        # The parts of the live server are tested as the one server that they are.
        tested |= topic == ("live",) and (folder / "test_server.py").is_file()
        assert (folder / f"test_{module.stem}.py").is_file() or tested, f"{name} has no test file"


def test_every_module_lies_in_a_topic() -> None:
    assert [path.name for path in (ROOT / "d2l_utils").glob("*.py")] == ["__init__.py"]


def lint_imports(config: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    return subprocess.run(
        [*command, str(config)], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_imports_run_downward_only() -> None:
    result = lint_imports(ROOT / "pyproject.toml")
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


def test_import_that_runs_upward_would_be_noticed(tmp_path: Path) -> None:
    config = tmp_path / "upward.toml"
    layers = '"d2l_utils.display", "d2l_utils.graphs"'
    config.write_text(
        '[tool.importlinter]\nroot_packages = ["d2l_utils"]\n[[tool.importlinter.contracts]]\n'
        f'name = "upward"\ntype = "layers"\nlayers = [{layers}]\n',
        encoding="utf-8",
    )
    result = lint_imports(config)
    assert result.returncode == 1
    assert "d2l_utils.graphs.graph -> d2l_utils.display" in result.stdout.replace("\n", " ")


def test_modules_stay_small() -> None:
    for module in modules():
        lines = len(module.read_text().splitlines())
        assert lines <= 330, f"{module.name} has {lines} lines: one concept per module"


def test_nothing_names_a_machine() -> None:
    machine = re.compile(r"/(?:home|root|work|Users)/[A-Za-z0-9_.-]+")
    for path in tracked():
        if {"tests", ".ci", "workflows"} & set(path.parts) or path.suffix in (".png", ".xz"):
            continue
        match = machine.search(path.read_text(encoding="utf-8"))
        assert match is None, f"{path.relative_to(ROOT)}: {match and match.group(0)}"


@pytest.mark.parametrize("path", tracked("*.ipynb"), ids=lambda path: path.stem)
def test_code_lines_of_a_page_fit_a_narrow_screen(path: Path) -> None:
    for cell in read_cells(path):
        if cell["cell_type"] == "code":
            lines = "".join(cell["source"]).splitlines()
            assert len(lines) <= 25, f"{cell['id']}: {len(lines)} lines"
            assert all(len(line) <= 79 for line in lines), f"{cell['id']}: a line is too long"
