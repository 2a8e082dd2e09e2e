from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from d2l_book.notebooks import execute
from tests.notebooks.sample_notebooks import write, write_executed


def test_executing_again_leaves_the_bytes_as_they_were(tmp_path: Path) -> None:
    path = write_executed(tmp_path / "page.ipynb")
    first = path.read_bytes()
    execute.execute(path)
    assert path.read_bytes() == first


def test_ids_metadata_and_kernel_are_normalized(tmp_path: Path) -> None:
    path = write(tmp_path / "page.ipynb", ("1 + 1",))
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["kernelspec"] = {
        "name": "my-env",
        "display_name": "mine",
        "language": "python",
    }
    notebook.metadata["widgets"] = {"state": {}}
    notebook.metadata["d2l"] = {"exercise": "backprop/2"}
    notebook.cells[1].metadata.update({"collapsed": True, "tags": ["hide-input"]})
    execute.normalize(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) == {"kernelspec", "language_info", "d2l"}
    assert notebook.metadata.d2l == {"exercise": "backprop/2"}
    assert [cell.id for cell in notebook.cells] == ["c00", "c01"]
    assert notebook.cells[1].metadata == {"tags": ["hide-input"]}


def test_stored_form_is_that_of_a_notebook_that_was_run(tmp_path: Path) -> None:
    path = write_executed(tmp_path / "page.ipynb", ("print(1)",))
    notebook = nbformat.read(path, as_version=4)
    assert execute.stored_form(notebook) == path.read_text(encoding="utf-8")
    notebook.cells[1].id = "mine"
    assert execute.stored_form(notebook) == path.read_text(encoding="utf-8")
    assert notebook.cells[1].id == "mine"


def test_pieces_of_one_stream_are_joined(tmp_path: Path) -> None:
    source = "import sys\nfor i in range(3):\n    print(i)\n    sys.stdout.flush()"
    path = write_executed(tmp_path / "page.ipynb", (source,))
    (output,) = nbformat.read(path, as_version=4).cells[1].outputs
    assert output.text == "0\n1\n2\n"


def test_failing_cell_leaves_the_file_alone_and_the_others_are_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = write(tmp_path / "bad.ipynb", ("1 / 0",))
    good = write(tmp_path / "good.ipynb", ("1 + 1",))
    before = bad.read_bytes()
    assert execute.main([str(bad), str(good)]) == 1
    assert bad.read_bytes() == before
    assert nbformat.read(good, as_version=4).cells[1].execution_count == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    with pytest.raises(CellExecutionError):
        execute.execute(bad)


def test_missing_notebook_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        execute.main([str(tmp_path / "none.ipynb")])
    assert "no notebook at" in capsys.readouterr().err


def test_checkpoints_are_not_pages(tmp_path: Path) -> None:
    (tmp_path / ".ipynb_checkpoints").mkdir()
    write(tmp_path / ".ipynb_checkpoints" / "page-checkpoint.ipynb")
    page = write(tmp_path / "page.ipynb")
    assert execute.find_notebooks(tmp_path) == [page]


def test_notebooks_run_in_their_own_folder(tmp_path: Path) -> None:
    path = write_executed(tmp_path / "page.ipynb", ("import os\nos.path.basename(os.getcwd())",))
    (output,) = nbformat.read(path, as_version=4).cells[1].outputs
    assert output.data["text/plain"] == repr(tmp_path.name)


def test_what_a_page_says_of_its_exercise_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "page.ipynb", ("1 + 1",))
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["d2l"] = {"exercise": "backprop/2"}
    execute.normalize(notebook)
    assert notebook.metadata["d2l"] == {"exercise": "backprop/2"}
