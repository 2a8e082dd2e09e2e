"""What an exercise is called in the edition that the book follows, such as 5.3.2."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path


def exercise_of(notebook: Path) -> str:
    """Return the name that a notebook gives its exercise, such as ``backprop/2``.

    Args:
        notebook: Its file.

    Returns:
        The name, empty where the notebook's metadata has none.
    """
    metadata = json.loads(notebook.read_text(encoding="utf-8")).get("metadata", {})
    return str(metadata.get("d2l", {}).get("exercise", ""))


def label_of(exercise: str) -> str:
    """Return the label of an exercise, such as ``5.3.2``.

    Args:
        exercise: Its name, such as ``backprop/2``.

    Returns:
        The label, empty where no map of the editions is at hand or the map does not know the name.
    """
    try:
        book = import_module("d2l_book.editions").editions()
    except ModuleNotFoundError:
        return ""
    try:
        return str(book.exercise(exercise).label).partition(" ")[0]
    except ValueError:
        return ""
