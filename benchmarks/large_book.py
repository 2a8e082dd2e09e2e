"""A book as large as D2L asks for, made of the pages that there are.

Each exercise is a copy of a real notebook, with its stored outputs, under another title and number.
A part of its words is spelt otherwise in each section, so that the book's vocabulary grows as that
of a book by authors would; else its search index would be smaller than the real one.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from zlib import crc32

import yaml

from d2l_book.notebooks.answers import answer_in_one_line, page_title
from d2l_book.notebooks.execute import ROOT, find_notebooks
from d2l_book.notebooks.sources import read_cells

SECTIONS, EXERCISES = 8, 4
"""Sections of a chapter and exercises of a section; D2L 1.0 has 160 sections, 632 exercises."""

_KEPT = re.compile(
    r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|</?[a-z][^>]*>|\]\([^)]*\)|\{[^}]*\}|^#+ .*?$",
    re.DOTALL | re.MULTILINE,
)
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)[^)]*\)")
_LONG_WORD = re.compile(r"\b[a-z]{7,}\b")


def real_exercises() -> list[Path]:
    """Return the notebooks of the book that answer an exercise."""
    return [path for path in find_notebooks() if _answers(path)]


def write_book(folder: Path, chapters: int) -> list[Path]:
    """Write the sources of a book, under the real configuration.

    Args:
        folder: An empty folder.
        chapters: How many chapters, each of `SECTIONS` sections with `EXERCISES` exercises.

    Returns:
        The notebooks.
    """
    _write_frame(folder)
    notebooks: list[Path] = []
    models = cycle(real_exercises())
    contents = []
    for chapter in range(1, chapters + 1):
        place = folder / "chapters" / f"chapter-{chapter}"
        sections = []
        for number in range(1, SECTIONS + 1):
            section = place / f"topic-{chapter}-{number}"
            pages = list(_write_section(section, f"{chapter}.{number}", models))
            notebooks += pages
            files = [{"file": _name(folder, page)} for page in pages]
            sections.append({"file": _name(folder, section / "index"), "sections": files})
        text = f"# Chapter {chapter}\n\nIts sections stand at the left.\n"
        (place / "index.md").write_text(text, encoding="utf-8")
        contents.append({"file": _name(folder, place / "index"), "sections": sections})
    toc = {"format": "jb-book", "root": "intro", "chapters": [*contents, {"file": "references"}]}
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    return notebooks


def respelt(text: str, shift: int) -> str:
    """Return Markdown in which every third long word has its letters moved along the alphabet.

    Mathematics, code, tags, links and headings stay as they are.

    Args:
        text: The Markdown.
        shift: By how many letters; 0 and 26 change nothing.
    """

    def move(word: re.Match[str]) -> str:
        if crc32(word[0].encode()) % 3:
            return word[0]
        return "".join(chr((ord(letter) - 97 + shift) % 26 + 97) for letter in word[0])

    parts, end = [], 0
    for kept in _KEPT.finditer(text):
        parts += [_LONG_WORD.sub(move, text[end : kept.start()]), kept[0]]
        end = kept.end()
    return "".join([*parts, _LONG_WORD.sub(move, text[end:])])


def _write_frame(folder: Path) -> None:
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    extensions = config["sphinx"]["local_extensions"]
    config["sphinx"]["local_extensions"] = dict.fromkeys(extensions, str(ROOT))
    favicon = Path(config["html"]["favicon"])
    config["html"]["favicon"] = favicon.name
    shutil.copy(ROOT / favicon, folder)
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    for name in ("references.bib", "references.md"):
        shutil.copy(ROOT / name, folder)
    (folder / "intro.md").write_text("# A large book\n\nAll of it is copied.\n", encoding="utf-8")


def _write_section(section: Path, number: str, models: Iterator[Path]) -> Iterator[Path]:
    section.mkdir(parents=True)
    lines = [f"# Section {number}\n", "```{exercises}"]
    for place in range(1, EXERCISES + 1):
        model = next(models)
        path = section / f"{model.stem}-{place}.ipynb"
        notebook = json.loads(model.read_text(encoding="utf-8"))
        notebook["metadata"]["d2l"] = {"exercise": f"{section.name}/{place}"}
        subject = page_title(notebook["cells"]).partition(": ")[2]
        title = f"# Exercise {place}: {subject}, as in {number}"
        shift = crc32(number.encode()) % 26
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                cell["source"] = _LINK.sub("](index.md)", respelt(_text(cell), shift))
        first = notebook["cells"][0]
        first["source"] = re.sub(r"\A# .*", title, first["source"])
        path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")
        lines.append(f"{path.stem}: in two ways")
        yield path
    (section / "index.md").write_text("\n".join([*lines, "```\n"]), encoding="utf-8")


def _answers(path: Path) -> bool:
    cells = read_cells(path)
    try:
        return bool(page_title(cells).startswith("Exercise ") and answer_in_one_line(cells))
    except ValueError:
        return False


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).with_suffix("").as_posix()


def _text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])
