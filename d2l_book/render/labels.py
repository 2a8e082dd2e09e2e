"""Titles with D2L's numbers: ``5.3.2 A bias in the hidden layer``.

A notebook's title has no number, because numbers move between editions. The number is put before it
when the page is read, so that text, side bar, window title, search and the links to neighbouring
pages all have it. The indexes of sections and chapters, known by their folders, get theirs too.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from d2l_book.editions import editions
from d2l_book.notebooks.answers import read_answer

logger = logging.getLogger(__name__)


def label_of(name: str, path: Path) -> str:
    """Return the number that D2L gives to what a page is about; empty if it has none.

    Args:
        name: The page's name in the book, such as ``chapters/multilayer-perceptrons/index``.
        path: Its source.

    Raises:
        ValueError: If a notebook names an exercise that D2L does not have.
    """
    if path.suffix == ".ipynb":
        answer = read_answer(path)
        return "" if answer is None else answer.exercise.label
    known = editions()
    index_of = {chapter.folder: chapter.number or "" for chapter in known.chapters}
    index_of |= {section.folder: section.number or "" for section in known.sections}
    place = PurePosixPath(name)
    return index_of.get(str(place.parent), "") if place.name == "index" else ""


class NumberedTitle(SphinxTransform):
    """Puts the number before the title, before anything has read the title."""

    default_priority = 10

    def apply(self, **kwargs: object) -> None:
        """Change the title of the page that is read."""
        try:
            label = label_of(self.env.docname, Path(self.env.doc2path(self.env.docname)))
        except ValueError as problem:
            logger.warning("%s", problem, location=self.env.docname, type="d2l")
            return
        title = next(iter(self.document.findall(nodes.title)), None)
        if label and title is not None:
            title.insert(0, nodes.Text(f"{label} "))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.add_transform(NumberedTitle)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
