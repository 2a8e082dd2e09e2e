"""The line that says what a page checked: it follows the page's outputs, and nobody types it."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path

import nbformat
import pytest
import torch
from conftest import ROOT, Build, build, small_book
from test_book import PAGES, code_cell, notebook, page_text

from d2l_book.render.proof import Proof, proof_line, read_proof
from d2l_utils import check_at_most, check_close, check_equal, check_true

NOTEBOOKS = [page for page in PAGES if (ROOT / f"{page}.ipynb").is_file()]
LINE = re.compile(r'<p class="d2l-proof"><strong>(.*?)</strong>(.*?)</p>')


def write(path: Path, *lines: str, count: int | None = 1) -> Path:
    text = "".join(f"{line}\n" for line in lines)
    cell = code_cell(count, output_type="stream", name="stdout", text=text)
    path.write_text(nbformat.writes(notebook(cell)), encoding="utf-8")
    return path


def said(proof: Proof) -> str:
    return proof_line(proof, "9.9").astext()


def test_line_counts_what_the_checks_print(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check_close("a", torch.ones(40, 30), torch.ones(40, 30))
    check_close("b: a colon", 2.0, 2.0, tol=1e-7)
    check_equal("c", (3, 4), (3, 4))
    check_equal("d", {"W1": 2}, {"W1": 2})
    check_at_most("e", 0.5, 0.6)
    check_true("f: relative error", True)
    path = write(tmp_path / "a.ipynb", "some table", *capsys.readouterr().out.splitlines())
    proof = read_proof(path)
    assert proof == Proof({1e-12: 1200, 1e-7: 1}, bounds=1, statements=1, values=2, checks=6)  # type: ignore[arg-type]
    assert said(proof) == (
        "6 checks passed when this page was run with torch 9.9. 1,201 numbers agree with a second "
        "route: 1,200 to 1e-12, all to 1e-7 (relative error). "
        "2 values agree exactly, 1 bound holds, 1 statement is true."
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "✓ a: 1 number, relative error at most 1e-12",
            "1 number agrees with a second route to 1e-12 (relative error).",
        ),
        ("✓ a: at most 0.5", "1 bound holds."),
        ("✓ a: true", "1 statement is true."),
        ("✓ a: 1,024", "1 value agrees exactly."),
    ],
)
def test_line_of_a_single_check_reads_well(tmp_path: Path, line: str, words: str) -> None:
    assert said(read_proof(write(tmp_path / "a.ipynb", line))) == (
        f"1 check passed when this page was run with torch 9.9. {words}"
    )


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (": true\n", ": 7\n"),
        ("12 numbers, relative error", "13 numbers, relative error"),
        ("at most 1e-07", "at most 1e-06"),
        ("✓ ", ""),
    ],
)
def test_line_follows_a_change_of_the_outputs(tmp_path: Path, was: str, becomes: str) -> None:
    page = ROOT / "chapters" / "multilayer-perceptrons" / "backprop" / "gradient-shape.ipynb"
    before = json.loads(page.read_text(encoding="utf-8"))
    for cell in before["cells"]:
        for output in cell.get("outputs", []):
            if "text" in output:
                output["text"] = "".join(output["text"]).replace(was, becomes)
    changed = tmp_path / page.name
    changed.write_text(json.dumps(before), encoding="utf-8")
    assert read_proof(changed) != read_proof(page)


def test_notebook_that_was_not_run_to_its_end_proves_nothing(tmp_path: Path) -> None:
    assert read_proof(write(tmp_path / "a.ipynb", "✓ a: true")).checks == 1
    assert read_proof(write(tmp_path / "a.ipynb", "✓ a: true", count=None)).checks == 0


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_page_of_the_book_carries_its_line_below_the_statement(book_html: Path, page: str) -> None:
    html = page_text(book_html, page)
    proof = read_proof(ROOT / f"{page}.ipynb")
    [line] = LINE.finditer(html)
    assert line[1] + line[2] == said(proof).replace("9.9", version("torch").partition("+")[0])
    head = html[: line.start()].rpartition("</h1>")[2]
    assert "CC BY-SA 4.0" in head
    assert "<h2" not in head
    assert "<h2>Try first<" in html[line.end() :]


@pytest.mark.parametrize("page", PAGES)
def test_nobody_typed_a_line(page: str) -> None:
    sources = [ROOT / f"{page}{suffix}" for suffix in (".md", ".ipynb")]
    [text] = [path.read_text(encoding="utf-8") for path in sources if path.is_file()]
    assert "d2l-proof" not in text
    assert "checks passed" not in text


@pytest.fixture(scope="module")
def two_builds(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Build, str]]:
    """A book whose second page checks nothing, twice; before the second time an output changes."""
    folder = tmp_path_factory.mktemp("proof")
    small_book(folder, "checked", ["unchecked"], ["d2l_book.render.offline"])
    write(folder / "unchecked.ipynb", "3 checks passed")
    done = []
    for count in (12, 13):
        text = f"✓ a: {count} numbers, relative error at most 1e-12"
        write(folder / "checked.ipynb", text)
        finished = build(folder, folder)
        done.append((finished, page_text(finished.html, "checked")))
    return done


def test_built_line_follows_the_outputs(two_builds: list[tuple[Build, str]]) -> None:
    for count, (_, html) in zip((12, 13), two_builds, strict=True):
        [line] = LINE.finditer(html)
        assert f"{count} numbers agree" in line[2]


def test_every_build_of_a_page_without_a_check_fails(two_builds: list[tuple[Build, str]]) -> None:
    for finished, _ in two_builds:
        assert finished.status != 0
        assert re.search(r"unchecked\.ipynb: no stored output shows a check", finished.log)
        assert " checked.ipynb: no stored" not in finished.log
