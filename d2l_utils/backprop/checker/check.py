"""Check a hand-written backward pass, and say what is wrong with it (D2L 5.3, exercise 2).

`check_backward` calls the reader's function on several random problems and compares it with
`d2l_utils.backprop`. Wrong gradients are compared with those of known mistakes (see `diagnosis`),
so that the report can name the mistake; it names none that it cannot reproduce exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from torch import Tensor

from d2l_utils.backprop.by_hand import Problem
from d2l_utils.backprop.checker.agreement import matches
from d2l_utils.backprop.checker.combination import wrong_amounts
from d2l_utils.backprop.checker.diagnosis import Explanation, explain
from d2l_utils.backprop.checker.guarded_call import TOL, Answer, Gradient, call_guarded
from d2l_utils.backprop.checker.mistakes import MISTAKES, PARAMETERS
from d2l_utils.backprop.checker.other_activations import KNOWN_ACTIVATIONS
from d2l_utils.backprop.checker.problems import random_problems, right_gradients
from d2l_utils.backprop.checker.report import Report, Row
from d2l_utils.backprop.checker.unknown import only_where, where
from d2l_utils.border import Number, checked
from d2l_utils.checks.claims import relative_error

BESIDE_ANOTHER_ACTIVATION = 2
"""Number of mistakes that are recognised beside another activation than the one asked for."""


@checked
def check_backward(
    fn: Callable[..., Any],
    *,
    activation: str = "relu",
    loss: str = "cross_entropy",
    seed: Annotated[int, Number(at_least=0)] = 0,
) -> Report:
    """Check a function that computes the gradients of J by hand.

    The gradients are right if no entry is off by more than `TOL` of the largest, on any problem. At
    relu's kink there is no problem, so what a function takes for the slope at 0 is not judged.

    Args:
        fn: Called as ``fn(X, y, W1, b1, W2, lambd)`` with float64 tensors (labels are int64) in the
            shapes of `d2l_utils.backprop.forward`; returns a mapping with ``"W1"``, ``"b1"`` and
            ``"W2"``: tensors, numpy arrays, or lists of numbers. How it computes them is its own
            business. While it runs, torch's default dtype is float64; what it changes of the
            settings in `d2l_utils.backprop.checker.global_state` is put back.
        activation: The activation that it is meant for.
        loss: The loss that it is meant for.
        seed: Seed of the problems.

    Returns:
        The report: `Report.passed`, `Report.rows`, and a display for the notebook. An exception
        that the function raises is reported too, all but KeyboardInterrupt.

    Raises:
        TypeError: If `fn` is not callable or `seed` no integer.
        ValueError: If `activation` or `loss` is unknown.
    """
    if not callable(fn):
        raise TypeError(f"fn: expected a function, got {type(fn).__name__}")
    problems = random_problems(activation, loss, seed)
    answers: list[Answer] = []
    for problem in problems:
        answer = call_guarded(fn, problem)
        if answer.failure:
            return Report((), answer.failure, len(problems), unfilled=answer.unfilled)
        answers.append(answer)
    got = {name: [answer.gradients[name] for answer in answers] for name in PARAMETERS}
    right = [right_gradients(problem) for problem in problems]
    expected = {name: [gradients[name] for gradients in right] for name in PARAMETERS}
    rows = tuple(_rows(got, expected, problems))
    return Report(rows, "", len(problems), remark=next((a.remark for a in answers if a.remark), ""))


def _rows(
    got: Mapping[str, Sequence[Gradient]],
    right: Mapping[str, Sequence[Tensor]],
    problems: Sequence[Problem],
) -> list[Row]:
    wrong = {}
    for name in PARAMETERS:
        values = [gradient.value for gradient in got[name] if gradient.value is not None]
        comparable = not any(gradient.trouble for gradient in got[name])
        if comparable and not matches(values, right[name], TOL):
            wrong[name] = values
    causes = explain(wrong, problems, TOL) if wrong else {}
    unnamed = {name: values for name, values in wrong.items() if name not in causes}
    other, besides = _other_activation(unnamed, problems)
    amounts = {
        name: wrong_amounts(name, values, right[name], problems, TOL)
        for name, values in unnamed.items()
        if name not in besides
    }
    return [
        _row(
            name,
            got[name],
            right[name],
            problems,
            mistakes=causes.get(name, besides.get(name, ())),
            activation=other if name in besides else "",
            amounts=amounts.get(name, ""),
        )
        for name in PARAMETERS
    ]


def _other_activation(
    wrong: Mapping[str, Sequence[Tensor]], problems: Sequence[Problem]
) -> tuple[str, Explanation]:
    """The activation that explains most of the gradients, with the fewest mistakes beside it."""
    asked = problems[0].activation
    best: tuple[str, Explanation] = ("", {})
    for other in KNOWN_ACTIVATIONS if wrong else ():
        if other != asked:
            changed = [replace(problem, activation=other) for problem in problems]
            found = explain(wrong, changed, TOL, BESIDE_ANOTHER_ACTIVATION)
            best = min(best, (other, found), key=_simplicity)
    return best


def _simplicity(explained: tuple[str, Explanation]) -> tuple[int, int]:
    causes = explained[1]
    return -len(causes), len({mistake for cause in causes.values() for mistake in cause})


def _row(
    name: str,
    got: Sequence[Gradient],
    right: Sequence[Tensor],
    problems: Sequence[Problem],
    *,
    mistakes: tuple[str, ...],
    activation: str,
    amounts: str,
) -> Row:
    troubled = [index for index, gradient in enumerate(got) if gradient.trouble]
    errors = [_error(gradient.value, g) for gradient, g in zip(got, right, strict=True)]
    worst = troubled[0] if troubled else max(range(len(errors)), key=errors.__getitem__)
    # Which right gradient has the largest rounding error depends on the processor.
    shown = worst if troubled or errors[worst] > TOL else 0
    value, expected = got[shown].value, right[shown]
    good = [error <= TOL for error in errors]
    if troubled:
        diagnosis = got[worst].trouble
        diagnosis += "" if got[worst].unfilled else only_where(good, problems)
    elif errors[worst] <= TOL:
        diagnosis = ""
    elif mistakes or activation:
        diagnosis = "; ".join(MISTAKES[mistake].text for mistake in mistakes) + "."
    else:
        at_worst = where(value, expected, errors[worst])
        diagnosis = amounts or at_worst + only_where(good, problems)
    return Row(
        name=name,
        expected_shape=tuple(expected.shape),
        got_shape=None if value is None else tuple(value.shape),
        error=None if troubled or not math.isfinite(errors[worst]) else errors[worst],
        tol=TOL,
        mistakes=mistakes,
        diagnosis=diagnosis,
        activation=activation,
        asked=problems[0].activation,
        unfilled=bool(troubled) and got[worst].unfilled,
    )


def _error(value: Tensor | None, expected: Tensor) -> float:
    if value is None or value.shape != expected.shape:
        return math.inf
    return relative_error(value, expected)
