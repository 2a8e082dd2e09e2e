"""What a page's reader meets who runs its notebook in JupyterLab."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.lab import DRAWN, Lab, errors, opened
from tests.pages.contents import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LONG = ROOT / "chapters/multilayer-perceptrons/mlp/prelu.ipynb"
"""A notebook longer than a window, with a chart as wide as its column on the page."""


def test_long_notebook_with_a_chart_runs_from_end_to_end(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page()
    with opened(tmp_path) as lab:
        cells = lab.run_all(page, lab.open(page, LONG))
        page.locator(".jp-WindowedPanel-outer").evaluate("e => e.scrollTo(0, e.scrollHeight / 2)")
        page.locator(DRAWN).first.wait_for()
    page.close()
    assert errors(cells) == []
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))


def test_cell_that_fails_is_noticed() -> None:
    failed = {"output_type": "error", "ename": "ValueError", "evalue": "expected 2"}
    assert errors([{"execution_count": 3, "outputs": [failed]}]) == ["[3] ValueError: expected 2"]


def test_server_that_cannot_start_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    tmp_path.joinpath("CONFIG").mkdir()
    tmp_path.joinpath("CONFIG", "jupyter_server_config.py").write_text("raise SystemExit(3)")
    with pytest.raises(AssertionError, match="did not start"):
        Lab(tmp_path)
