"""A check leaves a record beside its line in a notebook, and prints the line elsewhere."""

import json
from pathlib import Path

import nbformat
import pytest

import d2l_utils as d2l
from d2l_utils.checks.record import MIME, check_record, line_of, publish
from tests.notebooks.sample_notebooks import write_executed


def test_line_is_printed_outside_a_notebook(capsys: pytest.CaptureFixture[str]) -> None:
    publish(check_record("a", "equal", "42"))
    assert capsys.readouterr().out == "✓ a: 42\n"


@pytest.mark.parametrize("claim", ["", " ", "two\nlines"])
def test_claim_is_one_line_of_words(claim: str) -> None:
    with pytest.raises(ValueError, match="expected one line of words"):
        d2l.check_true(claim, True)


def test_claim_is_a_string() -> None:
    with pytest.raises(TypeError, match="claim: expected a string, got bool"):
        d2l.check_true(True, True)  # type: ignore[arg-type]


def test_notebook_stores_each_check_as_an_output_of_its_own(tmp_path: Path) -> None:
    source = (
        "import torch, d2l_utils as d2l\n"
        "print('before')\n"
        "d2l.check_close('a', torch.ones(3), torch.ones(3), tol=1e-7)\n"
        "d2l.check_true('b', 1 < 2)"
    )
    cell = nbformat.read(write_executed(tmp_path / "a.ipynb", (source,)), as_version=4).cells[1]
    words = "3 numbers, error at most 1e-07 of the largest"
    assert [output.output_type for output in cell.outputs] == ["stream", *["display_data"] * 2]
    assert cell.outputs[1].data == {
        MIME: check_record("a", "close", words, 3, 1e-7, "largest"),
        "text/plain": f"✓ a: {words}",
    }
    assert cell.outputs[2].data == {MIME: check_record("b", "true"), "text/plain": "✓ b"}


def test_record_is_the_same_wherever_it_is_stored() -> None:
    record = check_record("a", "bound", "at most 1e-07", bound=1e-7)
    assert json.loads(json.dumps(record)) == record
    assert line_of(record) == "✓ a: at most 1e-07"
