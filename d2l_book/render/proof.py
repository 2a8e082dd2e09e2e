"""The line below a page's statement that says what was checked, made from the page's own outputs.

Nobody writes it: it counts the lines that `d2l_utils.checks` printed when the notebook was run and
that the notebook stores, so it changes when they do. A notebook that checks nothing is reported,
which fails the build.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from d2l_book.notebooks.sources import printed, read_cells, run_problems, unrun_in

logger = logging.getLogger(__name__)

_TICK = "✓ "
_COMPARED = re.compile(r": ([\d,]+) numbers?, relative error at most (\S+)$")
_BOUND = re.compile(r": at most \S+$")


@dataclass
class Proof:
    """What the checks of a page proved: how many of each kind, and how closely numbers agree.

    Attributes:
        numbers: Bound on the relative error -> how many numbers were compared to within it.
        bounds: How many quantities stayed below a bound.
        statements: How many statements were found true.
        values: How many values were found equal.
        checks: How many lines were counted in all.
    """

    numbers: Counter[float] = field(default_factory=Counter)
    bounds: int = 0
    statements: int = 0
    values: int = 0
    checks: int = 0

    def add(self, line: str) -> None:
        """Count one line that a check printed.

        Args:
            line: As printed, with its tick.
        """
        self.checks += 1
        if compared := _COMPARED.search(line):
            self.numbers[float(compared[2])] += int(compared[1].replace(",", ""))
        elif _BOUND.search(line):
            self.bounds += 1
        elif line.endswith(": true"):
            self.statements += 1
        else:
            self.values += 1

    def details(self) -> str:
        """Return the sentences that follow the number of checks."""
        kinds = (
            (self.values, "value agrees exactly", "values agree exactly"),
            (self.bounds, "bound holds", "bounds hold"),
            (self.statements, "statement is true", "statements are true"),
        )
        rest = ", ".join(counted(number, one, many) for number, one, many in kinds if number)
        return " ".join(part for part in (self._compared(), rest and f"{rest}.") if part)

    def _compared(self) -> str:
        if not self.numbers:
            return ""
        total, tight, loose = self.numbers.total(), min(self.numbers), max(self.numbers)
        agree = counted(total, "number agrees", "numbers agree")
        closest = "" if tight == loose else f": {self.numbers[tight]:,} to {_bound(tight)}, all"
        return f"{agree} with a second route{closest} to {_bound(loose)} (relative error)."


def proof_of(cells: Sequence[Mapping[str, Any]]) -> Proof:
    """Count the checks in the stored outputs of a notebook.

    Args:
        cells: The notebook's cells.

    Returns:
        The counts; without any check where none was printed or the notebook was not run to its end.
    """
    proof = Proof()
    if run_problems(cells):
        return proof
    for cell in cells:
        for line in printed(cell).splitlines():
            if line.startswith(_TICK):
                proof.add(line)
    return proof


def read_proof(path: Path) -> Proof:
    """Count the checks in a notebook's file; see `proof_of`.

    Args:
        path: The notebook.
    """
    return proof_of(read_cells(path))


@dataclass(frozen=True)
class Verdict:
    """What a notebook's file says about itself, read once as long as the file stays as it is.

    Attributes:
        stamp: The file's time of change, in nanoseconds, and its size in bytes.
        unrun: See `unrun_in`.
        proof: See `proof_of`.
    """

    stamp: tuple[int, int]
    unrun: list[str]
    proof: Proof


def verdict_on(env: BuildEnvironment, path: Path) -> Verdict:
    """Return what a notebook's file says about itself.

    To read hundreds of notebooks in every build, whatever changed, would cost more than the build
    of a page: the environment, which Sphinx keeps from build to build, remembers.

    Args:
        env: The book's environment.
        path: The notebook.
    """
    if not hasattr(env, "d2l_verdicts"):
        env.d2l_verdicts = {}  # type: ignore[attr-defined]
    known: dict[str, Verdict] = env.d2l_verdicts  # type: ignore[attr-defined]
    status = path.stat()
    stamp = (status.st_mtime_ns, status.st_size)
    found = known.get(str(path))
    if found is None or found.stamp != stamp:
        cells = read_cells(path)
        found = known[str(path)] = Verdict(stamp, unrun_in(cells), proof_of(cells))
    return found


def proof_line(proof: Proof, torch: str) -> nodes.paragraph:
    """Return the line as a paragraph of class ``d2l-proof``.

    Args:
        proof: What was checked, at least one check.
        torch: The version of torch that ran the page.

    Returns:
        The paragraph, not yet part of a page.
    """
    passed = counted(proof.checks, "check passed", "checks passed")
    text = f" when this page was run with torch {torch}. {proof.details()}"
    return nodes.paragraph(
        "", "", nodes.strong("", passed), nodes.Text(text), classes=["d2l-proof"]
    )


def add_proof(app: Sphinx, doctree: nodes.document) -> None:
    """Put the line below the statement, before the first part, of a page that is a notebook."""
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    proof = verdict_on(app.env, path).proof
    if proof.checks:
        add_below_statement(doctree, proof_line(proof, version("torch").partition("+")[0]))


def add_below_statement(doctree: nodes.document, node: nodes.Node) -> None:
    """Add something to the end of what a page begins with, before its first part.

    Args:
        doctree: The page; one without a title is left as it is.
        node: What to add.
    """
    title = next(iter(doctree.findall(nodes.title)), None)
    if title is not None:
        page = title.parent
        parts = [index for index, child in enumerate(page) if isinstance(child, nodes.section)]
        page.insert(parts[0] if parts else len(page), node)


def report_unproven(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Warn about every notebook that was run and checks nothing, in every build until it does."""
    for name in sorted(env.found_docs):
        path = Path(env.doc2path(name))
        if path.suffix != ".ipynb":
            continue
        found = verdict_on(env, path)
        if not found.unrun and not found.proof.checks:
            message = "%s: no stored output shows a check; use d2l.check_... for what it claims"
            logger.warning(message, path.name, location=name, type="d2l")
    return []


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun, such as ``1 check`` or ``1,200 checks``."""
    return f"{number:,} {one if number == 1 else many}"


def _bound(value: float) -> str:
    """Write a bound such as 1e-07 without the idle zero."""
    return re.sub(r"e-0", "e-", f"{value:.0e}")
