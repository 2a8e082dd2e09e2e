"""What nbval does not see: is every notebook run, described, honest, harmless and portable?

Strict nbval compares stored outputs with fresh ones, but it compares nothing in cells that were
never run or are marked to be left alone, it never looks into a PNG, and it cannot tell a check from
a line that was printed. This gate reads the stored notebooks only and runs nothing;
``python -m d2l_book.notebooks.gate`` prints what is wrong, one line per finding.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import nbformat

from d2l_book.notebooks.active import active_problems
from d2l_book.notebooks.code import code_problems, constant_texts
from d2l_book.notebooks.execute import find_notebooks, stored_form
from d2l_book.notebooks.external import external_data, external_requests
from d2l_book.notebooks.folding import folding_problems
from d2l_book.notebooks.markdown import as_html, markdown_problems
from d2l_book.notebooks.markup import read_markup
from d2l_book.notebooks.parts import part_problems
from d2l_book.notebooks.portable import has_path, machine_traces, passing_times
from d2l_book.notebooks.sources import has_code, run_problems
from d2l_utils.checks.record import MIME as CHECK
from d2l_utils.checks.record import TICK, check_record, line_of

IGNORED_OUTPUTS: dict[tuple[str, str], str] = {}
"""(notebook's file name, first line of the cell) -> why its output is not compared.

The only place where an ``nbval-ignore-output`` tag or marker is allowed. A new entry needs a reason
that a reader accepts: times, or anything else that belongs to the machine.
"""

ENDS_IN_A_VALUE = re.compile(r"^(?:\s*)(?:d2l\.show|d2l\.Table|d2l\.draw_graph|print|d2l\.check_)")
"""A line that must leave something below its cell."""

_EMPTY_ALT = re.compile(r"!\[\s*\]\(|<img(?![^>]*\balt=[\"'][^\"']+[\"'])[^>]*>", re.I)
_FIGURES = ("image/svg+xml", "application/vnd.vegalite.v5+json")
_TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex")
_LABEL = re.compile(r'<svg\b[^>]*?\saria-label="([^"]*)"')
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
    problems = [*_in_file(path, notebook), *part_problems(path)]
    findings = [Finding(path, 0, problem) for problem in problems]
    unrun, folding = run_problems(notebook.cells), folding_problems(notebook.cells)
    for number, cell in enumerate(notebook.cells):
        problems = [f"{problem}: use `make run`" for problem in unrun.get(number, [])]
        problems += [*_in_source(cell), *folding.get(number, [])]
        if cell.cell_type == "code":
            problems += _in_outputs(cell)
            problems += _in_marks(cell, path.name)
            if number not in unrun and not cell.outputs and _leaves_output(cell.source):
                problems.append("its output is missing: use `make run`")
        findings += [Finding(path, number, problem) for problem in dict.fromkeys(problems)]
    if not any(has_code(cell) for cell in notebook.cells):
        findings.append(Finding(path, 0, "no code cell: an answer here is run, not told"))
    return findings


def _in_file(path: Path, notebook: Any) -> Iterator[str]:
    name = notebook.metadata.get("kernelspec", {}).get("name")
    if name != "python3":
        yield f"kernel {name!r} instead of 'python3': execute it with `make run`"
    if stored_form(notebook) != path.read_text(encoding="utf-8"):
        yield "not in the form in which `make run` stores it: ids, metadata, streams or spaces"


def _in_source(cell: Any) -> Iterator[str]:
    if cell.cell_type == "raw":
        yield "a raw cell, which no reader of the notebook sees as the page shows it"
    if has_path(cell.source):
        yield "an absolute path in the source: it exists on one machine only"
    if _EMPTY_ALT.search(cell.source):
        yield "an image without alternative text"
    if cell.cell_type == "markdown":
        yield from markdown_problems(cell.source)
    elif cell.cell_type == "code":
        yield from code_problems(cell.source)
        if any(external_requests(as_html(text)) for text in constant_texts(cell.source)):
            yield "would fetch from another host at reading time: store the file with the book"


def _leaves_output(source: str) -> bool:
    lines = [line for line in source.splitlines() if line.strip()]
    calls = any(ENDS_IN_A_VALUE.match(line) for line in lines if not line.startswith((" ", "\t")))
    return calls or bool(lines and re.fullmatch(r"\w[\w.\[\]\"']*", lines[-1]))


def _in_outputs(cell: Any) -> Iterator[str]:
    for output in cell.outputs:
        if output.output_type == "stream":
            if output.name == "stderr":
                yield "something was written to stderr: fix its cause, do not hide it"
            if any(line.lstrip().startswith(TICK) for line in output.text.splitlines()):
                yield "a line that begins with a tick and is no check: use d2l.check_..."
            yield from _in_text(output.text)
        elif output.output_type != "error":  # an error is a problem of the run
            yield from _in_data(output.data, output.metadata)


def _in_data(data: dict[str, Any], metadata: dict[str, Any]) -> Iterator[str]:
    for mime in sorted(set(data) - {*_FIGURES, *_TEXTS, CHECK}):
        yield f"{mime} output, which nbval or the book cannot judge: use d2l.show"
    words = str(data.get("text/plain", "")).strip()
    if CHECK in data:
        yield from _in_check(data[CHECK], words)
    elif words.startswith(TICK):
        yield "a line that begins with a tick and is no check: use d2l.check_..."
    for mime in _FIGURES:
        if mime in data:
            yield from _in_alt(data[mime], str(metadata.get(mime, {}).get("alt", "")), words)
    for mime, content in data.items():
        yield from _in_content(mime, content)


def _in_check(record: Any, words: str) -> Iterator[str]:
    try:
        sound = check_record(**record) == record and line_of(record) == words
    except (TypeError, ValueError, KeyError):
        sound = False
    if not sound:
        yield "a check whose line says something else than its record: use `make run`"


def _in_alt(content: Any, alt: str, words: str) -> Iterator[str]:
    """Compare the alternative text with its copies in what nbval compares with a fresh run."""
    if not alt.strip():
        yield "a figure without alternative text: use d2l.show(figure, alt=...)"
        return
    label = _LABEL.search(content) if isinstance(content, str) else None
    said = content.get("description") if isinstance(content, dict) else label and unescape(label[1])
    if not (alt == words == said):
        yield "a figure's alternative text is not the one that its cell gave: use `make run`"


def _in_content(mime: str, content: Any) -> Iterator[str]:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    texts = [text] if isinstance(content, str) else list(_strings(content))
    if mime == "text/markdown":
        yield from markdown_problems(text)
    if mime in ("text/html", "image/svg+xml"):
        yield from active_problems(text)
    if external_data(content):
        yield "its output would fetch from another host at reading time"
    visible = read_markup(text).text if mime == "text/html" else text
    for each in texts:
        yield from _in_text(each, visible if mime in _TEXTS else "")


def _in_text(text: str, visible: str | None = None) -> Iterator[str]:
    """Judge a text of an output; `visible` is the part of it that readers see."""
    yield from machine_traces(text)
    if external_requests(text):
        yield "its output would fetch from another host at reading time"
    shown = text if visible is None else visible
    if shown and _EMPTY_ALT.search(text):
        yield "an image without alternative text in the output"
    yield from passing_times(shown)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


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
        0 if all are sound, else 1; 1 if there is none, for nothing then was proved.
    """
    parser = argparse.ArgumentParser(prog="python -m d2l_book.notebooks.gate", description=__doc__)
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all below chapters/")
    paths = parser.parse_args(arguments).notebooks or find_notebooks()
    if not paths:
        print("no notebook to inspect: nothing was proved")
        return 1
    findings = [finding for path in paths for finding in inspect(path)]
    for finding in findings:
        print(finding)
    if not findings:
        print(f"{len(paths)} notebooks are sound: {', '.join(path.stem for path in paths)}")
    return 1 if findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
