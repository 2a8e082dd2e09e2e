"""What nbval does not see: is every notebook run, described, deterministic and portable?

Strict nbval compares stored outputs with fresh ones, but it compares nothing in cells that were
never run or are marked to be left alone, and it never looks into a PNG. This gate reads the stored
notebooks only, runs nothing and takes milliseconds; ``python -m d2l_book.notebooks.gate`` prints
what is wrong, one line per finding.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from d2l_book.notebooks.execute import find_notebooks
from d2l_book.notebooks.external import external_requests
from d2l_book.notebooks.parts import part_problems
from d2l_book.notebooks.sources import has_code, run_problems

IGNORED_OUTPUTS: dict[tuple[str, str], str] = {}
"""(notebook's file name, first line of the cell) -> why its output is not compared.

The only place where an ``nbval-ignore-output`` tag or marker is allowed. A new entry needs a reason
that a reader accepts: times, or anything else that belongs to the machine.
"""

ENDS_IN_A_VALUE = re.compile(r"^(?:\s*)(?:d2l\.show|d2l\.Table|d2l\.draw_graph|print|d2l\.check_)")
"""A line that must leave something below its cell."""

_ABSOLUTE_PATH = re.compile(
    r"(?<![\w.])(?:/(?:home|root|work|tmp|Users|private|mnt|opt|var)/|[A-Z]:\\\\)"
)
_REMOTE = re.compile(
    r"""(?:src|srcset|poster|data)\s*=\s*\\?["']?(?:https?:)?// | !\[[^\]]*\]\(\s*(?:https?:)?//
    | "url":\s*"(?:https?:)?// | \b(?:fetch|import)\s*\(?\s*["']https?:""",
    re.I | re.X,
)
_EMPTY_ALT = re.compile(r"!\[\s*\]\(|<img(?![^>]*\balt=[\"'][^\"']+[\"'])[^>]*>", re.I)
_TIMING = re.compile(
    r"\b\d+(?:\.\d+)?(?:e-?\d+)?\s?(?:ns|µs|us|ms|seconds|secs?|minutes?|s per loop)\b"
    r"|\b\d+\.\d+ s\b|\b\d+:\d\d:\d\d\b|%%?timeit|Wall time"
)
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
_FIGURES = ("image/svg+xml", "application/vnd.vegalite.v5+json")
_TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex")
_IGNORE_MARK = re.compile(
    r"^\s*#+\s*(?:NBVAL_(?:IGNORE_OUTPUT|SKIP|RAISES_EXCEPTION)|PYTEST_VALIDATE_IGNORE_OUTPUT)",
    re.MULTILINE,
)
_IGNORE_TAGS = {
    "nbval-ignore-output",
    "nbval-skip",
    "nbval-raises-exception",
    "pytest-validate-ignore-output",
    "raises-exception",
    "skip-execution",
}
_HIDDEN_WARNING = re.compile(r"\b(?:filterwarnings|simplefilter)\(\s*[\"']ignore")
_SWALLOWED_CHECK = re.compile(
    r"\bexcept\s*(?::|\(?[^:\n]*\b(?:AssertionError|CheckError|Exception)\b)"
)


@dataclass(frozen=True)
class Finding:
    """Something wrong in one cell.

    Attributes:
        notebook: The file.
        cell: Position in the file, from 0; the same number is in the cell's id.
        problem: What is wrong and what to do.
    """

    notebook: Path
    cell: int
    problem: str

    def __str__(self) -> str:
        return f"{self.notebook.name}, cell {self.cell}: {self.problem}"


def inspect(path: Path) -> list[Finding]:
    """Inspect one stored notebook.

    Args:
        path: The notebook.

    Returns:
        All findings, in order; empty for a sound notebook.
    """
    notebook = nbformat.read(path, as_version=4)
    problems = [*_in_metadata(notebook), *part_problems(path)]
    findings = [Finding(path, 0, problem) for problem in problems]
    unrun = run_problems(notebook.cells)
    for number, cell in enumerate(notebook.cells):
        problems = list(_in_text(cell.source))
        problems += [f"{problem}: use `make run`" for problem in unrun.get(number, [])]
        if cell.cell_type == "code":
            problems += _in_code(cell.source)
            problems += _in_outputs(cell)
            problems += _in_marks(cell, path.name)
            if number not in unrun and not cell.outputs and _leaves_output(cell.source):
                problems.append("its output is missing: use `make run`")
        findings += [Finding(path, number, problem) for problem in problems]
    if not any(has_code(cell) for cell in notebook.cells):
        findings.append(Finding(path, 0, "no code cell: an answer here is run, not told"))
    return findings


def _in_metadata(notebook: Any) -> Iterator[str]:
    name = notebook.metadata.get("kernelspec", {}).get("name")
    if name != "python3":
        yield f"kernel {name!r} instead of 'python3': execute it with `make run`"


def _in_text(source: str) -> Iterator[str]:
    if _ABSOLUTE_PATH.search(source):
        yield "an absolute path in the source: it exists on one machine only"
    if _REMOTE.search(source) or external_requests(source):
        yield "would fetch from another host at reading time: store the file with the book"
    if _EMPTY_ALT.search(source):
        yield "an image without alternative text"


def _in_code(source: str) -> Iterator[str]:
    if _HIDDEN_WARNING.search(source):
        yield "hides warnings: fix their cause"
    if _SWALLOWED_CHECK.search(source):
        yield "catches so much that a failed check would go unseen: name the error expected"


def _leaves_output(source: str) -> bool:
    lines = [line for line in source.splitlines() if line.strip()]
    calls = any(ENDS_IN_A_VALUE.match(line) for line in lines if not line.startswith((" ", "\t")))
    return calls or bool(lines and re.fullmatch(r"[\w.\[\]\"']+", lines[-1]))


def _in_outputs(cell: Any) -> Iterator[str]:
    for output in cell.outputs:
        if output.output_type == "stream":
            if output.name == "stderr":
                yield "something was written to stderr: fix its cause, do not hide it"
            yield from _in_output_text(output.text)
        elif output.output_type != "error":  # an error is a problem of the run
            yield from _in_data(output.data, output.metadata)


def _in_data(data: dict[str, Any], metadata: dict[str, Any]) -> Iterator[str]:
    for mime in sorted(set(data) - {*_FIGURES, *_TEXTS}):
        yield f"{mime} output, which nbval or the book cannot judge: use d2l.show"
    for mime in _FIGURES:
        if mime in data and not str(metadata.get(mime, {}).get("alt", "")).strip():
            yield "a figure without alternative text: use d2l.show(figure, alt=...)"
    for mime, content in data.items():
        text = content if isinstance(content, str) else json.dumps(content)
        yield from _in_output_text(text, is_text=mime in _TEXTS)


def _in_output_text(text: str, is_text: bool = True) -> Iterator[str]:
    if _ABSOLUTE_PATH.search(text):
        yield "an absolute path in the output"
    if _REMOTE.search(text) or external_requests(text):
        yield "its output would fetch from another host at reading time"
    if _ADDRESS.search(text):
        yield "a memory address in the output: it differs on every run"
    if not is_text:
        return
    if _EMPTY_ALT.search(text):
        yield "an image without alternative text in the output"
    timing = _TIMING.search(text)
    if timing is not None:
        yield f"a time in the output ({timing.group(0)!r}): it differs on every run"


def _in_marks(cell: Any, name: str) -> Iterator[str]:
    tagged = _IGNORE_TAGS.intersection(cell.metadata.get("tags", []))
    first_line = cell.source.split("\n", 1)[0]
    if (tagged or _IGNORE_MARK.search(cell.source)) and (name, first_line) not in IGNORED_OUTPUTS:
        yield "its output is not compared, without a reason in notebooks.gate.IGNORED_OUTPUTS"


def main(arguments: list[str] | None = None) -> int:
    """Inspect the notebooks named on the command line, or all of them.

    Args:
        arguments: Without the program's name; None for the process's own.

    Returns:
        0 if all are sound, else 1.
    """
    parser = argparse.ArgumentParser(prog="python -m d2l_book.notebooks.gate", description=__doc__)
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all below chapters/")
    paths = parser.parse_args(arguments).notebooks or find_notebooks()
    findings = [finding for path in paths for finding in inspect(path)]
    for finding in findings:
        print(finding)
    if not findings:
        print(f"{len(paths)} notebooks are sound: {', '.join(path.stem for path in paths)}")
    return 1 if findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
