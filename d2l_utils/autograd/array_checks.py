"""Small checks of an engine for arrays, each with a name, to see which mistake shows where.

Right values are whole numbers or fractions by hand, and compared with ``==``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import Any

import numpy as np

from d2l_utils.border import checked

Check = Callable[[Any], bool]


def _leaf(engine: Any, numbers: Any) -> Any:
    return engine.Tensor(np.array(numbers, dtype=float), requires_grad=True)


def _gives(leaf: Any, right: Any) -> bool:
    return bool(leaf.grad.data.tolist() == right)


def _equal_shapes(engine: Any) -> bool:
    a, b = _leaf(engine, [[1, 2], [3, 4]]), _leaf(engine, [[5, 6], [7, 8]])
    (a * b + a).sum().backward()
    return _gives(a, [[6, 7], [8, 9]]) and _gives(b, [[1, 2], [3, 4]])


def _bias(engine: Any) -> bool:
    b = _leaf(engine, [[0, 0, 0]])
    (b + np.ones((4, 3))).sum().backward()
    return _gives(b, [[4, 4, 4]])


def _number(engine: Any) -> bool:
    x = _leaf(engine, 2)
    (x * np.array([1.0, 1.0, 0.0])).sum().backward()
    return _gives(x, 2)


def _row_sums(engine: Any) -> bool:
    x = _leaf(engine, [[1, 2], [3, 4]])
    (x.sum(1) * np.array([1.0, 10.0]).tolist()).sum().backward()
    return _gives(x, [[1, 1], [10, 10]])


def _column_means(engine: Any) -> bool:
    x = _leaf(engine, [[1, 2], [3, 4]])
    y = x.mean(0)
    y.sum().backward()
    return y.data.tolist() == [2, 3] and _gives(x, [[0.5, 0.5], [0.5, 0.5]])


def _repeated_rows(engine: Any) -> bool:
    x = _leaf(engine, [[1, 2], [3, 4]])
    x[[0, 0]].sum().backward()
    return _gives(x, [[2, 2], [0, 0]])


def _slice(engine: Any) -> bool:
    x = _leaf(engine, [1, 2, 3])
    x[1:].sum().backward()
    return _gives(x, [0, 1, 1])


def _one_product(engine: Any) -> bool:
    x, w = _leaf(engine, [[1, 2]]), _leaf(engine, [[3], [4]])
    (x @ w).sum().backward()
    return _gives(x, [[3, 4]]) and _gives(w, [[1], [2]])


def _two_products(engine: Any) -> bool:
    x, w = _leaf(engine, [[1, 2]]), _leaf(engine, [[3], [4]])
    (x @ w + x @ w).sum().backward()
    return _gives(x, [[6, 8]]) and _gives(w, [[2], [4]])


def _vector(engine: Any) -> bool:
    A, v = _leaf(engine, [[1, 2], [3, 4]]), _leaf(engine, [5, 6])
    (A @ v).sum().backward()
    return _gives(v, [4, 6]) and _gives(A, [[5, 6], [5, 6]])


def _batches(engine: Any) -> bool:
    A, B = _leaf(engine, np.ones((3, 1, 1, 2))), _leaf(engine, np.ones((2, 2, 1)))
    (A @ B).sum().backward()
    return _gives(A, np.full((3, 1, 1, 2), 2.0).tolist()) and _gives(
        B, np.full((2, 2, 1), 3.0).tolist()
    )


def _precision(engine: Any) -> bool:
    x = engine.Tensor(np.array([1, 2], np.float32), requires_grad=True)
    y = (x * 2.0).sum()
    y.backward()
    return bool(y.data.dtype == x.grad.data.dtype == np.float32)


def _list_sum(engine: Any) -> bool:
    x = _leaf(engine, [1, 2])
    sum([x * 2.0, x]).sum().backward()
    return _gives(x, [3, 3])


def _integers(engine: Any) -> bool:
    with suppress(TypeError):
        engine.Tensor(np.array([1, 2]), requires_grad=True)
        return False
    return True


def _left_operand(engine: Any) -> bool:
    x = _leaf(engine, [1, 2, 3])
    return bool((np.array([4.0, 5.0, 6.0]) * x).data.tolist() == [4, 10, 18])


def _error_in_no_grad(engine: Any) -> bool:
    x = _leaf(engine, [1, 2])
    with suppress(IndexError), engine.no_grad():
        x[7]
    return bool((x * 2.0).requires_grad)


def _two_sweeps(engine: Any) -> bool:
    x, w = _leaf(engine, [1, 2]), _leaf(engine, [3, 4])
    y = x + w
    z = (y * y).sum()
    z.backward()
    z.backward()
    return _gives(x, [16, 24]) and _gives(w, [16, 24])


def _write(engine: Any) -> bool:
    x, w = _leaf(engine, [1, 2]), _leaf(engine, [3, 4])
    y = (x * w).sum()
    with suppress(ValueError):  # refusing it is as good
        w.data[0] = 10.0
    y.backward()
    return _gives(x, [3, 4])


def _tanh(x: Any) -> float:
    return math.tanh(float(x.data))


def _first_tanh(engine: Any) -> bool:
    x = _leaf(engine, 0.5)
    (g,) = engine.grad(x.tanh(), [x])
    return math.isclose(g.item(), 1 - _tanh(x) ** 2, rel_tol=1e-12)


def _second_tanh(engine: Any) -> bool:
    x = _leaf(engine, 0.5)
    (g,) = engine.grad(x.tanh(), [x], create_graph=True)
    (h,) = engine.grad(g, [x])
    right = -2 * _tanh(x) * (1 - _tanh(x) ** 2)
    return math.isclose(h.item(), right, rel_tol=1e-12)


ARRAY_CHECKS: dict[str, Check] = {
    "equal shapes": _equal_shapes,
    "bias": _bias,
    "broadcast number": _number,
    "weighted row sums": _row_sums,
    "column means": _column_means,
    "repeated rows": _repeated_rows,
    "slice": _slice,
    "one product": _one_product,
    "two products": _two_products,
    "matrix, vector": _vector,
    "stretched batches": _batches,
    "float32": _precision,
    "sum of a list": _list_sum,
    "integers refused": _integers,
    "array on the left": _left_operand,
    "error in no_grad": _error_in_no_grad,
    "two sweeps": _two_sweeps,
    "write before the sweep": _write,
    "first derivative of tanh": _first_tanh,
    "second derivative of tanh": _second_tanh,
}
"""Name -> a check that takes an engine and says whether it passes."""


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
    return [name for name, check in ARRAY_CHECKS.items() if not _passes(check, engine)]


def _passes(check: Check, engine: Any) -> bool:
    """Run in a context of its own, so that recording that stays off ends with the check."""
    try:
        return copy_context().run(check, engine)
    except Exception:
        return False
