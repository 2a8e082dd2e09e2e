"""Taylor mode: all derivatives of a function of one variable up to an order, in one forward pass.

A number is replaced by its Taylor polynomial c_0 + c_1 t + ... + c_K t^K, and each operation by the
recurrence for its coefficients (Griewank and Walther, 2008, chapter 13). An operation costs O(K^2)
multiplications, while reverse mode nested K times can cost a constant to the power of K.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class Tally:
    """How much work was done.

    Attributes:
        multiplications: Products of two coefficients, and divisions, so far.
    """

    multiplications: int = 0


@dataclass(frozen=True)
class Taylor:
    """A truncated power series in t; supports + - * / ** with whole exponents, and `sqrt` below.

    Attributes:
        coefficients: c_0, ..., c_K.
        tally: Counts the work; shared by everything computed from this series.
    """

    coefficients: tuple[float, ...]
    tally: Tally = field(default_factory=Tally, compare=False, repr=False)

    def __add__(self, other: Taylor | float) -> Taylor:
        b = self._series(other)
        return self._new([x + y for x, y in zip(self.coefficients, b, strict=True)])

    __radd__ = __add__

    def __neg__(self) -> Taylor:
        return self._new([-x for x in self.coefficients])

    def __sub__(self, other: Taylor | float) -> Taylor:
        return self + -other

    def __rsub__(self, other: float) -> Taylor:
        return -self + other

    def __mul__(self, other: Taylor | float) -> Taylor:
        a, b = self.coefficients, self._series(other)
        return self._new([self._dot(a[: k + 1], b[: k + 1]) for k in range(len(a))])

    __rmul__ = __mul__

    def __truediv__(self, other: Taylor | float) -> Taylor:
        a, b = self.coefficients, self._series(other)
        q: list[float] = []
        for k in range(len(a)):  # a_k = sum_j q_j b_(k-j), solved for q_k
            q.append(self._divide(a[k] - self._dot(q, b[1 : k + 1]), b[0]))
        return self._new(q)

    def __rtruediv__(self, other: float) -> Taylor:
        return self._new(self._series(other)) / self

    def __pow__(self, exponent: int) -> Taylor:
        if isinstance(exponent, bool) or not isinstance(exponent, int) or exponent < 1:
            raise ValueError(f"exponent: expected a positive integer, got {exponent!r}")
        result = self
        for _ in range(exponent - 1):
            result = result * self
        return result

    def _series(self, other: Taylor | float) -> tuple[float, ...]:
        if isinstance(other, Taylor):
            if len(other.coefficients) != len(self.coefficients):
                raise ValueError(
                    f"expected {len(self.coefficients)} coefficients, got {len(other.coefficients)}"
                )
            return other.coefficients
        return (float(other),) + (0.0,) * (len(self.coefficients) - 1)

    def _new(self, coefficients: Sequence[float]) -> Taylor:
        return Taylor(tuple(coefficients), self.tally)

    def _dot(self, a: Sequence[float], b: Sequence[float]) -> float:
        """Sum of a_j b_(m-j): one coefficient of a product."""
        self.tally.multiplications += len(a)
        return sum(x * y for x, y in zip(a, reversed(b), strict=True))

    def _divide(self, a: float, b: float) -> float:
        self.tally.multiplications += 1
        return a / b

    def _slopes(self) -> list[float]:
        """Coefficients of the derivative with respect to t: (k + 1) c_(k+1)."""
        self.tally.multiplications += len(self.coefficients) - 1
        return [k * c for k, c in enumerate(self.coefficients)][1:]


def exp(u: Taylor) -> Taylor:
    """Exponential, from v' = u' v."""
    slopes, v = u._slopes(), [math.exp(u.coefficients[0])]
    for k in range(1, len(u.coefficients)):
        v.append(u._divide(u._dot(slopes[:k], v), k))
    return u._new(v)


def log(u: Taylor) -> Taylor:
    """Natural logarithm, from u v' = u'."""
    slopes = u._new([*u._slopes(), 0.0]) / u
    return _integrate(math.log(u.coefficients[0]), slopes)


def sqrt(u: Taylor) -> Taylor:
    """Square root, from v v = u."""
    v = [math.sqrt(u.coefficients[0])]
    for k in range(1, len(u.coefficients)):
        v.append(u._divide(u.coefficients[k] - u._dot(v[1:], v[1:]), 2 * v[0]))
    return u._new(v)


def sin(u: Taylor) -> Taylor:
    """Sine, from s' = u' c and c' = -u' s."""
    slopes = u._slopes()
    s, c = [math.sin(u.coefficients[0])], [math.cos(u.coefficients[0])]
    for k in range(1, len(u.coefficients)):
        from_c, from_s = u._dot(slopes[:k], c), u._dot(slopes[:k], s)
        s.append(u._divide(from_c, k))
        c.append(u._divide(-from_s, k))
    return u._new(s)


def tanh(u: Taylor) -> Taylor:
    """Hyperbolic tangent, from v' = u' w with w = 1 - v^2."""
    slopes, v, w = u._slopes(), [math.tanh(u.coefficients[0])], [0.0]
    w[0] = 1 - v[0] ** 2
    for k in range(1, len(u.coefficients)):
        v.append(u._divide(u._dot(slopes[:k], w), k))
        w.append(-u._dot(v, v))
    return u._new(v)


def derivatives(
    f: Callable[[Taylor], Taylor], x: float, order: int, tally: Tally | None = None
) -> list[float]:
    """Compute f(x), f'(x), ..., up to the derivative of the given order.

    Args:
        f: A function made of the operations of this module.
        x: Where to differentiate.
        order: K, at least 0.
        tally: Receives the number of multiplications, if given.

    Returns:
        K + 1 numbers; the k-th is k! times the k-th Taylor coefficient of f(x + t).

    Raises:
        ValueError: If `order` is negative.
    """
    if order < 0:
        raise ValueError(f"order: expected an integer >= 0, got {order}")
    t = Taylor((float(x), 1.0, *[0.0] * order)[: order + 1], tally or Tally())
    return [math.factorial(k) * c for k, c in enumerate(f(t).coefficients)]


def _integrate(constant: float, slopes: Taylor) -> Taylor:
    c = slopes.coefficients
    return slopes._new([constant, *[slopes._divide(c[k - 1], k) for k in range(1, len(c))]])
