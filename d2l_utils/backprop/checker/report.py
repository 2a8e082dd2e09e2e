"""What `d2l_utils.check_backward` found: a report for a reader, in HTML and in plain text."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from d2l_utils.backprop.checker.mistakes import MISTAKES
from d2l_utils.display.tables import Table


@dataclass(frozen=True)
class Row:
    """The verdict on one parameter's gradient.

    Attributes:
        name: ``"W1"``, ``"b1"`` or ``"W2"``.
        expected_shape: The parameter's shape, in the problem on which the gradient did worst; in
            the first problem if it is right, since there the worst is rounding.
        got_shape: The gradient's shape there; ``None`` if there was nothing to compare.
        error: Largest relative error over all problems; ``None`` unless every shape is right and
            every entry finite.
        tol: The largest error that counts as rounding.
        mistakes: Names of the mistakes (see `MISTAKES`) that give these numbers.
        diagnosis: One sentence on what is wrong; empty if nothing is.
    """

    name: str
    expected_shape: tuple[int, ...]
    got_shape: tuple[int, ...] | None
    error: float | None
    tol: float
    mistakes: tuple[str, ...]
    diagnosis: str

    @property
    def passed(self) -> bool:
        """Whether the gradient is right."""
        return not self.diagnosis and self.error is not None and self.error <= self.tol


@dataclass(frozen=True)
class Report:
    """The verdict on a function; Jupyter shows it as a table with explanations.

    Attributes:
        rows: One row for each parameter; empty if the function could not be judged.
        failure: Why it could not be judged; empty if it could.
        problems: Number of problems tried.
    """

    rows: tuple[Row, ...]
    failure: str
    problems: int

    @property
    def passed(self) -> bool:
        """Whether every gradient is right on every problem."""
        return not self.failure and bool(self.rows) and all(row.passed for row in self.rows)

    @property
    def mistakes(self) -> dict[str, tuple[str, ...]]:
        """Name of each mistake that was recognised -> the parameters that carry it."""
        return {
            mistake: tuple(row.name for row in self.rows if mistake in row.mistakes)
            for mistake in MISTAKES
            if any(mistake in row.mistakes for row in self.rows)
        }

    @property
    def findings(self) -> tuple[str, ...]:
        """What is wrong, one sentence each; a mistake in several gradients is said once."""
        if self.failure:
            return (self.failure,)
        known = [
            f"{_listed(names)}: {MISTAKES[mistake].text}."
            for mistake, names in self.mistakes.items()
        ]
        unexplained = [row for row in self.rows if row.diagnosis and not row.mistakes]
        unknown = [
            f"{_listed([row.name for row in unexplained if row.diagnosis == text])}: {text}"
            for text in dict.fromkeys(row.diagnosis for row in unexplained)
        ]
        return tuple(known + unknown)

    @property
    def summary(self) -> str:
        """The verdict in one sentence."""
        if self.failure:
            return "Not passed: the function could not be checked."
        if self.passed:
            return f"Passed: all three gradients are right on {self.problems} random problems."
        wrong = [row.name for row in self.rows if not row.passed]
        return f"Not passed: {_listed(wrong)} {'is' if len(wrong) == 1 else 'are'} wrong."

    def __repr__(self) -> str:
        table = [repr(self._table())] if self.rows else []
        findings = ["\n".join(f"- {finding}" for finding in self.findings)] * bool(self.findings)
        return "\n\n".join([self.summary, *table, *findings])

    def _repr_html_(self) -> str:
        table = self._table()._repr_html_() if self.rows else ""
        items = "".join(f"<li>{escape(finding)}</li>" for finding in self.findings)
        return (
            f'<div class="d2l-report">\n<p><strong>{escape(self.summary)}</strong></p>\n'
            f"{table}\n{f'<ul>{items}</ul>' if items else ''}\n</div>"
        )

    def _table(self) -> Table:
        verdicts = {True: "right", False: "wrong"}
        return Table(
            ["gradient", "shape", "error", "verdict"],
            [[row.name, _shape(row), _error(row), verdicts[row.passed]] for row in self.rows],
            caption="Where each gradient did worst: its shape and largest relative error",
        )


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _shape(row: Row) -> str:
    if row.got_shape is None:
        return "–"
    same = row.got_shape == row.expected_shape
    return str(row.got_shape) if same else f"{row.got_shape} ≠ {row.expected_shape}"


def _error(row: Row) -> str:
    if row.error is None:
        return "–"
    return f"≤ {row.tol:.0e}" if row.error <= row.tol else f"{row.error:.2g}"
