"""Small checks of an engine for arrays, each with a name, to see which mistake shows where.

Right values are whole numbers or fractions by hand; those of transcendental functions come from
`math`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from d2l_utils.autograd.array_forms import Form
from d2l_utils.autograd.array_outcomes import ArrayCheck

TANH, SIGMOID = math.tanh(0.5), 1 / (1 + math.exp(-0.5))


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


def _transposed(form: Form) -> Iterator[Any]:
    x = form.leaf([[1, 2, 3], [4, 5, 6]])
    y = x.T
    yield y
    (y * form.constant([[1, 2], [3, 4], [5, 6]])).sum().backward()
    yield x.grad


def _reshaped(form: Form) -> Iterator[Any]:
    x = form.leaf([[1, 2, 3], [4, 5, 6]])
    try:
        y = x.reshape(3, 2)
    except TypeError:  # some take the shape as one
        y = x.reshape((3, 2))
    yield y
    (y * form.constant([[1, 2], [3, 4], [5, 6]])).sum().backward()
    yield x.grad


def _second_tanh(form: Form) -> Iterator[Any]:
    x = form.leaf(0.5)
    (g,) = form.grad(x * x.tanh(), [x], create_graph=True)
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
    "vector, matrix": ArrayCheck(
        _of(lambda v, a: v @ a, [5, 6], SQUARE, sees_value=True),
        ([23, 34], [3, 7], [[5, 5], [6, 6]]),
        ("__matmul__",),
    ),
    "batches": ArrayCheck(
        _of(lambda a, b: a @ b, [[[1, 2]], [[3, 4]]], [[[5], [6]], [[7], [8]]], sees_value=True),
        ([[[17]], [[53]]], [[[5, 6]], [[7, 8]]], [[[1], [2]], [[3], [4]]]),
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
        _of(lambda x: x.relu(), [-2, 0, 0.5], sees_value=True), ([0, 0, 0.5], [0, 0, 1]), ("relu",)
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
    "number minus": ArrayCheck(
        _of(lambda x: 2 - x, [1, 5], sees_value=True), ([1, -3], [-1, -1]), ("__rsub__",)
    ),
    "number divided": ArrayCheck(
        _of(lambda x: 2 / x, [1, 4], sees_value=True), ([2, 0.5], [-2, -0.125]), ("__rtruediv__",)
    ),
    "power": ArrayCheck(
        _of(lambda x: x**3, [-3, 2], sees_value=True), ([-27, 8], [27, 12]), ("__pow__",)
    ),
    "power 0": ArrayCheck(
        _of(lambda x: x**0, [0, 2], sees_value=True), ([1, 1], [0, 0]), ("__pow__",)
    ),
    "exp": ArrayCheck(
        _of(lambda x: x.exp(), [0, 1], sees_value=True), ([1, math.e], [1, math.e]), ("exp",)
    ),
    "log": ArrayCheck(
        _of(lambda x: x.log(), [1, 4], sees_value=True), ([0, math.log(4)], [1, 0.25]), ("log",)
    ),
    "sigmoid": ArrayCheck(
        _of(lambda x: x.sigmoid(), [0, 0.5], sees_value=True),
        ([0.5, SIGMOID], [0.25, SIGMOID * (1 - SIGMOID)]),
        ("sigmoid",),
    ),
    "transpose": ArrayCheck(
        _transposed, ([[1, 4], [2, 5], [3, 6]], [[1, 3, 5], [2, 4, 6]]), ("T",)
    ),
    "another shape": ArrayCheck(
        _reshaped, ([[1, 2], [3, 4], [5, 6]], [[1, 2, 3], [4, 5, 6]]), ("reshape",)
    ),
    "first derivative of tanh": ArrayCheck(_of(lambda x: x.tanh(), 0.5), (1 - TANH**2,), ("tanh",)),
    "second derivative of x tanh x": ArrayCheck(
        _second_tanh,
        (TANH + (1 - TANH**2) / 2, (2 - TANH) * (1 - TANH**2)),
        ("tanh", "grad()"),
    ),
}
"""Name -> a check."""
