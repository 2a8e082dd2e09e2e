"""The pages on a reader's own files: the cells that look at them, run on a small made-up pair."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from d2l_utils.houses import check_submission
from tests.houses.competition import competition_files
from tests.pages.contents import PAGES, ROOT

SECTION = "chapters/multilayer-perceptrons/kaggle-house-price/"
SLUGS = [page.removeprefix(SECTION) for page in PAGES if page.startswith(SECTION)]
WRITTEN = {"submission": "submission.csv", "better-model": "submission-all-three.csv"}
"""Page -> the file that it writes for the reader."""


pytestmark = pytest.mark.usefixtures("kept_state")


def code(slug: str) -> list[str]:
    notebook = nbformat.read(ROOT / f"{SECTION}{slug}.ipynb", as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def run(slug: str) -> dict[str, Any]:
    """Run the cells that look at the reader's files, and the net that one of them trains."""
    names: dict[str, Any] = {}
    for source in code(slug):
        if re.search(r"\bown\.|\bown =|^def (?:net|signed)\(", source, re.MULTILINE):
            exec(compile(source, slug, "exec"), names)
    return names


@pytest.mark.parametrize("slug", WRITTEN)
def test_a_page_scores_and_writes_the_reader_s_submission(
    slug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("D2L_HOUSE", str(competition_files(tmp_path, 41, 37)))
    names = run(slug)
    file = tmp_path / WRITTEN[slug]
    assert {each.name for each in tmp_path.iterdir()} == {"train.csv", "test.csv", file.name}
    assert check_submission(file, list(range(42, 79))) == 37
    held_out = names["held_out"]
    assert len(held_out if slug == "submission" else held_out["all three"]) == 41
    said = capsys.readouterr().out
    assert "train: 41 houses, test: 37, prices unknown, 79 features" in said
    assert f"Your submission: {file}" in said
    assert re.search(r"score 0\.\d{3}, standard error 0\.\d{3}", said)


@pytest.mark.parametrize("slug", WRITTEN)
def test_a_mistake_stops_the_page_in_its_first_cell(
    slug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = competition_files(tmp_path) / "test.csv"
    monkeypatch.setenv("D2L_HOUSE", str(tmp_path))
    file.write_text(file.read_text(encoding="utf-8").replace("LotArea", "Area"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"got 1 missing \(LotArea\), unknown ones \(Area\)"):
        exec(compile(code(slug)[0], slug, "exec"), {})
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("slug", [each for each in SLUGS if each != "index"])
def test_what_a_page_claims_is_of_the_shipped_table(slug: str) -> None:
    calls = re.findall(r"(\w+) = houses\.house_split\((.*)\)", "\n".join(code(slug)))
    own = [("own", "")] if slug in WRITTEN else []
    assert calls == [("split", "shipped=True"), *own]
    notebook = nbformat.read(ROOT / f"{SECTION}{slug}.ipynb", as_version=4)
    assert any("`D2L_HOUSE`" in each.source for each in notebook.cells if each.cell_type != "code")
