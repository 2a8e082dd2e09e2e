"""Judge a reader's own engine for arrays, as `check_engine` judges one for numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from d2l_utils.autograd import tensor
from d2l_utils.autograd.array_forms import Form, Part, part, said
from d2l_utils.autograd.array_mistakes import ARRAY_MISTAKES, tensor_engine_with
from d2l_utils.autograd.array_outcomes import ArrayCheck, Outcome, same
from d2l_utils.autograd.array_programs import ARRAY_CHECKS
from d2l_utils.autograd.explaining import Evidence, explain
from d2l_utils.autograd.mistakes import RESOURCES
from d2l_utils.autograd.observations import observed
from d2l_utils.autograd.reports import EngineReport, sentence, unknown
from d2l_utils.border import checked
from d2l_utils.border.constraints import shown

Outcomes = tuple[Outcome | None, ...]


def check_array_engine(
    engine: type[Any],
    grad: Callable[..., Any] | None = None,
    no_grad: Callable[[], Any] | None = None,
) -> EngineReport:
    """Run the checks of `ARRAY_CHECKS` with an engine, and say which known mistakes it makes.

    As in `check_engine` a mistake is named only if our engine with it (or with up to three
    together) gives what this one gives in every check.

    Args:
        engine: A class: ``engine(array)``, or ``engine(array, requires_grad=True)``, makes a leaf
            with ``data``, ``grad``, ``backward()``, ``sum()``, ``+`` and ``*``. Operations that it
            has not are left out.
        grad: A function of results and leaves like `torch.autograd.grad`, if there is one.
        no_grad: A context in which nothing is recorded, if there is one.

    Returns:
        The verdict.

    Raises:
        TypeError: If `engine` is not a class, or one of the others cannot be called.
    """
    if not isinstance(engine, type):
        raise TypeError(f"engine: expected a class, such as MyTensor, got {shown(engine)}")
    for name, function in (("grad", grad), ("no_grad", no_grad)):
        if function is not None and not callable(function):
            raise TypeError(f"{name}: expected a function or None, got {shown(function)}")
    form = Form(engine, grad, no_grad)
    checks, tol = list(ARRAY_CHECKS.values()), _tolerance(form)
    got = tuple(check.outcome(form) for check in checks)
    evidence = Evidence[Outcome](
        got,
        _outcomes,
        lambda place, a, b: same(a, b, tol),
        lambda place, each: checks[place].is_right(each, tol),
    )
    named = explain(evidence, ARRAY_MISTAKES)
    findings = [sentence(ARRAY_MISTAKES[name].text) for name in named]
    names = list(ARRAY_CHECKS)
    if not named:
        findings += unknown(
            [_told(names[place], checks[place], got[place]) for place in evidence.wrong()]
        )
    seen = observed(lambda number: form.leaf(number))
    findings += [sentence(RESOURCES[name].text) for name in seen]
    left_out = tuple(name for name, each in zip(names, got, strict=True) if each is None)
    return EngineReport(
        (*named, *seen), tuple(dict.fromkeys(findings)), len(checks) - len(left_out), left_out
    )


@checked
def failing_checks(engine: Any) -> list[str]:
    """Run all checks of `ARRAY_CHECKS` on an engine for arrays.

    Args:
        engine: Something with `Tensor`, `grad` and `no_grad`, such as `tensor_engine_with` returns.

    Returns:
        The names of those that it fails, by a wrong result or by an error.

    Raises:
        TypeError: If it lacks one of the three.
    """
    lacks = [name for name in ("Tensor", "grad", "no_grad") if not hasattr(engine, name)]
    if lacks:
        raise TypeError(f"engine: expected Tensor, grad and no_grad, got none of {lacks}")
    form = Form(engine.Tensor, engine.grad, engine.no_grad)
    return [
        name
        for name, check in ARRAY_CHECKS.items()
        if not check.is_right(check.outcome_anyway(form))
    ]


@cache
def _outcomes(names: tuple[str, ...]) -> Outcomes:
    engine = tensor_engine_with(*names) if names else tensor
    form = Form(engine.Tensor, engine.grad, engine.no_grad)
    return tuple(check.outcome(form) for check in ARRAY_CHECKS.values())


def _tolerance(form: Form) -> float:
    """What an engine's own numbers allow: some keep float32 whatever they are given."""
    try:
        data = np.asarray(form.leaf([1.0]).data)
    except Exception:
        return 1e-9
    return 1e-5 if data.dtype == np.float32 else 1e-9


def _told(name: str, check: ArrayCheck, got: Outcome | None) -> str:
    """Say where a check's outcome first differs from what is right."""
    right = [part(each) for each in check.right]
    pairs: list[tuple[Part, Part]] = list(zip(right, got or (), strict=False))
    for expected, came in pairs:
        if not same((expected,), (came,), 1e-5):
            return f"{name}: expected {said(expected)}, got {said(came)}"
    return f"{name}: expected {len(right)} results, got {len(got or ())}"
