"""Small checks of an engine for arrays, each with a name, to see which mistake shows where.

Right values are whole numbers or fractions by hand; those of tanh come from `math`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

import numpy as np

from d2l_utils.autograd.array_forms import Form, Part, part, same_part
from d2l_utils.border import checked

Outcome = tuple[Part, ...]
"""What a check looked at, one after another; an error ends it."""

TANH = math.tanh(0.5)


@dataclass(frozen=True)
class ArrayCheck:
    """A program, what to look at, and what is right.

    Attributes:
        run: Runs it with an engine and yields what is looked at.
        right: The right values, of what it yields.
        needs: What an engine may do without (see `Form.offers`); it is then left out.
        also: What other right engines yield, where a meaning has to be chosen.
    """

    run: Callable[[Form], Iterator[Any]]
    right: tuple[Any, ...]
    needs: tuple[str, ...] = ()
    also: tuple[tuple[Any, ...], ...] = ()

    def outcome(self, form: Form) -> Outcome | None:
        """Run it; None if the engine does not offer what it needs.

        Args:
            form: The engine.
        """
        return self.outcome_anyway(form) if all(map(form.offers, self.needs)) else None

    def outcome_anyway(self, form: Form) -> Outcome:
        """Run it, whatever the engine offers.

        It runs in a context of its own, so that recording that stays off ends with it.

        Args:
            form: The engine.
        """
        return copy_context().run(_looked_at, self.run, form)

    def is_right(self, outcome: Outcome | None, tol: float = 1e-9) -> bool:
        """Whether an outcome is right.

        Args:
            outcome: What `outcome` returned.
            tol: How far a number may be off.
        """
        expected = (tuple(map(part, each)) for each in (self.right, *self.also))
        return any(
            same(outcome, each, tol) and _errors(outcome) == _errors(each) for each in expected
        )


def _looked_at(run: Callable[[Form], Iterator[Any]], form: Form) -> Outcome:
    found: list[Part] = []
    try:
        found.extend(map(part, run(form)))
    except Exception as error:
        found.append(f"!{type(error).__name__}")
    return tuple(found)


def _errors(outcome: Outcome | None) -> list[str]:
    return [each for each in outcome or () if isinstance(each, str)]


def same(a: Outcome | None, b: Outcome | None, tol: float) -> bool:
    """Whether two outcomes are the same; any two errors at the same place are.

    Args:
        a: One outcome.
        b: The other.
        tol: How far two numbers may be apart.
    """
    if a is None or b is None:
        return a is b
    return len(a) == len(b) and all(same_part(x, y, tol) for x, y in zip(a, b, strict=True))


def _of(
    program: Callable[..., Any], *leaves: Any, sees_value: bool = False
) -> Callable[[Form], Iterator[Any]]:
    """Sweep the sum of a program's result, and look at the gradients of the leaves."""

    def run(form: Form) -> Iterator[Any]:
        made = [form.leaf(each) for each in leaves]
        y = program(*made)
        if sees_value:
            yield y
        y.sum().backward()
        for leaf in made:
            yield leaf.grad

    return run


def _inner(x: Any) -> Any:
    y = x * x
    return y + y


def _uneven(x: Any) -> Any:
    y = x + x
    z = x + y
    return y + z


def _bias(form: Form) -> Iterator[Any]:
    b = form.leaf([[0, 0, 0]])
    (b + form.constant(np.ones((4, 3)))).sum().backward()
    yield b.grad


def _low_bias(form: Form) -> Iterator[Any]:
    b = form.leaf([0, 0, 0])
    (form.constant(np.ones((2, 4, 3))) + b).sum().backward()
    yield b.grad


def _number(form: Form) -> Iterator[Any]:
    x = form.leaf(2)
    (x * form.constant([1, 1, 0])).sum().backward()
    yield x.grad


def _weighted_sums(axis: int) -> Callable[[Form], Iterator[Any]]:
    def run(form: Form) -> Iterator[Any]:
        x = form.leaf([[1, 2], [3, 4]])
        (x.sum(axis) * form.constant([1, 10])).sum().backward()
        yield x.grad

    return run


def _precision(form: Form) -> Iterator[Any]:
    x = form.leaf([1, 2], np.float32)
    y = (x * 2.0).sum()
    y.backward()
    for each in (x, y, x.grad):
        array = each if isinstance(each, np.ndarray | np.generic) else each.data
        yield str(np.asarray(array).dtype)


def _integers(form: Form) -> Iterator[Any]:
    try:
        x = form.leaf([1, 2], int)
    except (TypeError, ValueError, RuntimeError):
        yield "refused"
        return
    (x * 0.5).sum().backward()
    yield x.grad


def _left_operand(form: Form) -> Iterator[Any]:
    x = form.leaf([1, 2, 3])
    y = np.array([4.0, 5.0, 6.0]) * x
    yield y
    if isinstance(y, np.ndarray):
        return  # of tensors: what can be done with it tells no more
    y.sum().backward()
    yield x.grad


def _error_in_no_grad(form: Form) -> Iterator[Any]:
    x = form.leaf([1, 2])
    with suppress(IndexError), form.no_grad():
        x[7]
    (x * 2.0).sum().backward()
    yield x.grad


def _two_sweeps(form: Form) -> Iterator[Any]:
    x, w = form.leaf([1, 2]), form.leaf([3, 4])
    y = x + w
    z = (y * y).sum()
    z.backward()
    yield x.grad
    z.backward()
    yield x.grad
    yield w.grad


def _write(form: Form) -> Iterator[Any]:
    x, w = form.leaf([1, 2]), form.leaf([3, 4])
    y = (x * w).sum()
    with suppress(ValueError, TypeError):  # refusing it is as good
        w.data[0] = 10.0
    y.backward()
    yield x.grad


def _second_tanh(form: Form) -> Iterator[Any]:
    x = form.leaf(0.5)
    (g,) = form.grad(x.tanh(), [x], create_graph=True)
    yield g
    yield form.grad(g, [x])[0]


SQUARE, OTHER = [[1, 2], [3, 4]], [[5, 6], [7, 8]]
FIRST = [8, 12]
"""The gradient of x and of w after the first of two sweeps."""

ARRAY_CHECKS: dict[str, ArrayCheck] = {
    "equal shapes": ArrayCheck(_of(lambda a, b: a * b, SQUARE, OTHER), (OTHER, SQUARE)),
    "used twice": ArrayCheck(
        _of(lambda a, b: a * b + a, SQUARE, OTHER), ([[6, 7], [8, 9]], SQUARE)
    ),
    "result used twice": ArrayCheck(_of(_inner, [3, 5]), ([12, 20],)),
    "paths of two lengths": ArrayCheck(_of(_uneven, [3, 5]), ([5, 5],)),
    "bias": ArrayCheck(_bias, ([[4, 4, 4]],)),
    "bias of one axis": ArrayCheck(_low_bias, ([8, 8, 8],)),
    "broadcast number": ArrayCheck(_number, (2,)),
    "weighted row sums": ArrayCheck(_weighted_sums(1), ([[1, 1], [10, 10]],), ("sum axis",)),
    "weighted column sums": ArrayCheck(_weighted_sums(0), ([[1, 10], [1, 10]],), ("sum axis",)),
    "mean of all": ArrayCheck(
        _of(lambda x: x.mean(), SQUARE, sees_value=True), (2.5, [[0.25] * 2] * 2), ("mean",)
    ),
    "column means": ArrayCheck(
        _of(lambda x: x.mean(0), SQUARE, sees_value=True),
        ([2, 3], [[0.5] * 2] * 2),
        ("mean axis",),
    ),
    "repeated rows": ArrayCheck(
        _of(lambda x: x[[0, 0]], SQUARE), ([[2, 2], [0, 0]],), ("__getitem__",)
    ),
    "slice": ArrayCheck(_of(lambda x: x[1:], [1, 2, 3]), ([0, 1, 1],), ("__getitem__",)),
    "one product": ArrayCheck(
        _of(lambda x, w: x @ w, [[1, 2]], [[3], [4]]), ([[3, 4]], [[1], [2]]), ("__matmul__",)
    ),
    "two products": ArrayCheck(
        _of(lambda x, w: x @ w + x @ w, [[1, 2]], [[3], [4]]),
        ([[6, 8]], [[2], [4]]),
        ("__matmul__",),
    ),
    "matrix, vector": ArrayCheck(
        _of(lambda a, v: a @ v, SQUARE, [5, 6], sees_value=True),
        ([17, 39], [[5, 6], [5, 6]], [4, 6]),
        ("__matmul__",),
    ),
    "stretched batches": ArrayCheck(
        _of(lambda a, b: a @ b, np.ones((3, 1, 1, 2)), np.ones((2, 2, 1)), sees_value=True),
        (np.full((3, 2, 1, 1), 2), np.full((3, 1, 1, 2), 2), np.full((2, 2, 1), 3)),
        ("__matmul__",),
    ),
    "float32": ArrayCheck(_precision, ("float32",) * 3, also=(("float64",) * 3,)),
    "sum of a list": ArrayCheck(_of(lambda x: sum([x * 2.0, x]), [1, 2]), ([3, 3],)),
    "integers refused": ArrayCheck(_integers, ("refused",), also=(([0.5, 0.5],),)),
    "array on the left": ArrayCheck(_left_operand, ([4, 10, 18], [4, 5, 6]), ("__rmul__",)),
    "error in no_grad": ArrayCheck(_error_in_no_grad, ([2, 2],), ("no_grad()", "__getitem__")),
    "two sweeps": ArrayCheck(
        _two_sweeps,
        (FIRST, [16, 24], [16, 24]),
        also=((FIRST, FIRST, FIRST), (FIRST, "!RuntimeError")),
    ),
    "write before the sweep": ArrayCheck(_write, ([3, 4],), also=(("!RuntimeError",),)),
    "relu": ArrayCheck(
        _of(lambda x: x.relu(), [-2, 0, 3], sees_value=True), ([0, 0, 3], [0, 0, 1]), ("relu",)
    ),
    "difference": ArrayCheck(
        _of(lambda a, b: a - b, [1, 2], [3, 5], sees_value=True),
        ([-2, -3], [1, 1], [-1, -1]),
        ("__sub__",),
    ),
    "quotient": ArrayCheck(
        _of(lambda a, b: a / b, [1, 2], [2, 4], sees_value=True),
        ([0.5, 0.5], [0.5, 0.25], [-0.25, -0.125]),
        ("__truediv__",),
    ),
    "first derivative of tanh": ArrayCheck(_of(lambda x: x.tanh(), 0.5), (1 - TANH**2,), ("tanh",)),
    "second derivative of tanh": ArrayCheck(
        _second_tanh, (1 - TANH**2, -2 * TANH * (1 - TANH**2)), ("tanh", "grad()")
    ),
}
"""Name -> a check."""


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
