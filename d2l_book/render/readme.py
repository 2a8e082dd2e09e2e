"""The README's table of exercises, written from the notebooks.

``python -m d2l_book.render.readme`` writes it between the marks that stand in the README;
``--check`` only says whether it is current.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from d2l_book.editions import editions
from d2l_book.notebooks.answers import Answer, answers_in
from d2l_book.notebooks.execute import ROOT, find_notebooks
from d2l_book.render.overview import checks_of, number_answered

README = ROOT / "README.md"
BEGIN = "<!-- Written by `python -m d2l_book.render.readme`. -->"
END = "<!-- End of what is written. -->"


def readme_table(answers: Iterable[Answer], root: Path = ROOT) -> str:
    """Return a sentence with the numbers, and a table of all answers, in Markdown.

    Args:
        answers: The answers in their order.
        root: The folder of the README.
    """
    answers = list(answers)
    known = editions()
    number = number_answered(answers, (*known.exercises, *known.additions))
    checks = sum(map(checks_of, answers))
    lines = [
        f"{number} of the {len(known.exercises)} exercises are answered, with {checks} checks.",
        "",
        "| exercise | answer in one line | how it is checked |",
        "| --- | --- | --- |",
    ]
    for _, pages in groupby(answers, key=lambda answer: answer.exercise):
        lines.append(_row(list(pages), root))
    return "\n".join(lines)


def with_table(readme: str, table: str) -> str:
    """Return a README whose table is another one.

    Args:
        readme: The README.
        table: What to put between the marks.

    Raises:
        ValueError: If the marks are not there, once each and in their order.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in after:
        raise ValueError(f"expected {BEGIN} and {END} once each in the README")
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def _row(pages: list[Answer], root: Path) -> str:
    page, parts = pages[0], pages[1:]
    named = f"[{page.exercise.label} {page.title}]({page.path.relative_to(root).as_posix()})"
    more = [f"[{part.part}]({part.path.relative_to(root).as_posix()})" for part in parts]
    answer = page.in_one_line if page.part is None else ""
    how = f"{sum(map(checks_of, pages))} checks"
    if page.checked:
        how += f": {page.checked}"
    cells = (", ".join([named, *more]), answer, how)
    return f"| {' | '.join(_in_table(cell) for cell in cells)} |"


def _in_table(markdown: str) -> str:
    return re.sub(r"\|", r"\\|", markdown)


def main(arguments: list[str] | None = None) -> int:
    """Write the table, or say whether it is current.

    Args:
        arguments: Without the program's name; None for the process's own.

    Returns:
        0, or 1 if the table was asked to be checked and is not current.
    """
    parser = argparse.ArgumentParser(prog="python -m d2l_book.render.readme", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args(arguments).check
    old = README.read_text(encoding="utf-8")
    new = with_table(old, readme_table(answers_in(find_notebooks())))
    if check:
        if new != old:
            print("README.md: expected `python -m d2l_book.render.readme` to change nothing")
        return int(new != old)
    README.write_text(new, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
