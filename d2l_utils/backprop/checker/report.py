"""What `d2l_utils.check_backward` found: a report for a reader, in HTML and in plain text."""

from __future__ import annotations

from collections.abc import Iterable
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
        activation: Name of the activation for which the gradient is right, but for the mistakes;
            empty if it is the one asked for, or if that is not known.
        asked: Name of the activation asked for.
        unfilled: Whether nothing has been written in its place yet.
    """

    name: str
    expected_shape: tuple[int, ...]
    got_shape: tuple[int, ...] | None
    error: float | None
    tol: float
    mistakes: tuple[str, ...]
    diagnosis: str
    activation: str = ""
    asked: str = ""
    unfilled: bool = False

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
        unfilled: Whether it could not be judged because it is not written yet.
        remark: What is wrong with the function beside its gradients; empty if nothing is.
    """

    rows: tuple[Row, ...]
    failure: str
    problems: int
    unfilled: bool = False
    remark: str = ""

    @property
    def passed(self) -> bool:
        """Whether every gradient is right on every problem, and nothing else is wrong."""
        judged = not self.failure and not self.remark and bool(self.rows)
        return judged and all(row.passed for row in self.rows)

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
        others = _grouped((_activation(row), row.name) for row in self.rows if row.activation)
        unexplained = [row for row in self.rows if not row.mistakes and not row.activation]
        unknown = _grouped((row.diagnosis, row.name) for row in unexplained if row.diagnosis)
        return tuple([self.remark] * bool(self.remark) + others + known + unknown)

    @property
    def summary(self) -> str:
        """The verdict in one sentence."""
        if self.unfilled:
            return "Ready for your gradients: there is nothing to check yet."
        if self.failure:
            return "Not passed: the function could not be checked."
        if self.passed:
            return f"Passed: all three gradients are right on {self.problems} random problems."
        wrong = [row.name for row in self.rows if not row.passed and not row.unfilled]
        missing = [row.name for row in self.rows if row.unfilled]
        parts = [f"{_listed(wrong)} {_is(wrong)} wrong"] if wrong else []
        parts += [f"{_listed(missing)} {_is(missing)} still to be written"] if missing else []
        parts += ["the function changes what it is given"] if self.remark else []
        return f"Not passed: {', and '.join(parts)}."

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
        return Table(
            ["gradient", "shape", "error", "verdict"],
            [[row.name, _shape(row), _error(row), _verdict(row)] for row in self.rows],
            caption="Where each gradient did worst: its shape and largest relative error",
        )


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _grouped(said: Iterable[tuple[str, str]]) -> list[str]:
    """What is said of several gradients, once, with their names before it."""
    names: dict[str, list[str]] = {}
    for text, name in said:
        names.setdefault(text, []).append(name)
    return [f"{_listed(listed)}: {text}" for text, listed in names.items()]


def _activation(row: Row) -> str:
    asked = f"'{row.asked}' was asked for."
    if row.mistakes:
        return f"the activation is '{row.activation}'; {asked} Beside it:"
    return f"these are right for activation '{row.activation}'; {asked}"


def _verdict(row: Row) -> str:
    return "right" if row.passed else "open" if row.unfilled else "wrong"


def _shape(row: Row) -> str:
    if row.got_shape is None:
        return "–"
    same = row.got_shape == row.expected_shape
    return str(row.got_shape) if same else f"{row.got_shape} ≠ {row.expected_shape}"


def _error(row: Row) -> str:
    if row.error is None:
        return "–"
    return f"≤ {row.tol:.0e}" if row.error <= row.tol else f"{row.error:.2g}"
