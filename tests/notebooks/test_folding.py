"""Code is folded in JupyterLab where the page folds it, and long alternative texts are folded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from d2l_book.notebooks import gate
from d2l_book.notebooks.execute import execute
from d2l_book.notebooks.folding import LONG_ALT, fold_sources, folding_problems
from tests.notebooks.sample_notebooks import write

ALT = "a line that rises and falls " * 4
assert len(ALT) >= LONG_ALT


def figure(alt: str = ALT, source: str = "d2l.show(figure, alt=alt)", **metadata: Any) -> Any:
    output = nbformat.v4.new_output(
        "display_data", {"image/svg+xml": "<svg></svg>"}, metadata={"image/svg+xml": {"alt": alt}}
    )
    return nbformat.v4.new_code_cell(source, outputs=[output], metadata=metadata)


def table(*tags: str, hidden: bool = True) -> Any:
    output = nbformat.v4.new_output("display_data", {"text/html": "<table></table>"})
    metadata: dict[str, Any] = {"tags": list(tags)}
    if hidden:
        metadata["jupyter"] = {"source_hidden": True}
    return nbformat.v4.new_code_cell("rows", outputs=[output], metadata=metadata)


def test_running_folds_a_long_alternative_text_and_what_is_tagged(tmp_path: Path) -> None:
    source = f'import d2l_utils as d2l\nf, _ = d2l.new_figure()\nd2l.show(f, alt="{ALT.strip()}")'
    path = write(tmp_path / "page.ipynb", (source, "1 + 1"))
    execute(path)
    cells = nbformat.read(path, as_version=4).cells
    assert cells[1].metadata == {"tags": ["hide-input"], "jupyter": {"source_hidden": True}}
    assert cells[2].metadata == {}
    assert [str(f) for f in gate.inspect(path) if "fold" in f.problem] == []
    cells[1].metadata.pop("tags")
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbformat.write(notebook, path)
    assert any("not in the form" in finding.problem for finding in gate.inspect(path))


@pytest.mark.parametrize(
    "cell",
    [figure("short"), figure(source="recorded"), table()],
    ids=["short", "elsewhere", "none"],
)
def test_other_cells_stay_in_view(cell: Any) -> None:
    fold_sources([cell])
    assert "hide-input" not in cell.metadata.get("tags", [])


FOLDED = {"tags": ["hide-input"], "jupyter": {"source_hidden": True}}


@pytest.mark.parametrize(
    ("cells", "place", "complaint"),
    [
        ([table("hide-input"), table("hide-input", hidden=False)], 1, "not in JupyterLab"),
        ([table("hide-input"), figure()], 1, "in view"),
        ([table("equivalent")], 0, "no figure"),
        ([figure(**FOLDED), table(), table("equivalent")], 2, "no figure"),
        (
            [nbformat.v4.new_markdown_cell("words", metadata={"tags": ["equivalent"]})],
            0,
            "a code cell",
        ),
    ],
)
def test_what_is_out_of_step_is_found(cells: list[Any], place: int, complaint: str) -> None:
    problems = folding_problems(cells)
    assert list(problems) == [place]
    assert complaint in problems[place][0]


@pytest.mark.parametrize("folded", ["hide-input", "equivalent"])
def test_cell_that_is_to_be_shown_and_folded_is_found(folded: str) -> None:
    drawn = figure(**FOLDED)
    problems = folding_problems([drawn, table("show-input", folded)])
    assert list(problems) == [1]
    assert f"tagged 'show-input' and '{folded}'" in problems[1][0]
    for tags in (["show-input"], [folded]):
        assert folding_problems([drawn, table(*tags, hidden=tags == [folded])]) == {}


def test_gate_turns_red_for_a_cell_with_both_tags(tmp_path: Path) -> None:
    path = write(tmp_path / "page.ipynb", ("1 + 1", "2 + 2"))
    execute(path)
    said = "tagged 'show-input' and 'hide-input'"
    for tags in (["show-input"], ["hide-input"], ["show-input", "hide-input"]):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[1].metadata["tags"] = tags
        nbformat.write(notebook, path)
        found = [finding.cell for finding in gate.inspect(path) if said in finding.problem]
        assert found == ([1] if len(tags) == 2 else [])


@pytest.mark.parametrize("html", ["<svg></svg>", '<div data-d2l-stepper="1"></div>'])
def test_equivalent_may_follow_what_is_drawn_as_html(html: str) -> None:
    drawn = table()
    drawn.outputs[0]["data"]["text/html"] = html
    assert folding_problems([drawn, table("equivalent")]) == {}


def test_two_equivalents_may_follow_one_figure_and_an_older_notebook_is_left_alone() -> None:
    words = nbformat.v4.new_markdown_cell("In words.")
    assert (
        folding_problems([figure(**FOLDED), words, table("equivalent"), table("equivalent")]) == {}
    )
    assert folding_problems([figure(), table("hide-input", hidden=False)]) == {}
