"""Write the built book as one file: ``python -m d2l_book.export pdf`` or ``epub``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from d2l_book.export.contents import read_book
from d2l_book.export.epub import write_epub
from d2l_book.export.pdf import write_pdf
from d2l_book.export.read_form import read_pages
from d2l_book.notebooks.execute import ROOT
from d2l_book.notebooks.sources import commit_times, last_updated

NAME = "worked-solutions"


def main(arguments: list[str]) -> int:
    """Write the file, and say where it is.

    Args:
        arguments: Of the command line: what to write.
    """
    parser = argparse.ArgumentParser(prog="python -m d2l_book.export", description=__doc__)
    parser.add_argument("kind", choices=("pdf", "epub"))
    kind = parser.parse_args(arguments).kind
    html = ROOT / "_build" / "html"
    target = ROOT / "_build" / f"{NAME}.{kind}"
    book = read_book(ROOT)
    try:
        pages = read_pages(html, [entry.name for entry in book.entries])
        if kind == "pdf":
            write_pdf(book, pages, html, target)
        else:
            write_epub(book, pages, last_change(ROOT), target)
    except (FileNotFoundError, RuntimeError) as error:
        print(f"{error}; `make book` builds the pages", file=sys.stderr)
        return 1
    print(f"The book is at {target.as_uri()}")
    return 0


def last_change(root: Path) -> str:
    """Return the day on which a page of the book last changed, as ``2026-11-25``.

    Args:
        root: The folder of the book's sources.
    """
    committed = commit_times(root)
    return max(last_updated(path, committed) for path in (root / "chapters").rglob("*.ipynb"))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
