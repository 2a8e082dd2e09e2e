"""The limits on time, from the inside out: each ends a run that hangs before the next one does."""

import re

import nbformat
import pytest

from d2l_book.notebooks.execute import ROOT, TIMEOUT_SECONDS, find_notebooks
from d2l_utils.partition.launcher import BACKSTOP_SECONDS, SILENCE_SECONDS

pytestmark = pytest.mark.exercise(5)
RUNS_IN_A_CELL = 2
"""A page on partitioning makes two runs in one cell, in a loop."""


def test_silence_ends_a_run_before_the_backstop_and_that_before_the_cell_limit() -> None:
    assert SILENCE_SECONDS < BACKSTOP_SECONDS
    assert RUNS_IN_A_CELL * BACKSTOP_SECONDS < TIMEOUT_SECONDS


def test_cells_have_the_same_limit_whether_they_are_executed_or_compared() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    limits = re.findall(r"--nbval-cell-timeout=(\d+)", makefile)
    assert [int(limit) for limit in limits] == [TIMEOUT_SECONDS]


def test_no_page_sets_a_limit_of_its_own() -> None:
    for path in find_notebooks():
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                assert not re.search(r"\b(timeout|silence)\s*=", cell.source), (path, cell.id)
