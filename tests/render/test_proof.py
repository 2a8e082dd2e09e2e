"""The line that says what a page checked: it follows the page's outputs, and nobody types it."""

from __future__ import annotations

import re
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import pytest

from d2l_book.notebooks.answers import read_answer
from d2l_book.render.proof import Proof, proof_line, read_proof
from d2l_utils.checks.record import MIME, Measure, check_record, line_of
from tests.conftest import ROOT, Build, build, small_book
from tests.notebooks.sample_notebooks import write_executed
from tests.render.test_build import PAGES, code_cell, notebook, page_text

NOTEBOOKS = [page for page in PAGES if (ROOT / f"{page}.ipynb").is_file()]
LINE = re.compile(r'<p class="d2l-proof"><strong>(.*?)</strong>(.*?)</p>')


def write(path: Path, *records: dict[str, Any], printed: str = "", count: int | None = 1) -> Path:
    cell = code_cell(count)
    if printed:
        cell.outputs.append(nbformat.v4.new_output("stream", name="stdout", text=printed))
    cell.outputs += [
        nbformat.v4.new_output("display_data", {MIME: each, "text/plain": line_of(each)})
        for each in records
    ]
    path.write_text(nbformat.writes(notebook(cell)), encoding="utf-8")
    return path


def said(proof: Proof) -> str:
    return proof_line(proof, "9.9").astext()


def close(count: int, bound: float = 1e-12, measure: Measure = "largest") -> dict[str, Any]:
    return check_record("a", "close", "in 'words'", count, bound, measure)


def test_line_counts_what_the_checks_publish(tmp_path: Path) -> None:
    source = (
        "import torch\nfrom d2l_utils import check_at_most, check_close, check_equal, check_true\n"
        "check_close('a', torch.ones(40, 30), torch.ones(40, 30))\n"
        "check_close('b: a colon', 2.0, 2.0, tol=1e-7)\n"
        "check_close('zeros', torch.zeros(3), torch.zeros(3))\n"
        "check_equal('c', (3, 4), (3, 4))\n"
        "check_equal('d', {'W1': 2}, {'W1': 2})\n"
        "check_at_most('e', 0.5, 0.6)\n"
        "check_true('f: relative error', True)"
    )
    proof = read_proof(write_executed(tmp_path / "a.ipynb", (source,)))
    numbers = Counter({1e-12: 1200, 1e-7: 1})
    assert proof == Proof(numbers, zeros=3, bounds=1, statements=1, values=2, checks=7)
    assert said(proof) == (
        "7 checks passed when this page was run with torch 9.9. 1,201 numbers agree with a second "
        "route: 1,200 to 1e-12, all to 1e-7 (relative error). 3 numbers agree with zero, "
        "2 values agree exactly, 1 bound holds, 1 statement is true."
    )


def test_line_that_was_printed_counts_nothing(tmp_path: Path) -> None:
    printed = "✓ a: 1 number, relative error at most 1e-16\n"
    assert read_proof(write(tmp_path / "a.ipynb", printed=printed)).checks == 0
    assert read_proof(write(tmp_path / "a.ipynb", close(1), printed=printed)).checks == 1


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (close(1), "1 number agrees with a second route to 1e-12 (relative error)."),
        (close(1, measure="absolute"), "1 number agrees with zero."),
        (check_record("a", "bound", "at most 0.5", bound=0.5), "1 bound holds."),
        (check_record("a", "true"), "1 statement is true."),
        (check_record("a", "equal", "1,024"), "1 value agrees exactly."),
    ],
)
def test_line_of_a_single_check_reads_well(
    tmp_path: Path, record: dict[str, Any], words: str
) -> None:
    assert said(read_proof(write(tmp_path / "a.ipynb", record))) == (
        f"1 check passed when this page was run with torch 9.9. {words}"
    )


def test_unknown_kind_of_check_is_refused() -> None:
    with pytest.raises(ValueError, match="kind: expected that of a check, got 'sworn'"):
        Proof().add({**close(1), "kind": "sworn"})


@pytest.mark.parametrize(
    "change", [{"kind": "equal"}, {"count": 13}, {"bound": 1e-6}, {"measure": "absolute"}], ids=str
)
def test_line_follows_a_change_of_the_outputs(tmp_path: Path, change: dict[str, Any]) -> None:
    before = read_proof(write(tmp_path / "a.ipynb", close(12), close(3, 1e-7)))
    assert before != read_proof(write(tmp_path / "a.ipynb", close(12) | change, close(3, 1e-7)))
    assert before != read_proof(write(tmp_path / "a.ipynb", close(3, 1e-7)))


def test_notebook_that_was_not_run_to_its_end_proves_nothing(tmp_path: Path) -> None:
    assert read_proof(write(tmp_path / "a.ipynb", close(1))).checks == 1
    assert read_proof(write(tmp_path / "a.ipynb", close(1), count=None)).checks == 0


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_page_of_the_book_carries_its_line_below_the_statement(book_html: Path, page: str) -> None:
    html = page_text(book_html, page)
    proof = read_proof(ROOT / f"{page}.ipynb")
    [line] = LINE.finditer(html)
    assert line[1] + line[2] == said(proof).replace("9.9", version("torch").partition("+")[0])
    head = html[: line.start()].rpartition("</h1>")[2]
    assert "<h2" not in head
    answer = read_answer(ROOT / f"{page}.ipynb")
    assert answer is not None
    if answer.part is None:  # what goes deeper does not quote the statement again
        quoted = "(draft)" not in answer.exercise.label  # what has no licence is paraphrased
        assert ("CC BY-SA 4.0" if quoted else "in our words") in head
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
    write(folder / "unchecked.ipynb", printed="✓ a: 3 checks passed\n")
    done = []
    for count in (12, 13):
        write(folder / "checked.ipynb", close(count), close(1), printed="some text")
        finished = build(folder, folder)
        done.append((finished, page_text(finished.html, "checked")))
    return done


def test_built_line_follows_the_outputs(two_builds: list[tuple[Build, str]]) -> None:
    for count, (_, html) in zip((12, 13), two_builds, strict=True):
        [line] = LINE.finditer(html)
        assert f"{count + 1} numbers agree" in line[2]


def test_checks_that_follow_each_other_are_one_list(two_builds: list[tuple[Build, str]]) -> None:
    for _, html in two_builds:
        [block] = re.findall(r'<ul class="output d2l-checks[^"]*">.*?</ul>', html, re.DOTALL)
        items = re.findall(r"<li><p>(.*?)</p></li>", block)
        assert items == ["✓ a: in 'words'"] * 2  # quotation marks stay as Python writes them


def test_every_build_of_a_page_without_a_check_fails(two_builds: list[tuple[Build, str]]) -> None:
    for finished, _ in two_builds:
        assert finished.status != 0
        assert re.search(r"unchecked\.ipynb: no stored output shows a check", finished.log)
        assert " checked.ipynb: no stored" not in finished.log
