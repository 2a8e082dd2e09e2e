"""`Tensor`: NumPy arrays that are differentiated, as often as one likes.

It serves exercise 6 of the draft's section 5.3. Each operation's rule is written in the engine's
own operations, so what a sweep computes can be swept again. A rule is given its result as an
argument (``rule(g, y)``) in place of holding it: no reference cycle keeps a graph alive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from copy import deepcopy
from numbers import Real
from typing import Any

import numpy as np

from d2l_utils.autograd.order import topological_order
from d2l_utils.autograd.shapes import common_shape, reaches, wrong
from d2l_utils.border import checked
from d2l_utils.border.constraints import shown

Axis = int | tuple[int, ...] | None
Rule = Callable[["Tensor", "Tensor"], "Tensor"]
"""(gradient of the result, the result) -> what the gradient of the input gains."""

_RECORDS = ContextVar("records", default=True)


class Tensor:
    """An array of floating-point numbers in a graph.

    Attributes:
        requires_grad: Whether gradients reach it.
        grad: What `backward` left in a leaf, a Tensor of the same shape; None before.
        edges: An input and its rule, for each use that is differentiated.

    Raises:
        TypeError: If the data are not floating-point numbers.
        ValueError: If their rows differ in length.
    """

    __slots__ = ("_data", "edges", "grad", "requires_grad")
    __array_ufunc__ = None  # NumPy's arrays then leave operators to the methods below

    @checked
    def __init__(self, data: Any, requires_grad: bool = False) -> None:
        array = _array(data)
        if array.dtype.kind != "f":
            raise TypeError(f"expected floating-point numbers, got {array.dtype}: write 1.0 for 1")
        self._fill(array, requires_grad, [])

    def _fill(self, data: Any, requires_grad: bool, edges: list[tuple[Tensor, Rule]]) -> None:
        self._data: np.ndarray[Any, Any] = np.asarray(data)
        self._data.flags.writeable = False  # rules read it later: a write is an error
        self.requires_grad = requires_grad
        self.grad: Tensor | None = None
        self.edges = edges

    @property
    def data(self) -> np.ndarray[Any, Any]:
        """The numbers, which cannot be written to."""
        return self._data

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return tuple(self._data.shape)

    @property
    def T(self) -> Tensor:  # noqa: N802 as in NumPy
        """The same with its axes in reverse order."""
        return self.permute(*reversed(range(self.data.ndim)))

    def __repr__(self) -> str:
        return f"Tensor({self.data.tolist()}, {self.data.dtype})"

    def item(self) -> float:
        """Return the number of a tensor that holds one; raises ValueError for more."""
        return float(self.data.item())

    def __add__(self, other: Any) -> Tensor:
        a, b = _pair(self, other)
        return _made(a.data + b.data, (a, lambda g, y: g), (b, lambda g, y: g))

    def __mul__(self, other: Any) -> Tensor:
        a, b = _pair(self, other)
        return _made(a.data * b.data, (a, lambda g, y: g * b), (b, lambda g, y: g * a))

    def __truediv__(self, other: Any) -> Tensor:
        a, b = _pair(self, other)
        return _made(a.data / b.data, (a, lambda g, y: g / b), (b, lambda g, y: -g * y / b))

    def __pow__(self, power: Any) -> Tensor:
        if isinstance(power, bool) or not isinstance(power, Real):
            raise TypeError(f"**: expected a number above, got {power!r}: use (b * a.log()).exp()")
        p = float(power)
        return _made(
            self.data**p, (self, lambda g, y: g * self ** (p - 1) * p if p != 0 else g * 0.0)
        )

    def __neg__(self) -> Tensor:
        return _made(-self.data, (self, lambda g, y: -g))

    def __sub__(self, other: Any) -> Tensor:
        return self + -_lifted(other, self)

    def __rsub__(self, other: Any) -> Tensor:
        return _lifted(other, self) - self

    def __rtruediv__(self, other: Any) -> Tensor:
        return _lifted(other, self) / self

    def __rmatmul__(self, other: Any) -> Tensor:
        return _lifted(other, self) @ self

    __radd__ = __add__
    __rmul__ = __mul__

    def exp(self) -> Tensor:
        """Return e to the power of each entry."""
        return _made(np.exp(self.data), (self, lambda g, y: g * y))

    def log(self) -> Tensor:
        """Return the natural logarithm of each entry; raises ValueError if one is not above 0."""
        if not (self.data > 0).all():
            raise ValueError(f"log: expected numbers above 0, got {self.data.min():g}")
        return _made(np.log(self.data), (self, lambda g, y: g / self))

    def tanh(self) -> Tensor:
        """Return the hyperbolic tangent of each entry."""
        return _made(np.tanh(self.data), (self, lambda g, y: g * (1.0 - y * y)))

    def sigmoid(self) -> Tensor:
        """Return 1 / (1 + exp(-x)) for each entry, from the side that cannot overflow."""
        e = np.exp(-abs(self.data))
        value = np.where(self.data >= 0, 1, e) / (1 + e)
        return _made(value.astype(e.dtype), (self, lambda g, y: g * y * (1.0 - y)))

    def relu(self) -> Tensor:
        """Return each entry, or 0 where it is negative; the slope at 0 is 0, as in torch."""
        positive = self.data > 0
        return _made(np.maximum(self.data, 0), (self, lambda g, y: g * positive))

    def logsumexp(self, axis: Axis = None) -> Tensor:
        """Return log(sum(exp)), moved so that no power overflows; ValueError if all are 0."""
        top = self.data.max(axis=axis, keepdims=True)
        top = _made(np.where(np.isfinite(top), top, 0))
        total = (self - top).exp().sum(axis).log()
        return total + top.reshape(*total.shape)

    def broadcast_to(self, shape: tuple[int, ...]) -> Tensor:
        """Repeat along new axes and those of length 1; raises ValueError if that cannot be."""
        if self.shape == shape:
            return self
        if not reaches(self.shape, shape):
            raise wrong(f"a shape that broadcasts to {shape}", self.shape)
        value = np.broadcast_to(self.data, shape)
        return _made(value, (self, lambda g, y: g.sum_to(self.shape)))

    def sum_to(self, shape: tuple[int, ...]) -> Tensor:
        """Add up what broadcasting from `shape` had repeated; its rule is broadcasting again."""
        if self.shape == shape:
            return self
        if not reaches(shape, self.shape):
            raise wrong(f"a shape that was broadcast from {shape}", self.shape)
        new = len(self.shape) - len(shape)
        long = [new + i for i, n in enumerate(shape) if n == 1]
        value = self.data.sum(axis=(*range(new), *long)).reshape(shape)
        return _made(value, (self, lambda g, y: g.broadcast_to(self.shape)))

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Add along an axis, several or all; raises numpy's AxisError if there is none such."""
        value = self.data.sum(axis=axis, keepdims=keepdims)
        kept = self.data.sum(axis=axis, keepdims=True).shape
        return _made(value, (self, lambda g, y: g.reshape(*kept).broadcast_to(self.shape)))

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Average along an axis, several or all."""
        total = self.sum(axis, keepdims)
        return total / (self.data.size / max(total.data.size, 1))

    def reshape(self, *shape: int) -> Tensor:
        """Return the same entries in another shape; raises ValueError if their number differs."""
        return _made(self.data.reshape(shape), (self, lambda g, y: g.reshape(*self.shape)))

    def permute(self, *axes: int) -> Tensor:
        """Return the same entries with the axes in another order."""
        back = np.argsort([a % len(axes) for a in axes]).tolist()
        return _made(self.data.transpose(axes), (self, lambda g, y: g.permute(*back)))

    def __getitem__(self, key: Any) -> Tensor:
        key = deepcopy(key)  # the rule reads it later
        return _made(self.data[key], (self, lambda g, y: g.put(key, self.shape)))

    def put(self, key: Any, shape: tuple[int, ...]) -> Tensor:
        """Add each entry to the place in zeros that it was taken from; repeats add up."""
        zeros = np.zeros(shape, self.data.dtype)
        np.add.at(zeros, key, self.data)
        return _made(zeros, (self, lambda g, y: g[key]))

    def __matmul__(self, other: Any) -> Tensor:
        a, b = self, _lifted(other, self)
        m, n = a.shape, b.shape
        if not m or not n or m[-1] != n[-2 if len(n) > 1 else 0]:
            raise wrong("@ of (..., k) and (k,) or (..., k, m)", f"{m} and {n}")
        a = a.reshape(1, *m) if len(m) == 1 else a
        b = b.reshape(*n, 1) if len(n) == 1 else b
        batch = common_shape(a.shape[:-2], b.shape[:-2])
        a = a.broadcast_to(batch + a.shape[-2:])
        y = _product(a, b.broadcast_to(batch + b.shape[-2:]))
        return y.reshape(*batch, *m[-2:-1], *n[-1:] * (len(n) > 1))

    def backward(self) -> None:
        """Sweep, and add each leaf's gradient to its `grad`.

        Raises:
            ValueError: If this is not one number, or no input wants a gradient.
        """
        grads = _sweep(self, None, create_graph=False)
        with no_grad():
            for node, g in grads.items():
                if not node.edges:
                    node.grad = g if node.grad is None else node.grad + g


@checked
def grad(
    y: Tensor,
    xs: Sequence[Tensor],
    grad_outputs: Any | None = None,
    create_graph: bool = False,
) -> list[Tensor]:
    """Return the gradients of a result, without storing them anywhere.

    Args:
        y: The result.
        xs: By what to differentiate: leaves or what was computed; zeros for what y does not use.
        grad_outputs: What y's entries count, in its shape; may be left out for one number.
        create_graph: Whether the gradients are to be differentiated in turn.

    Returns:
        One tensor for each of `xs`, of its shape.

    Raises:
        TypeError: If `xs` is not a sequence of tensors.
        ValueError: If y is not one number and `grad_outputs` is missing or of another shape, or
            one of `xs` wants no gradient.
    """
    if not all(x.requires_grad for x in xs):
        raise wrong("xs that require gradients", "one that does not")
    grads = _sweep(y, grad_outputs, create_graph)
    return [grads[x] if x in grads else _made(np.zeros_like(x.data)) for x in xs]


@contextmanager
def no_grad() -> Iterator[None]:
    """Record nothing inside; what was recorded before stays, also when an error leaves it."""
    token = _RECORDS.set(False)
    try:
        yield
    finally:
        _RECORDS.reset(token)


def _sweep(y: Tensor, seed: Any, create_graph: bool) -> dict[Tensor, Tensor]:
    if not y.requires_grad:
        raise wrong("a result that requires a gradient", "one without")
    if seed is None and y.data.size != 1:
        raise wrong("one number to differentiate", f"shape {y.shape}")
    g = _lifted(np.ones(y.shape) if seed is None else seed, y)
    if g.shape != y.shape:
        raise wrong(f"grad_outputs of shape {y.shape}", g.shape)
    grads = {y: g}
    with nullcontext() if create_graph else no_grad():
        for node in reversed(topological_order(y)):
            for source, rule in node.edges:
                part = rule(grads[node], node)
                grads[source] = grads[source] + part if source in grads else part
    return grads


def _made(data: Any, *edges: tuple[Tensor, Rule]) -> Tensor:
    """Make a result; it keeps edges only to inputs that want a gradient."""
    kept = [edge for edge in edges if edge[0].requires_grad] if _RECORDS.get() else []
    made = Tensor.__new__(Tensor)
    made._fill(data, bool(kept), kept)
    return made


def _product(a: Tensor, b: Tensor) -> Tensor:
    """Multiply matrices of equal batch shapes."""
    last = (*range(a.data.ndim - 2), a.data.ndim - 1, a.data.ndim - 2)
    return _made(
        a.data @ b.data,
        (a, lambda g, y: _product(g, b.permute(*last))),
        (b, lambda g, y: _product(a.permute(*last), g)),
    )


def _array(data: Any) -> np.ndarray[Any, Any]:
    """Copy numbers into an array."""
    if not isinstance(data, Real | list | tuple | np.ndarray | np.generic):
        raise TypeError(f"expected real numbers, got {shown(data)}")
    try:
        array = np.array(data)
    except ValueError as error:
        raise ValueError(f"expected rows of equal length, got {shown(data)}") from error
    if array.dtype.kind not in "fiub":
        raise TypeError(f"expected real numbers, got {shown(data)}")
    return array


def _lifted(other: Any, like: Tensor) -> Tensor:
    """Return a tensor as it is, and other numbers as a constant of the same precision."""
    if not isinstance(other, Tensor):
        return _made(_array(other).astype(like.data.dtype))
    if other.data.dtype != like.data.dtype:
        raise TypeError(f"expected {like.data.dtype} on both sides, got {other.data.dtype}")
    return other


def _pair(a: Tensor, other: Any) -> tuple[Tensor, Tensor]:
    """Bring two operands to one shape."""
    b = _lifted(other, a)
    shape = a.shape if a.shape == b.shape else common_shape(a.shape, b.shape)
    return a.broadcast_to(shape), b.broadcast_to(shape)
