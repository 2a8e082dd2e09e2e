"""A file of this package, run with changes in its text."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from types import ModuleType
from typing import Any


def changed_module(file: str, names: Iterable[str], changes: Iterable[tuple[str, str]]) -> Any:
    """Run a file of this package with changes in its text.

    Args:
        file: Its name.
        names: What the changes are called.
        changes: Pairs of a piece of it, which must occur once, and what stands there instead.

    Returns:
        A module, which nothing else imports.

    Raises:
        ValueError: If a piece does not occur once.
    """
    text = _changed(files(__package__).joinpath(file).read_text(encoding="utf-8"), changes)
    module = ModuleType(f"mistaken {file}: {', '.join(names)}")
    exec(compile(text, module.__name__, "exec"), module.__dict__)
    return module


def _changed(text: str, changes: Iterable[tuple[str, str]]) -> str:
    for before, after in changes:
        if text.count(before) != 1:
            raise ValueError(f"expected to find this once, got {text.count(before)}: {before!r}")
        text = text.replace(before, after)
    return text
