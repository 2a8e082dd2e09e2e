"""A book as large as D2L asks for, made of the pages that there are.

It has D2L's chapters, sections and exercises. Each answer is a copy of a real notebook, with its
stored outputs, under another title. A part of its words is spelt otherwise in each section, so that
the book's vocabulary grows as that of a book by authors would; else its search index would be
smaller than the real one.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from itertools import cycle, groupby, islice
from pathlib import Path
from typing import Any
from zlib import crc32

import yaml

from d2l_book.editions import Exercise, editions
from d2l_book.notebooks.answers import page_title, read_answer
from d2l_book.notebooks.execute import ROOT, find_notebooks

_KEPT = re.compile(
    r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|</?[a-z][^>]*>|\]\([^)]*\)|\{[^}]*\}|^#+ .*?$",
    re.DOTALL | re.MULTILINE,
)
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)[^)]*\)")
_LONG_WORD = re.compile(r"\b[a-z]{7,}\b")


def real_answers() -> list[Path]:
    """Return the notebooks of the book that answer an exercise."""
    found = ((path, read_answer(path)) for path in find_notebooks())
    return [path for path, answer in found if answer is not None and answer.part is None]


def write_book(folder: Path, exercises: int) -> list[Path]:
    """Write the sources of a book that answers D2L's first exercises, as the real one is made.

    Args:
        folder: An empty folder.
        exercises: How many.

    Returns:
        The notebooks.
    """
    _write_frame(folder)
    notebooks: list[Path] = []
    models = cycle(real_answers())
    contents: list[dict[str, Any]] = []
    answered = islice(editions().exercises, exercises)
    for section, members in groupby(answered, lambda each: each.section):
        pages = [_write_answer(folder, each, next(models)) for each in members]
        notebooks += pages
        index = _write(
            folder / section.folder / "index.md", section.title, "exercises", section.slug
        )
        part = {"file": _name(folder, index), "sections": _files(folder, pages)}
        above = folder / section.chapter.folder / "index.md"
        if not above.is_file():
            _write(above, section.chapter.title, "sections", section.chapter.slug)
            contents.append({"file": _name(folder, above), "sections": []})
        contents[-1]["sections"].append(part)
    last = _files(folder, [folder / "exercises.md", folder / "references.md"])
    toc = {"format": "jb-book", "root": "intro", "chapters": [*contents, *last]}
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
    for name in ("references.bib", "references.md", "exercises.md"):
        shutil.copy(ROOT / name, folder)
    text = "# A large book\n\n{number-of}`checks` checks of {number-of}`answers` answers.\n"
    (folder / "intro.md").write_text(text, encoding="utf-8")


def _write_answer(folder: Path, exercise: Exercise, model: Path) -> Path:
    section = exercise.section
    notebook = json.loads(model.read_text(encoding="utf-8"))
    notebook["metadata"]["d2l"] = {"exercise": exercise.id}
    title = f"# {page_title(notebook['cells'])}, as in {section.title}"
    shift = crc32(section.slug.encode()) % 26
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = _LINK.sub("](index.md)", respelt(_text(cell), shift))
    first = notebook["cells"][0]
    first["source"] = re.sub(r"\A# .*", lambda _: title, first["source"])
    path = folder / section.folder / f"{model.stem}-{exercise.number}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def _write(index: Path, title: str, directive: str, about: str) -> Path:
    index.parent.mkdir(parents=True, exist_ok=True)
    index.write_text(f"# {title}\n\n```{{{directive}}} {about}\n```\n", encoding="utf-8")
    return index


def _files(folder: Path, paths: Iterable[Path]) -> list[dict[str, str]]:
    return [{"file": _name(folder, path)} for path in paths]


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).with_suffix("").as_posix()


def _text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])
