"""The order of the book's pages, and what the whole book is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEFT_OUT = {"exercises"}
"""Pages for the screen only: the one on which the statements of all exercises are searched."""

_BELOW = ("parts", "chapters", "sections")


@dataclass(frozen=True)
class Entry:
    """A page in the table of contents.

    Attributes:
        name: The page's name, without ending.
        depth: 1 for the first level.
    """

    name: str
    depth: int


@dataclass(frozen=True)
class Book:
    """What the book's sources say about it.

    Attributes:
        title: Its title.
        author: Who wrote it.
        language: In which language, as a code such as ``en``.
        entries: Its pages, in reading order, but for those `LEFT_OUT`.
    """

    title: str
    author: str
    language: str
    entries: list[Entry]


def read_book(root: Path) -> Book:
    """Read the configuration and the table of contents.

    Args:
        root: The folder of the book's sources.
    """
    from ruamel.yaml import YAML

    config, toc = (YAML(typ="safe").load(root / name) for name in ("_config.yml", "_toc.yml"))
    language = str(config["sphinx"]["config"]["language"])
    entries = [entry for entry in _entries(toc) if entry.name not in LEFT_OUT]
    return Book(config["title"], config["author"], language, entries)


def _entries(part: Any, depth: int = 1) -> Iterator[Entry]:
    own = [part[key] for key in ("root", "file") if key in part]
    yield from (Entry(str(name), depth) for name in own)
    inner = depth + 1 if "file" in part else depth
    for key in _BELOW:
        for each in part.get(key, []):
            yield from _entries(each, inner)


@dataclass(frozen=True)
class Branch:
    """A page with those below it in the table of contents.

    Attributes:
        name: The page's name.
        below: What stands below it.
    """

    name: str
    below: list[Branch]


def nested(entries: list[Entry]) -> list[Branch]:
    """Return the entries as a tree.

    Args:
        entries: In reading order.
    """
    tree: list[Branch] = []
    lists = [tree]
    for entry in entries:
        del lists[entry.depth :]
        branch = Branch(entry.name, [])
        lists[-1].append(branch)
        lists.append(branch.below)
    return tree
