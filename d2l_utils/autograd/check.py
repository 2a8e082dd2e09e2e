"""Judge a reader's own engine, and name the known mistakes that explain all that it gives."""

from __future__ import annotations

from functools import cache
from typing import Any

from d2l_utils.autograd.explaining import Evidence, explain
from d2l_utils.autograd.mistakes import MISTAKES, RESOURCES, engine_with
from d2l_utils.autograd.observations import observed
from d2l_utils.autograd.probes import PROBES, Outcome, is_right, outcome, same
from d2l_utils.autograd.reports import EngineReport, sentence, unknown
from d2l_utils.autograd.scalar import Value
from d2l_utils.border.constraints import shown

Outcomes = tuple[Outcome | None, ...]


def check_engine(engine: type[Any]) -> EngineReport:
    """Run small programs with an engine, and say which known mistakes it makes.

    A mistake in values or gradients is named only if our engine with that mistake (or with up to
    three together) gives what this one gives on every program; otherwise the programs that came out
    wrong are listed, and nothing is named. Depth, work and memory are observed as they are. A
    second sweep may add to what the first left in leaves, begin at 0, or raise RuntimeError.

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
    right = _outcomes(())
    evidence = Evidence[Outcome](
        got,
        _outcomes,
        lambda place, a, b: same(a, b, PROBES[place].exact),
        lambda place, each: is_right(PROBES[place], each, right[place]),
    )
    named = explain(evidence, MISTAKES)
    findings = [sentence(MISTAKES[name].text) for name in named]
    if not named:
        findings += unknown(
            [
                f"{PROBES[place].text}: expected {_said(right[place])}, got {_said(got[place])}"
                for place in evidence.wrong()
            ]
        )
    seen = observed(engine)
    findings += [sentence(RESOURCES[name].text) for name in seen]
    left_out = tuple(p.text for p, each in zip(PROBES, got, strict=True) if each is None)
    return EngineReport(
        (*named, *seen),
        tuple(dict.fromkeys(findings)),
        len(PROBES) - len(left_out),
        left_out,
    )


@cache
def _outcomes(names: tuple[str, ...]) -> Outcomes:
    engine = engine_with(*names) if names else Value
    return tuple(outcome(probe, engine) for probe in PROBES)


def _said(each: Outcome | None) -> str:
    if isinstance(each, str) or each is None:
        return str(each)
    return ", ".join(
        f"{number:.17g}" if abs(number - 1) < 1e-9 else f"{number:g}" for number in each
    )
