"""Begin a page: ``python -m d2l_book.authoring.new dropout/3 variance``.

Writes a notebook with all parts of a page, the statement filled in, and enters it in the table of
contents; the pages of its section and chapter are begun as well where they are missing. What is
still to be written is marked, and the gate names it.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import nbformat

from d2l_book.authoring.page_template import chapter_index, new_page, section_index
from d2l_book.editions import editions
from d2l_book.notebooks.answers import answers_in
from d2l_book.notebooks.execute import ROOT, find_notebooks
from d2l_book.toc import with_page

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def begin_page(id: str, name: str, root: Path = ROOT) -> Path:
    """Write a new page and enter it in the table of contents.

    Args:
        id: The exercise, such as ``dropout/3``.
        name: What the page is about, such as ``variance``: its file's name, and its first title.
        root: The book's folder.

    Returns:
        The notebook.

    Raises:
        ValueError: If there is no such exercise, it is answered already, or the name is taken or
            not made of small letters, digits and hyphens. Nothing is written then.
    """
    exercise = editions().exercise(id)
    if not _NAME.fullmatch(name) or name == "index":
        raise ValueError(
            f"expected a name of small letters, digits and hyphens such as 'hidden-bias', "
            f"got {name!r}"
        )
    path = root / exercise.section.folder / f"{name}.ipynb"
    if path.exists():
        raise ValueError(f"expected a new name, got {name!r}: {path.relative_to(root)} exists")
    for answer in answers_in(find_notebooks(root / "chapters")):
        if answer.exercise == exercise and answer.part is None:
            raise ValueError(
                f"expected an exercise without a page, got {id!r}: "
                f"{answer.path.relative_to(root)} answers it"
            )
    toc = root / "_toc.yml"
    contents = with_page(toc.read_text(encoding="utf-8"), exercise, name, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    page = new_page(exercise, name.replace("-", " ").capitalize())
    _write(path, nbformat.writes(page).rstrip("\n") + "\n")
    for index, text in (
        (path.with_name("index.md"), section_index(exercise.section)),
        (path.parents[1] / "index.md", chapter_index(exercise.section.chapter)),
    ):
        if not index.exists():
            _write(index, text)
    _write(toc, contents)
    return path


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def main(arguments: list[str] | None = None) -> int:
    """Begin the page that the command line names.

    Args:
        arguments: Without the program's name; None for the process's own.

    Returns:
        0, or 1 if it cannot be begun; the reason is printed.
    """
    parser = argparse.ArgumentParser(prog="python -m d2l_book.authoring.new", description=__doc__)
    parser.add_argument("exercise", help="section and number, such as dropout/3")
    parser.add_argument("name", help="what the page is about, such as variance")
    given = parser.parse_args(arguments)
    try:
        path = begin_page(given.exercise, given.name)
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    page = path.relative_to(ROOT)
    print(f"{page} is begun and stands in _toc.yml. Write what is marked TODO(author), then:")
    print(f"  make page PAGE={page}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
