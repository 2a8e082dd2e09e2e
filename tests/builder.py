"""Build books in processes that begin with Sphinx loaded.

Half of a small book's build is importing Sphinx and its extensions, and torch with the first of
ours that reads figures. A server process imports them once and is copied for each build, so that no
build sees what another left behind.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path

LOADED = (
    "d2l_book.render.figures",
    "jupyter_book.cli.main",
    "jupyter_book.sphinx",
    "myst_nb.sphinx_ext",
    "sphinx.builders.html",
    "sphinx.cmd.build",
    "sphinx_book_theme",
    "sphinx_comments",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_external_toc",
    "sphinx_jupyterbook_latex",
    "sphinx_thebe",
    "sphinx_togglebutton",
    "sphinxcontrib.bibtex",
)


def jupyter_book(arguments: Sequence[str], log: Path) -> int:
    """Run Jupyter Book's command as in a process of its own.

    Args:
        arguments: Those of the command.
        log: The file that takes all that it says.

    Returns:
        Its exit status.
    """
    process = _context().Process(target=_run, args=(list(arguments), log, dict(os.environ)))
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


@cache
def _context() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload([*LOADED, __name__])
    return context


def _run(arguments: list[str], log: Path, environment: dict[str, str]) -> None:
    from jupyter_book.cli.main import main

    with log.open("wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    os.environ.clear()
    os.environ.update(environment)  # the server has those of its own start
    main(arguments, prog_name="jupyter-book")
