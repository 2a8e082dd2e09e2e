"""The nets are shown to catch fish: each corruption turns one gate red, with file and cell."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from d2l_book.notebooks import gate
from d2l_book.notebooks.execute import find_notebooks, normalize
from d2l_utils.checks.record import MIME
from tests.notebooks.sample_notebooks import corrupt, write, write_executed

FIGURE, CHECK = 2, 3  # positions of the cells in the sample


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_executed(tmp_path_factory.mktemp("sound") / "page.ipynb")


def strip_outputs(notebook: Any) -> None:
    for cell in notebook.cells[1:]:
        cell.outputs, cell.execution_count = [], None


def keep_counts_strip_outputs(notebook: Any) -> None:
    for cell in notebook.cells[1:]:
        cell.outputs = []


def swap_two_cells(notebook: Any) -> None:
    notebook.cells[FIGURE], notebook.cells[CHECK] = notebook.cells[CHECK], notebook.cells[FIGURE]


def add_traceback(notebook: Any) -> None:
    notebook.cells[CHECK].outputs = [
        nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
    ]


def add_stderr(notebook: Any) -> None:
    notebook.cells[CHECK].outputs.append(
        nbformat.v4.new_output("stream", name="stderr", text="a warning\n")
    )


def drop_alt(notebook: Any) -> None:
    notebook.cells[FIGURE].outputs[0].metadata = {}


def store_png(notebook: Any) -> None:
    notebook.cells[FIGURE].outputs[0].data["image/png"] = "aGVsbG8="


def print_text(text: str) -> Callable[[Any], None]:
    def change(notebook: Any) -> None:
        stream = nbformat.v4.new_output("stream", name="stdout", text=text)
        notebook.cells[CHECK].outputs.insert(0, stream)

    return change


def append_source(text: str) -> Callable[[Any], None]:
    def change(notebook: Any) -> None:
        notebook.cells[0].source += text

    return change


def mark(comment: str) -> Callable[[Any], None]:
    def change(notebook: Any) -> None:
        notebook.cells[CHECK].source = f"{comment}\n{notebook.cells[CHECK].source}"

    return change


def tag(name: str) -> Callable[[Any], None]:
    def change(notebook: Any) -> None:
        notebook.cells[CHECK].metadata["tags"] = [name]

    return change


def store(mime: str, content: object) -> Callable[[Any], None]:
    def change(notebook: Any) -> None:
        notebook.cells[FIGURE].outputs[0].data[mime] = content

    return change


def code(line: str) -> Callable[[Any], None]:
    def change(notebook: Any) -> None:
        notebook.cells[CHECK].source += f"\n{line}"

    return change


def markdown(text: str) -> Callable[[Any], None]:
    return append_source(f"\n\n{text}\n")


def alt_in_metadata(notebook: Any) -> None:
    notebook.cells[FIGURE].outputs[0].metadata["image/svg+xml"]["alt"] = "a line that falls"


def alt_in_text(notebook: Any) -> None:
    notebook.cells[FIGURE].outputs[0].data["text/plain"] = "a line that falls"


def alt_in_picture(notebook: Any) -> None:
    data = notebook.cells[FIGURE].outputs[0].data
    data["image/svg+xml"] = data["image/svg+xml"].replace("rises and falls", "falls")


def alt_everywhere_but_in_the_picture(notebook: Any) -> None:
    alt_in_metadata(notebook)
    alt_in_text(notebook)


def record(**change: object) -> Callable[[Any], None]:
    def corruption(notebook: Any) -> None:
        data = notebook.cells[CHECK].outputs[0].data
        data[MIME] = {**data[MIME], **change}

    return corruption


def forge_a_line(notebook: Any) -> None:
    del notebook.cells[CHECK].outputs[0].data[MIME]


def leave_metadata(notebook: Any) -> None:
    notebook.cells[CHECK].metadata["collapsed"] = True


def leave_metadata_of_an_editor(notebook: Any) -> None:
    notebook.metadata["toc"] = {"base_numbering": 1}


def raw_cell(notebook: Any) -> None:
    notebook.cells.append(nbformat.v4.new_raw_cell("<script>1</script>", id="c04"))


def rename_kernel(notebook: Any) -> None:
    notebook.metadata.kernelspec.name = "my-env"


CORRUPTIONS: dict[str, tuple[Callable[[Any], None], int, str]] = {
    "outputs and counts stripped": (strip_outputs, 1, "has not been run"),
    "outputs stripped": (keep_counts_strip_outputs, FIGURE, "its output is missing"),
    "cells out of order": (swap_two_cells, FIGURE, "was run as number 3, expected 2"),
    "an error": (add_traceback, CHECK, r"stopped with an error \(ValueError: no\)"),
    "a stderr": (add_stderr, CHECK, "stderr"),
    "no alt": (drop_alt, FIGURE, "without alternative text"),
    "a raw PNG": (store_png, FIGURE, "image/png output, which nbval or the book cannot judge"),
    "a time": (print_text("took 12.3 ms\n"), CHECK, r"a time in the output \('12.3 ms'\)"),
    "an address": (print_text("<object at 0x7f2b1c0a9d90>\n"), CHECK, "memory address"),
    "a path": (print_text("/home/me/book/x.py\n"), CHECK, "absolute path in the output"),
    "a path in the source": (append_source(" `/home/me/x`"), 0, "absolute path in the source"),
    "a remote image": (append_source("\n![a](https://x.y/z.png)"), 0, "another host"),
    "a remote script": (append_source('\n<script src="//x.y/z.js">'), 0, "another host"),
    "a remote output": (print_text("<img alt='a' src='http://x/y.png'>"), CHECK, "another host"),
    "an image without alt": (append_source("\n![](graph.svg)"), 0, "without alternative text"),
    "an ignored output": (mark("# NBVAL_IGNORE_OUTPUT"), CHECK, "without a reason"),
    "an ignoring tag": (tag("nbval-ignore-output"), CHECK, "without a reason"),
    "nbval's older marker": (mark("# PYTEST_VALIDATE_IGNORE_OUTPUT"), CHECK, "without a reason"),
    "a marker with two signs": (mark("## NBVAL_SKIP"), CHECK, "without a reason"),
    "nbval's older tag": (tag("pytest-validate-ignore-output"), CHECK, "without a reason"),
    "a skipped cell": (tag("skip-execution"), CHECK, "without a reason"),
    "a script": (store("application/javascript", "1"), FIGURE, "application/javascript output"),
    "a widget": (
        store("application/vnd.jupyter.widget-view+json", {"model_id": "9"}),
        FIGURE,
        "widget-view.json output",
    ),
    "another Vega-Lite": (store("application/vnd.vegalite.v6.json", {}), FIGURE, "v6.json output"),
    "a remote picture": (
        store("image/svg+xml", '<svg><image href="https://x.y/z.png"/></svg>'),
        FIGURE,
        "another host",
    ),
    "remote data": (
        store("text/html", '<script>{"data": {"url": "https://x.y/z.csv"}}</script>'),
        FIGURE,
        "another host",
    ),
    "a file address": (print_text("file:///home/x/y"), CHECK, "absolute path in the output"),
    "short seconds": (print_text("took 3.2 s"), CHECK, "a time in the output"),
    "a duration": (print_text("0:00:03.21"), CHECK, "a time in the output"),
    "hidden warnings": (code("warnings.filterwarnings('ignore')"), CHECK, "hides warnings"),
    "a magic": (mark("%%capture"), CHECK, "is not plain Python"),
    "a swallowed check": (
        code("try:\n    f()\nexcept Exception:\n    pass"),
        CHECK,
        "would go unseen",
    ),
    "a printed tick": (print_text("✓ a: 1 number\n"), CHECK, "begins with a tick and is no check"),
    "an indented tick": (print_text("  ✓ a"), CHECK, "begins with a tick and is no check"),
    "a tick shown": (forge_a_line, CHECK, "begins with a tick and is no check"),
    "a record that was changed": (record(result="43"), CHECK, "says something else than its rec"),
    "a record with more": (record(proved=True), CHECK, "says something else than its record"),
    "words in the metadata": (alt_in_metadata, FIGURE, "not the one that its cell gave"),
    "words in the text": (alt_in_text, FIGURE, "not the one that its cell gave"),
    "words in the picture": (alt_in_picture, FIGURE, "not the one that its cell gave"),
    "words in two places": (
        alt_everywhere_but_in_the_picture,
        FIGURE,
        "not the one that its cell gave",
    ),
    "metadata of a cell": (leave_metadata, 0, "not in the form in which `make run` stores it"),
    "metadata of an editor": (leave_metadata_of_an_editor, 0, "not in the form in which"),
    "a raw cell": (raw_cell, 4, "a raw cell"),
    "a script in the text": (markdown("<script>1</script>"), 0, "a script that is not"),
    "an active link": (markdown("[a](javascript:alert%281%29)"), 0, "begins with 'javascript:'"),
    "an active output": (
        store("text/html", "<img src='x.png' alt='x' onerror='f()'>"),
        FIGURE,
        "onerror on <img>, which is not on the list",
    ),
    "an active picture": (
        store("image/svg+xml", '<svg aria-label="x"><script>f()</script></svg>'),
        FIGURE,
        "a script that is not the project's",
    ),
    "a request in a text of the code": (
        code('page = \'<img src="https://x.y/z.png" alt="x">\''),
        CHECK,
        "another host",
    ),
    "a chart's data": (
        store("application/vnd.vegalite.v5+json", {"data": {"url": "//x.y/z.csv"}}),
        FIGURE,
        "another host",
    ),
    "a path in a chart": (
        store("application/vnd.vegalite.v5+json", {"title": "C:\\Users\\me"}),
        FIGURE,
        "absolute path in the output",
    ),
    "a private kernel": (rename_kernel, 0, "kernel 'my-env' instead of 'python3'"),
}


def test_sound_notebook_passes(sound: Path) -> None:
    assert gate.inspect(sound) == []


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_corruption_is_found_and_placed(name: str, sound: Path, tmp_path: Path) -> None:
    change, cell, message = CORRUPTIONS[name]
    path = corrupt(sound, tmp_path / "broken.ipynb", change)
    findings = gate.inspect(path)
    assert findings
    assert any(f.cell == cell and re.search(message, f.problem) for f in findings), findings
    assert str(findings[0]).startswith("broken.ipynb, cell ")


def test_notebook_without_code_is_found(tmp_path: Path) -> None:
    findings = gate.inspect(write(tmp_path / "told.ipynb", ()))
    assert any("no code cell" in finding.problem for finding in findings)


def empty_code_cell_above(notebook: Any) -> None:
    notebook.cells.insert(CHECK, nbformat.v4.new_code_cell("\n"))
    normalize(notebook)


def test_empty_code_cell_is_neither_unrun_nor_an_answer(sound: Path, tmp_path: Path) -> None:
    path = corrupt(sound, tmp_path / "page.ipynb", empty_code_cell_above)
    assert gate.inspect(path) == []
    findings = gate.inspect(write(tmp_path / "told.ipynb", ("", " ")))
    assert any("no code cell" in finding.problem for finding in findings)


@pytest.mark.parametrize(
    ("last", "shows"), [("]", False), ("}", False), ("rows", True), ("a[0]", True)]
)
def test_a_bracket_that_ends_a_statement_shows_nothing(last: str, shows: bool) -> None:
    assert gate._leaves_output(f"rows = [\n    1,\n{last}") is shows


def test_reason_in_the_list_allows_an_ignored_output(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = corrupt(sound, tmp_path / "timed.ipynb", mark("# NBVAL_IGNORE_OUTPUT"))
    monkeypatch.setitem(gate.IGNORED_OUTPUTS, ("timed.ipynb", "# NBVAL_IGNORE_OUTPUT"), "times")
    assert gate.inspect(path) == []


def test_command_reports_and_fails(
    sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gate.main([str(sound)]) == 0
    path = corrupt(sound, tmp_path / "broken.ipynb", strip_outputs)
    assert gate.main([str(path)]) == 1
    assert "broken.ipynb, cell 1: has not been run: use `make run`" in capsys.readouterr().out


def change_one_digit_of_the_picture(notebook: Any) -> None:
    data = notebook.cells[FIGURE].outputs[0].data
    svg = data["image/svg+xml"]
    place = re.search(r"L \d+\.(\d)", svg)
    assert place is not None
    digit = "1" if place.group(1) != "1" else "2"
    data["image/svg+xml"] = svg[: place.start(1)] + digit + svg[place.end(1) :]


change_one_number = record(result="43")  # the line for readers stays as it was


def change_picture_and_number(notebook: Any) -> None:
    change_one_digit_of_the_picture(notebook)
    change_one_number(notebook)


def test_strict_nbval_finds_a_changed_digit_and_a_changed_number(
    sound: Path, tmp_path: Path
) -> None:
    corrupt(sound, tmp_path / "page.ipynb", change_picture_and_number)
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "-v", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_ADDOPTS": "", "PYTEST_XDIST_WORKER": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = re.findall(r"::Cell (\d) (PASSED|FAILED)", result.stdout, re.MULTILINE)
    assert verdicts == [("0", "PASSED"), ("1", "FAILED"), ("2", "FAILED")], result.stdout


def test_gate_over_nothing_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "find_notebooks", list)
    assert gate.main([]) == 1
    assert capsys.readouterr().out == "no notebook to inspect: nothing was proved\n"


@pytest.mark.parametrize("path", find_notebooks(), ids=lambda path: path.stem)
def test_pages_of_the_book_are_sound(path: Path) -> None:
    findings = gate.inspect(path)
    assert not findings, "\n".join(map(str, findings))


def test_the_book_has_a_page_for_each_exercise() -> None:
    assert {path.stem for path in find_notebooks()} >= {
        "gradient-shape",
        "hidden-bias",
        "memory",
        "second-derivatives",
        "partitioning",
    }
