"""The pages of the book, as its table of contents names them."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent


def toc_files(part: object) -> list[str]:
    """The pages of a table of contents, in reading order."""
    if isinstance(part, list):
        return [name for item in part for name in toc_files(item)]
    if not isinstance(part, dict):
        return []
    own = [str(part[key]) for key in ("root", "file") if key in part]
    below = ("parts", "chapters", "sections")
    return own + [name for key in below for name in toc_files(part.get(key))]


PAGES = toc_files(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
MADE = ["search", "genindex"]
"""Pages that come with every book."""
