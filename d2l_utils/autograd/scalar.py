"""`Value`: a number that remembers what it was made of, and can sweep its graph backward.

It serves exercise 6 of the draft's section 5.3. An edge holds an input and the local derivative,
already a number: nothing refers to its own result, so no reference cycle keeps a graph alive, and
data that change later change no gradient.
"""

from __future__ import annotations

import math
from numbers import Real
from typing import Any, Self

from d2l_utils.autograd.order import topological_order
from d2l_utils.border.constraints import shown


class Value:
    """A real number in a graph.

    Attributes:
        data: The number.
        grad: The derivative of what was swept by this number. In a leaf sweeps add up until it is
            set to 0; in what was computed each sweep starts afresh.
        edges: An input and the local derivative, for each use.

    Raises:
        TypeError: If `data` is not a real number.
    """

    __slots__ = ("data", "edges", "grad")
    __array_ufunc__ = None  # NumPy's numbers then leave operators to the methods below

    def __init__(self, data: object, *edges: tuple[Any, float]) -> None:
        self.data = _real(data)
        self.grad = 0.0
        kept = [edge for edge in edges if isinstance(edge[0], Value)]
        self.edges: list[tuple[Self, float]] = kept

    def __repr__(self) -> str:
        return f"Value({self.data:g}, grad={self.grad:g})"

    def __add__(self, other: Self | float) -> Self:
        return type(self)(self.data + _number(other), (self, 1.0), (other, 1.0))

    def __mul__(self, other: Self | float) -> Self:
        b = _number(other)
        return type(self)(self.data * b, (self, b), (other, self.data))

    def __sub__(self, other: Self | float) -> Self:
        return type(self)(self.data - _number(other), (self, 1.0), (other, -1.0))

    def __truediv__(self, other: Self | float) -> Self:
        b = _number(other)
        quotient = self.data / b
        return type(self)(quotient, (self, 1 / b), (other, -quotient / b))

    def __pow__(self, other: Self | float) -> Self:
        a, b = _power(self.data, _number(other))
        by_b = _slope_by_exponent(a, b) if isinstance(other, Value) else 0.0
        return type(self)(a**b, (self, _slope_by_base(a, b)), (other, by_b))

    def __neg__(self) -> Self:
        return type(self)(-self.data, (self, -1.0))

    def __radd__(self, other: float) -> Self:
        return self + other

    def __rmul__(self, other: float) -> Self:
        return self * other

    def __rsub__(self, other: float) -> Self:
        return type(self)(_number(other)) - self

    def __rtruediv__(self, other: float) -> Self:
        return type(self)(_number(other)) / self

    def __rpow__(self, other: float) -> Self:
        return type(self)(_number(other)) ** self

    def exp(self) -> Self:
        """Return e to the power of this number."""
        y = math.exp(self.data)
        return type(self)(y, (self, y))

    def log(self) -> Self:
        """Return the natural logarithm; raises ValueError unless the number is above 0."""
        if not self.data > 0:
            raise ValueError(f"log: expected a number above 0, got {self.data:g}")
        return type(self)(math.log(self.data), (self, 1 / self.data))

    def tanh(self) -> Self:
        """Return the hyperbolic tangent."""
        y = math.tanh(self.data)
        return type(self)(y, (self, 1 - y * y))

    def relu(self) -> Self:
        """Return the number, or 0 if it is negative; the slope at 0 is 0, as in torch."""
        return type(self)(max(self.data, 0.0), (self, float(self.data > 0)))

    def sigmoid(self) -> Self:
        """Return 1 / (1 + exp(-x)), from the side that cannot overflow."""
        e = math.exp(-abs(self.data))
        y = (1.0 if self.data >= 0 else e) / (1 + e)
        return type(self)(y, (self, e / (1 + e) ** 2))

    def backward(self) -> None:
        """Sweep: find the derivative of this number by every number that it was made of."""
        order = topological_order(self)
        for node in order:
            if node.edges:
                node.grad = 0.0  # a leaf keeps what earlier sweeps left
        self.grad += 1.0
        for node in reversed(order):
            for source, slope in node.edges:
                source.grad += slope * node.grad


def _real(data: object) -> float:
    if isinstance(data, bool) or not isinstance(data, Real):
        raise TypeError(f"expected a Value or a real number, got {shown(data)}")
    try:
        return float(data)
    except OverflowError as error:
        raise ValueError(f"expected a number that a float can hold, got {shown(data)}") from error


def _number(other: object) -> float:
    return other.data if isinstance(other, Value) else _real(other)


def _power(a: float, b: float) -> tuple[float, float]:
    """Return base and exponent if their power is a real number."""
    if (a < 0 and math.isfinite(b) and not b.is_integer()) or (a == 0 and b < 0):
        raise ValueError(f"**: expected a power that is a real number, got {a:g} ** {b:g}")
    return a, b


def _slope_by_base(a: float, b: float) -> float:
    """Return the derivative of a**b by a, in the limits too: 0 for b = 0."""
    if b == 0:
        return 0.0
    return math.inf if a == 0 and b < 1 else float(b * a ** (b - 1))


def _slope_by_exponent(a: float, b: float) -> float:
    """Return the derivative of a**b by b: 0 at a = 0, and none (NaN) below."""
    if a > 0:
        return float(a**b * math.log(a))
    return 0.0 if a == 0 else math.nan
