"""A book as large as D2L asks for, made of the pages that there are.

Each exercise is a copy of a real notebook, with its stored outputs, under another title and number.
A part of its words is spelt otherwise in each section, so that the book's vocabulary grows as that
of a book by authors would; else its search index would be smaller than the real one.
"""

from __future__ import annotations

import json
import re
import shutil
from itertools import cycle
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
_SECTION = "# {0.title}\n\n```{{exercises}} {0.slug}\n```\n"
_CHAPTER = "# {0.title}\n\n```{{sections}} {0.slug}\n```\n"
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)[^)]*\)")
_LONG_WORD = re.compile(r"\b[a-z]{7,}\b")


def real_exercises() -> list[Path]:
    """Return the notebooks of the book that answer an exercise."""
    answers = {path: read_answer(path) for path in find_notebooks()}
    return [path for path, answer in answers.items() if answer is not None and not answer.part]


def write_book(folder: Path, exercises: int) -> list[Path]:
    """Write the sources of a book that answers D2L's first exercises, under the real configuration.

    Args:
        folder: An empty folder.
        exercises: How many of them; D2L 1.0 has 632 in 160 sections.

    Returns:
        The notebooks.
    """
    _write_frame(folder)
    known, models = editions(), cycle(real_exercises())
    answered = set(known.exercises[:exercises])
    notebooks: list[Path] = []
    contents: list[dict[str, Any]] = []
    for chapter in known.chapters:
        sections = []
        for section in known.sections_of(chapter):
            asked = [each for each in known.exercises_of(section) if each in answered]
            if asked:
                pages = [_write_answer(folder, each, next(models)) for each in asked]
                notebooks += pages
                _write(folder / section.folder / "index.md", _SECTION.format(section))
                files = [{"file": _name(folder, page)} for page in pages]
                sections.append({"file": f"{section.folder}/index", "sections": files})
        if sections:
            _write(folder / chapter.folder / "index.md", _CHAPTER.format(chapter))
            contents.append({"file": f"{chapter.folder}/index", "sections": sections})
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


def _write_answer(folder: Path, exercise: Exercise, model: Path) -> Path:
    """Write a copy of a real notebook as the answer to an exercise."""
    path = folder / exercise.section.folder / f"{model.stem}-{exercise.number}.ipynb"
    notebook = json.loads(model.read_text(encoding="utf-8"))
    notebook["metadata"]["d2l"] = {"exercise": exercise.id}
    shift = crc32(exercise.section.slug.encode()) % 26
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = _LINK.sub("](index.md)", respelt(_text(cell), shift))
    first = notebook["cells"][0]
    title = f"# {page_title(notebook['cells'])}, as in {exercise.label}"
    first["source"] = re.sub(r"\A# .*", title, first["source"])
    _write(path, json.dumps(notebook, ensure_ascii=False, indent=1))
    return path


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).with_suffix("").as_posix()


def _text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])
