"""Judge a reader's own engine, and name the known mistakes that explain all that it gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import combinations
from typing import Any

from d2l_utils.autograd.mistakes import MISTAKES, RESOURCES, engine_with
from d2l_utils.autograd.probes import (
    PROBES,
    Outcome,
    is_recursive,
    keeps_graphs_alive,
    outcome,
    same,
    varies,
    walks_every_path,
)
from d2l_utils.autograd.scalar import Value
from d2l_utils.border.constraints import shown

MAX_TOGETHER = 3
"""How many mistakes at once are recognised."""

Outcomes = tuple[Outcome | None, ...]


@dataclass(frozen=True)
class EngineReport:
    """The verdict on an engine; Jupyter shows it.

    Attributes:
        mistakes: Names of the mistakes that, together, give exactly what the engine gave; keys of
            `MISTAKES` and `RESOURCES`.
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


def check_engine(engine: type[Any]) -> EngineReport:
    """Run small programs with an engine, and say which known mistakes it makes.

    A mistake in values or gradients is named only if our engine with that mistake (or with up to
    three together) gives what this one gives on every program; otherwise the programs that came out
    wrong are listed, and nothing is named. Depth, work and memory are observed as they are.

    Args:
        engine: A class: ``engine(2.0)`` makes a number with ``data``, ``grad``, ``backward()``,
            ``+`` and ``*``. Operations that it has not are left out.

    Returns:
        The verdict.

    Raises:
        TypeError: If `engine` is not a class.
    """
    if not isinstance(engine, type):
        raise TypeError(f"engine: expected a class, such as MyValue, got {shown(engine)}")
    got = tuple(outcome(probe, engine) for probe in PROBES)
    named = _explained(got)
    findings = [f"{_capital(MISTAKES[name].text)}." for name in named]
    if not named:
        findings += _unexplained(got)
    observed = [
        name
        for name, seen in (
            ("every path", walks_every_path),
            ("recursive", is_recursive),
            ("inputs in a set", varies),
            ("keeps graphs alive", keeps_graphs_alive),
        )
        if seen(engine)
    ]
    findings += [f"{_capital(RESOURCES[name].text)}." for name in observed]
    left_out = tuple(p.text for p, each in zip(PROBES, got, strict=True) if each is None)
    return EngineReport(
        (*named, *observed),
        tuple(dict.fromkeys(findings)),
        len(PROBES) - len(left_out),
        left_out,
    )


@cache
def _outcomes(names: tuple[str, ...]) -> Outcomes:
    engine = engine_with(*names) if names else Value
    return tuple(outcome(probe, engine) for probe in PROBES)


def _explained(got: Outcomes) -> tuple[str, ...]:
    """Return the fewest mistakes that together give all outcomes; none if none do."""
    if _fits(got, _outcomes(())):
        return ()
    able = [name for name in MISTAKES if _plausible(got, name)]
    for size in range(1, MAX_TOGETHER + 1):
        for names in combinations(able, size):
            try:
                if _fits(got, _outcomes(names)):
                    return names
            except ValueError:  # two that change the same lines are not made together
                continue
    return ()


def _fits(got: Outcomes, expected: Outcomes) -> bool:
    rows = zip(PROBES, got, expected, strict=True)
    return all(each is None or same(each, value, probe.exact) for probe, each, value in rows)


def _plausible(got: Outcomes, name: str) -> bool:
    """Whether at least one program comes out as with this mistake, and not as it should."""
    rows = zip(PROBES, got, _outcomes(()), _outcomes((name,)), strict=True)
    return any(
        not same(right, wrong, probe.exact) and same(each, wrong, probe.exact)
        for probe, each, right, wrong in rows
        if each is not None
    )


def _unexplained(got: Outcomes) -> list[str]:
    rows = zip(PROBES, got, _outcomes(()), strict=True)
    wrong = [
        f"{probe.text}: expected {_said(right)}, got {_said(each)}"
        for probe, each, right in rows
        if each is not None and not same(each, right, probe.exact)
    ]
    if not wrong:
        return []
    more = f" and {len(wrong) - 4} more" if len(wrong) > 4 else ""
    return [f"Wrong, and not by mistakes I know ({'; '.join(wrong[:4])}{more})."]


def _said(each: Outcome | None) -> str:
    if isinstance(each, str) or each is None:
        return str(each)
    return ", ".join(
        f"{number:.17g}" if abs(number - 1) < 1e-9 else f"{number:g}" for number in each
    )


def _capital(text: str) -> str:
    return (
        text
        if text.startswith(("a **", "a /", "a -", "x **", "relu"))
        else text[0].upper() + text[1:]
    )
