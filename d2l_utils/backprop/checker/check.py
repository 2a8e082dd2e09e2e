"""Check a hand-written backward pass, and say what is wrong with it (D2L 5.3, exercise 2).

`check_backward` calls the reader's function on several random problems and compares it with
`d2l_utils.backprop`. Wrong gradients are compared with those of known mistakes (see `diagnosis`),
so that the report can name the mistake; it names none that it cannot reproduce exactly. Whatever
the function does, the result is a report.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from d2l_utils.backprop.by_hand import Problem, backward, forward
from d2l_utils.backprop.checker.combination import wrong_amounts
from d2l_utils.backprop.checker.diagnosis import explain, matches
from d2l_utils.backprop.checker.guarded_call import TOL, Gradient, call_guarded
from d2l_utils.backprop.checker.mistakes import MISTAKES, PARAMETERS
from d2l_utils.backprop.checker.report import Report, Row
from d2l_utils.backprop.derivatives import ACTIVATIONS
from d2l_utils.checks.claims import relative_error

SIZES: tuple[tuple[int, int, int, int, float], ...] = (
    # n, num_inputs, num_hiddens, num_outputs, lambd
    (5, 3, 4, 2, 0.5),
    (2, 5, 3, 4, 1.25),
    (7, 2, 5, 3, 0.0),  # no penalty
    (1, 4, 2, 3, 0.75),  # one example
    (12, 6, 8, 5, 0.25),  # no example has the last label
)
"""The problems. Sizes differ within each, so a lost transpose cannot hide."""


def check_backward(
    fn: Callable[..., Any], *, activation: str = "relu", loss: str = "cross_entropy", seed: int = 0
) -> Report:
    """Check a function that computes the gradients of J by hand.

    Args:
        fn: Called as ``fn(X, y, W1, b1, W2, lambd)`` with float64 tensors in the shapes of
            `d2l_utils.backprop.forward`; returns a mapping with ``"W1"``, ``"b1"`` and ``"W2"``,
            tensors or numpy arrays. How it computes them is its own business. What it changes for
            the whole program (`d2l_utils.backprop.checker.global_state`) is put back.
        activation: The activation that it is meant for.
        loss: The loss that it is meant for.
        seed: Seed of the problems.

    Returns:
        The report: `Report.passed`, `Report.rows`, and a display for the notebook.

    Raises:
        TypeError: If `fn` is not callable.
        ValueError: If `activation` or `loss` is unknown.
    """
    if not callable(fn):
        raise TypeError(f"fn: expected a function, got {type(fn).__name__}")
    problems = random_problems(activation, loss, seed)
    expected = [right_gradients(problem) for problem in problems]
    answers = []
    for problem in problems:
        answer = call_guarded(fn, problem)
        if isinstance(answer, str):
            return Report(rows=(), failure=answer, problems=len(problems))
        answers.append(answer)
    got = {name: [answer[name] for answer in answers] for name in PARAMETERS}
    right = {name: [gradients[name] for gradients in expected] for name in PARAMETERS}
    return Report(tuple(_rows(got, right, problems)), failure="", problems=len(problems))


def random_problems(activation: str, loss: str, seed: int) -> tuple[Problem, ...]:
    """Draw one problem for each entry of `SIZES`, in float64.

    Args:
        activation: The activation of all of them.
        loss: Their loss.
        seed: Seed of the data and the parameters.
    """
    gen = torch.Generator("cpu").manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=gen, dtype=torch.float64, device="cpu")

    problems: list[Problem] = []
    for n, num_inputs, num_hiddens, num_outputs, lambd in SIZES:
        # A class without an example catches who takes the number of classes from the labels.
        classes = num_outputs - 1 if len(problems) == len(SIZES) - 1 else num_outputs
        labels = torch.randint(classes, (n,), generator=gen, device="cpu")
        y = labels if loss == "cross_entropy" else normal(n, num_outputs)
        X, W1, b1 = normal(n, num_inputs), normal(num_hiddens, num_inputs), normal(num_hiddens)
        W2 = normal(num_outputs, num_hiddens)
        problems.append(Problem(X, y, W1, b1, W2, lambd, activation, loss))
    return tuple(problems)


def right_gradients(problem: Problem) -> dict[str, Tensor]:
    """Compute the gradients by `d2l_utils.backprop`, which is checked against autograd."""
    g = backward(forward(**vars(problem)))
    return {"W1": g.W1, "b1": g.b1, "W2": g.W2}


def _rows(
    got: Mapping[str, Sequence[Gradient]],
    right: Mapping[str, Sequence[Tensor]],
    problems: Sequence[Problem],
) -> list[Row]:
    wrong = {}
    for name in PARAMETERS:
        values = [gradient.value for gradient in got[name] if gradient.value is not None]
        comparable = not any(gradient.trouble for gradient in got[name])
        if comparable and not matches(values, right[name], _tol(got[name])):
            wrong[name] = values
    tol = max([_tol(got[name]) for name in wrong], default=TOL)
    fits = _other_activation(wrong, problems, tol)
    unnamed = {name: values for name, values in wrong.items() if name not in fits}
    causes = explain(unnamed, problems, tol) if unnamed else {}
    for name in unnamed.keys() - causes.keys():
        fits[name] = wrong_amounts(name, wrong[name], right[name], problems, tol)
    return [
        _row(name, got[name], right[name], causes.get(name, ()), fits.get(name, ""), problems)
        for name in PARAMETERS
    ]


def _other_activation(
    wrong: Mapping[str, Sequence[Tensor]], problems: Sequence[Problem], tol: float
) -> dict[str, str]:
    """Parameter -> a sentence, where its gradient is right for another activation."""
    asked = problems[0].activation
    fits: dict[str, str] = {}
    for other in [name for name in ACTIVATIONS if wrong and name != asked]:
        right = [right_gradients(replace(problem, activation=other)) for problem in problems]
        for name, values in wrong.items():
            if matches(values, [gradients[name] for gradients in right], tol):
                fits[name] = f"these are right for activation '{other}'; '{asked}' was asked for."
    return fits


def _row(
    name: str,
    got: Sequence[Gradient],
    right: Sequence[Tensor],
    mistakes: tuple[str, ...],
    fits: str,
    problems: Sequence[Problem],
) -> Row:
    tol = _tol(got)
    troubled = [index for index, gradient in enumerate(got) if gradient.trouble]
    errors = [
        math.inf if gradient.value is None else _error(gradient.value, expected)
        for gradient, expected in zip(got, right, strict=True)
    ]
    worst = troubled[0] if troubled else max(range(len(errors)), key=errors.__getitem__)
    # Which right gradient has the largest rounding error depends on the processor.
    shown = worst if troubled or errors[worst] > tol else 0
    value, expected = got[shown].value, right[shown]
    if troubled:
        diagnosis = got[worst].trouble + _only(errors, tol, problems)
    elif errors[worst] <= tol:
        diagnosis = ""
    elif mistakes:
        diagnosis = "; ".join(MISTAKES[mistake].text for mistake in mistakes) + "."
    else:
        unknown = "wrong, and not a mistake I know"
        diagnosis = fits or unknown + _where(got, right, errors, problems)
    return Row(
        name=name,
        expected_shape=tuple(expected.shape),
        got_shape=None if value is None else tuple(value.shape),
        error=None if troubled or not math.isfinite(errors[worst]) else errors[worst],
        tol=tol,
        mistakes=mistakes,
        diagnosis=diagnosis,
    )


def _where(
    got: Sequence[Gradient],
    right: Sequence[Tensor],
    errors: Sequence[float],
    problems: Sequence[Problem],
) -> str:
    """What can be said for certain about an error that is not in the catalogue."""
    only = _only(errors, _tol(got), problems)
    worst = max(range(len(errors)), key=errors.__getitem__)
    value, expected = got[worst].value, right[worst]
    if value is None or value.shape != expected.shape:
        shape = None if value is None else tuple(value.shape)
        return f": shape {shape} where {tuple(expected.shape)} is expected.{only}"
    index = torch.unravel_index((value - expected).abs().argmax(), expected.shape)
    place = tuple(int(i) for i in index)
    wanted, found = _told_apart(expected[place].item(), value[place].item())
    return (
        f": off by {errors[worst]:.2g} of the largest entry; at {list(place)} expected "
        f"{wanted}, got {found}.{only}"
    )


def _only(errors: Sequence[float], tol: float, problems: Sequence[Problem]) -> str:
    """What the problems have in common on which alone the gradient is right, or wrong."""
    good = [error <= tol for error in errors]
    for special, words in (
        ([p.lambd == 0 for p in problems], "where λ = 0"),
        ([len(p.X) == 1 for p in problems], "for a single example"),
    ):
        if good == special:
            return f" It is right {words} and only there."
        if good == [not one for one in special]:
            return f" It is wrong {words} and only there."
    return ""


def _told_apart(a: float, b: float) -> tuple[str, str]:
    """Write two different numbers with three digits, or as many more as tell them apart."""
    digits = next((n for n in range(3, 17) if f"{a:.{n}g}" != f"{b:.{n}g}"), 17)
    return f"{a:.{digits}g}", f"{b:.{digits}g}"


def _error(value: Tensor, expected: Tensor) -> float:
    return relative_error(value, expected) if value.shape == expected.shape else math.inf


def _tol(got: Sequence[Gradient]) -> float:
    return max(gradient.tol for gradient in got)
