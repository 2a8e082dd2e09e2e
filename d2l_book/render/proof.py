"""The line below a page's title that says what was checked, made from the page's own outputs.

Nobody writes it: it counts what `d2l_utils.checks` published when the notebook was run and what the
notebook stores, so it changes when they do; a line with a tick that was merely printed counts
nothing. A notebook that checks nothing is reported, which fails the build.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from d2l_book.notebooks.sources import check_records, read_cells, run_problems, unrun_cells

logger = logging.getLogger(__name__)

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements.txt"


@dataclass
class Proof:
    """What the checks of a page proved: how many of each kind, and how closely numbers agree.

    Attributes:
        numbers: Bound on the relative error -> how many numbers were compared to within it.
        zeros: How many numbers were compared with zero, to within a bound on the error itself.
        bounds: How many quantities stayed below a bound.
        statements: How many statements were found true.
        values: How many values were found equal.
        checks: How many checks were counted in all.
    """

    numbers: Counter[float] = field(default_factory=Counter)
    zeros: int = 0
    bounds: int = 0
    statements: int = 0
    values: int = 0
    checks: int = 0

    def add(self, record: Mapping[str, Any]) -> None:
        """Count one check.

        Args:
            record: What it found; see `d2l_utils.check_record`.

        Raises:
            ValueError: If there is no such kind of check.
        """
        kind, count = record["kind"], record["count"]
        if kind == "close" and record["measure"] == "absolute":
            self.zeros += count
        elif kind == "close":
            self.numbers[record["bound"]] += count
        elif kind == "bound":
            self.bounds += 1
        elif kind == "true":
            self.statements += 1
        elif kind == "equal":
            self.values += 1
        else:
            raise ValueError(f"kind: expected that of a check, got {kind!r}")
        self.checks += 1

    def details(self) -> str:
        """Return the sentences that follow the number of checks."""
        kinds = (
            (self.zeros, "number agrees with zero", "numbers agree with zero"),
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
        The counts; without any check where none was published or the notebook was not run to
        its end.
    """
    proof = Proof()
    if run_problems(cells):
        return proof
    for cell in cells:
        for record in check_records(cell):
            proof.add(record)
    return proof


def read_proof(path: Path) -> Proof:
    """Count the checks in a notebook's file; see `proof_of`.

    Args:
        path: The notebook.
    """
    return proof_of(read_cells(path))


def pinned_version(package: str, path: Path = REQUIREMENTS) -> str:
    """Return the version of a package that the pages are run with.

    Args:
        package: Its name.
        path: The file that pins it.

    Returns:
        The version, for example ``2.13.0``.

    Raises:
        ValueError: If the file does not pin it.
    """
    pin = re.search(
        rf"^{re.escape(package)}==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE
    )
    if pin is None:
        raise ValueError(f"{path.name}: expected {package}==<version>, got no such line")
    return pin[1]


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
    """Put the line below the title of a page that is a notebook."""
    path = Path(app.env.doc2path(app.env.docname))
    if path.suffix != ".ipynb":
        return
    proof = read_proof(path)
    title = next(iter(doctree.findall(nodes.title)), None)
    if proof.checks and title is not None:
        app.env.note_dependency(str(REQUIREMENTS))
        title.parent.insert(
            title.parent.index(title) + 1, proof_line(proof, pinned_version("torch"))
        )


def report_unproven(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Warn about every notebook that was run and checks nothing, in every build until it does."""
    for name in sorted(env.found_docs):
        path = Path(env.doc2path(name))
        if path.suffix == ".ipynb" and not unrun_cells(path) and not read_proof(path).checks:
            message = "%s: no stored output shows a check; use d2l.check_... for what it claims"
            logger.warning(message, path.name, location=name, type="d2l")
    return []


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun, such as ``1 check`` or ``1,200 checks``."""
    return f"{number:,} {one if number == 1 else many}"


def _bound(value: float) -> str:
    """Write a bound such as 1e-07 without the idle zero."""
    return re.sub(r"e-0", "e-", f"{value:.0e}")
