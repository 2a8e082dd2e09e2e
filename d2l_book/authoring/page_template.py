"""What a new page, and the index of a new section or chapter, begin with.

Everything that its author has still to write is marked, and the gate reports the marks.
"""

from __future__ import annotations

from typing import Any

import nbformat

from d2l_book.editions import Chapter, Exercise, Section, attribution
from d2l_book.notebooks.execute import normalize
from d2l_book.notebooks.parts import UNFILLED as TODO

_PREDICTION = """<div class="d2l-predict" role="group" aria-label="Prediction {number}">

**Predict {number}.** {todo} a question that can be decided before the answer is known

<details><summary>A. {todo} a wrong choice</summary>

**No.** {todo} why it is wrong, in a sentence or two

</details>

<details><summary>B. {todo} the right choice</summary>

**Right.** {todo} why it is right, in a sentence or two

</details>

<details><summary>C. {todo} another wrong choice</summary>

**No.** {todo} why it is wrong, in a sentence or two

</details>

</div>"""

_HINTS = """<details><summary>Hint 1</summary>

{todo} where to look first

</details>

<details><summary>Hint 2</summary>

{todo} the idea, without the answer

</details>"""

_ANSWER = """<details><summary>The answer in one line</summary>

{todo} one sentence, at most 45 words

</details>"""

_SET_UP = """import torch

import d2l_utils as d2l

gen = d2l.set_up_notebook(seed=0, dtype=torch.float64)"""

_PARTS = (
    ("Derivation", "each line, followed by the code that does it"),
    ("Checks", "two independent routes to every number: `d2l.check_close`, `d2l.check_equal`"),
    ("Play", "something to move or to change, and what to look for"),
    ("Where a first answer goes wrong", '**"What is often said."** Why it is wrong, with a check'),
    ("Limits", "what was not shown, and what was not executed here"),
)


def new_page(exercise: Exercise, title: str) -> nbformat.NotebookNode:
    """Return a page with all its parts, most of them still to be written.

    Args:
        exercise: What it is going to answer.
        title: Its title, without a number.
    """
    first = "Decide before you unfold a choice: each one answers."
    texts: list[tuple[str, str]] = [
        ("markdown", f"# {title}\n\n{quotation(exercise.statement)}\n\n{attribution(exercise)}"),
        ("markdown", f"## Try first\n\n{first}\n\n{_filled(_PREDICTION, number=1)}"),
        ("markdown", _filled(_PREDICTION, number=2)),
        ("markdown", _filled(_HINTS)),
        ("markdown", _filled(_ANSWER)),
        ("markdown", f"## Short answer\n\n{TODO} the answer in a paragraph or two"),
        ("code", _SET_UP),
        *(("markdown", f"## {name}\n\n{TODO} {what}") for name, what in _PARTS),
    ]
    cells: list[Any] = [
        nbformat.v4.new_code_cell(text) if kind == "code" else nbformat.v4.new_markdown_cell(text)
        for kind, text in texts
    ]
    metadata = {"d2l": {"exercise": exercise.id, "checked": f"{TODO} how, in a few words"}}
    page: nbformat.NotebookNode = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    normalize(page)
    return page


def section_index(section: Section) -> str:
    """Return the first form of a section's page."""
    return f"""# {section.title}

Worked solutions to the exercises of [section {section.number}]({section.address}) of *Dive into
Deep Learning*.

```{{exercises}} {section.slug}
```

## In other editions

```{{edition-map}} {section.slug}
```
"""


def chapter_index(chapter: Chapter) -> str:
    """Return the first form of a chapter's page."""
    return f"""# {chapter.title}

Worked solutions to the exercises of [chapter {chapter.number}]({chapter.address}) of *Dive into
Deep Learning*.

```{{sections}} {chapter.slug}
```
"""


def quotation(markdown: str) -> str:
    """Return a text as a block quote.

    Args:
        markdown: The text.
    """
    return "\n".join(f"> {line}".rstrip() for line in markdown.splitlines())


def _filled(template: str, **values: object) -> str:
    return template.format(todo=TODO, **values)
