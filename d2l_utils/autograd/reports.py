"""The verdict on a reader's own engine."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class EngineReport:
    """The verdict on an engine; Jupyter shows it.

    Attributes:
        mistakes: Names of the mistakes that, together, give exactly what the engine gave, and of
            what was observed; keys of `MISTAKES` or `ARRAY_MISTAKES`, and of `RESOURCES`.
        findings: What is wrong, one sentence each.
        programs: How many programs were tried.
        left_out: Programs that need an operation that the engine does not have.
    """

    mistakes: tuple[str, ...]
    findings: tuple[str, ...]
    programs: int
    left_out: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    @property
    def summary(self) -> str:
        """The verdict in one or two sentences."""
        without = f" Not tried, for want of the operation: {len(self.left_out)}."
        verdict = (
            f"Passed: right on {self.programs} programs, at any depth, and nothing is left behind."
            if self.passed
            else "Not passed."
        )
        return verdict + (without if self.left_out else "")

    def __repr__(self) -> str:
        return "\n".join([self.summary, *(f"- {finding}" for finding in self.findings)])

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(finding)}</li>" for finding in self.findings)
        below = f"\n<ul>{items}</ul>" if items else ""
        return (
            f'<div class="d2l-report">\n<p><strong>{escape(self.summary)}</strong></p>{below}\n'
            "</div>"
        )


_FORMULAS = ("a **", "a /", "a -", "x **", "relu", "sum()")


def sentence(text: str) -> str:
    """Make a sentence of a mistake's text, which may begin with a formula.

    Args:
        text: The text, without its full stop.
    """
    return f"{text if text.startswith(_FORMULAS) else text[0].upper() + text[1:]}."


def unknown(wrong: list[str]) -> list[str]:
    """Say what came out wrong where no known mistakes explain it.

    Args:
        wrong: A few words for each program that came out wrong.

    Returns:
        One sentence; none if nothing is wrong.
    """
    if not wrong:
        return []
    more = f" and {len(wrong) - 4} more" if len(wrong) > 4 else ""
    return [f"Wrong, and not by mistakes I know ({'; '.join(wrong[:4])}{more})."]
