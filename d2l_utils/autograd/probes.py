"""Small programs that tell engines apart: what each gives, as numbers or as an error's name."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from d2l_utils.autograd.observations import plain

Outcome = tuple[float, ...] | str
"""The numbers that a program gave, or the name of the error that it raised."""


@dataclass(frozen=True)
class Probe:
    """A program and what to look at afterwards.

    Attributes:
        text: The program and what it gives, in words.
        run: Runs it with an engine and returns numbers.
        needs: Methods without which an engine does not offer it.
        exact: Whether all digits count.
        also: What other right engines give, where a meaning has to be chosen.
    """

    text: str
    run: Callable[[Any], tuple[float, ...]]
    needs: tuple[str, ...] = ()
    exact: bool = False
    also: tuple[Outcome, ...] = ()


class _NotOfferedError(Exception):
    """An engine has no way to do this, which is no mistake."""


def _swept(result: Any, *leaves: Any) -> tuple[float, ...]:
    result.backward()
    return (plain(result.data), *(plain(leaf.grad) for leaf in leaves))


def _one(program: Callable[[Any], Any], x: float) -> Callable[[Any], tuple[float, ...]]:
    def run(engine: Any) -> tuple[float, ...]:
        leaf = engine(x)
        return _swept(program(leaf), leaf)

    return run


def _two(
    program: Callable[[Any, Any], Any], a: float, b: float
) -> Callable[[Any], tuple[float, ...]]:
    def run(engine: Any) -> tuple[float, ...]:
        left, right = engine(a), engine(b)
        return _swept(program(left, right), left, right)

    return run


def _affine(x: Any) -> Any:
    y = x * x
    return y * x + y + x


def _uneven(x: Any) -> Any:
    y = x + x
    z = x + y
    return y + z


def _ladder(x: Any) -> Any:
    a = x * x
    b = a + x
    c = b * a
    d = c + b
    return d * a + c


def _late(x: Any) -> Any:
    a = x + x
    b = a * x
    c = b + x
    return x * c + a


def _unused(x: Any) -> Any:
    y = x * x
    y * x  # made, and not part of the result
    return y * y


def _equal(x: Any) -> Any:
    return (x + x) + x * x


def _twice(x: Any) -> Any:
    y = x * x
    return y + y


def _sweeps_of_a_shared_node(engine: Any) -> tuple[float, ...]:
    a, b = engine(2.0), engine(5.0)
    c = a * b
    (c * engine(2.0)).backward()
    first = plain(a.grad)
    (c * engine(3.0)).backward()
    return first, plain(a.grad), plain(b.grad)


def _zeroed_between(engine: Any) -> tuple[float, ...]:
    x = engine(2.0)
    y = x * engine(2.0) * engine(3.0)
    y.backward()
    try:
        x.grad = 0.0 if isinstance(x.grad, float) else x.grad * 0.0
    except AttributeError as error:
        raise _NotOfferedError from error
    y.backward()
    return (plain(x.grad),)


def _changed_before_sweep(engine: Any) -> tuple[float, ...]:
    a, b = engine(2.0), engine(3.0)
    c = a * b
    with suppress(AttributeError, ValueError, TypeError):  # refusing it is as good
        b.data = 10.0
    c.backward()
    return (plain(a.grad),)


_REFUSES = "RuntimeError"
"""A second sweep may be refused, as torch does by default."""

PROBES: tuple[Probe, ...] = (
    Probe("a + b at (2, 5)", _two(lambda a, b: a + b, 2.0, 5.0)),
    Probe("a * b at (2, 5)", _two(lambda a, b: a * b, 2.0, 5.0)),
    Probe("x + x at 3", _one(lambda x: x + x, 3.0)),
    Probe("x * x at 3", _one(lambda x: x * x, 3.0)),
    Probe("y = x * x; y + y at 3", _one(_twice, 3.0)),
    Probe("y = x * x; y * x + y + x at 3", _one(_affine, 3.0)),
    Probe("y = x + x; z = x + y; y + z at 3", _one(_uneven, 3.0)),
    Probe("a = x * x; b = a + x; c = b * a; d = c + b; d * a + c at 2", _one(_ladder, 2.0)),
    Probe("a = x + x; b = a * x; c = b + x; x * c + a at 2", _one(_late, 2.0)),
    Probe("y = x + x; z = x * x; y + z at 2, where y and z are one number", _one(_equal, 2.0)),
    Probe("y = x * x; y * y, with an unused y * x, at 2", _one(_unused, 2.0)),
    Probe(
        "c = a * b at (2, 5); sweep 2 c, then 3 c",
        _sweeps_of_a_shared_node,
        also=((10.0, 15.0, 6.0), _REFUSES),  # the first where a sweep begins at 0 everywhere
    ),
    Probe("6 x swept, x.grad set to 0, swept again", _zeroed_between, also=(_REFUSES,)),
    Probe("c = a * b at (2, 3); b.data = 10; then the sweep", _changed_before_sweep),
    Probe("relu(x) at 0.5", _one(lambda x: x.relu(), 0.5), ("relu",)),
    Probe("relu(x) at -2", _one(lambda x: x.relu(), -2.0), ("relu",)),
    Probe("relu(x) at 0", _one(lambda x: x.relu(), 0.0), ("relu",)),
    Probe("x + 2 at 3", _one(lambda x: x + 2, 3.0)),
    Probe("2 + x at 3", _one(lambda x: 2 + x, 3.0)),
    Probe("x * 2 at 3", _one(lambda x: x * 2, 3.0)),
    Probe("2 * x at 3", _one(lambda x: 2 * x, 3.0)),
    Probe("-x at 3", _one(lambda x: -x, 3.0), ("__neg__",)),
    Probe("a - b at (2, 5)", _two(lambda a, b: a - b, 2.0, 5.0), ("__sub__",)),
    Probe("1 - x at 3", _one(lambda x: 1 - x, 3.0), ("__sub__",)),
    Probe("a / b at (2, 8)", _two(lambda a, b: a / b, 2.0, 8.0), ("__truediv__",)),
    Probe("2 / x at 4", _one(lambda x: 2 / x, 4.0), ("__truediv__",)),
    Probe(
        "49 / 49",
        lambda engine: ((engine(49.0) / engine(49.0)).data,),
        ("__truediv__",),
        exact=True,
    ),
    Probe("x ** 2 at -3", _one(lambda x: x**2, -3.0), ("__pow__",)),
    Probe("x ** 3 at -3", _one(lambda x: x**3, -3.0), ("__pow__",)),
    Probe("x ** 0 at 0", _one(lambda x: x**0, 0.0), ("__pow__",)),
    Probe("a ** b at (2, 3)", _two(lambda a, b: a**b, 2.0, 3.0), ("__pow__",)),
    Probe("2 ** x at 3", _one(lambda x: 2**x, 3.0), ("__pow__",)),
    Probe("exp(x) at 1", _one(lambda x: x.exp(), 1.0), ("exp",)),
    Probe("log(x) at 2", _one(lambda x: x.log(), 2.0), ("log",)),
    Probe("tanh(x) at 0.5", _one(lambda x: x.tanh(), 0.5), ("tanh",)),
    Probe("sigmoid(x) at 0.5", _one(lambda x: x.sigmoid(), 0.5), ("sigmoid",)),
)
"""The programs, in the order of a report."""


def outcome(probe: Probe, engine: Any) -> Outcome | None:
    """Run one program; None if the engine does not offer what it needs.

    Args:
        probe: The program.
        engine: A class, whatever it may do.
    """
    if any(getattr(engine, name, None) is None for name in probe.needs):
        return None
    try:
        return tuple(float(number) for number in probe.run(engine))
    except _NotOfferedError:
        return None
    except Exception as error:
        return type(error).__name__


def same(a: Outcome | None, b: Outcome | None, exact: bool = False) -> bool:
    """Whether two outcomes are the same, but for rounding unless it counts.

    Args:
        a: One outcome.
        b: The other.
        exact: Whether all digits count.
    """
    if a is None or b is None or isinstance(a, str) or isinstance(b, str):
        return a == b
    if len(a) != len(b):
        return False
    tol = 0.0 if exact else 1e-9
    return all(
        (math.isnan(x) and math.isnan(y)) or math.isclose(x, y, rel_tol=tol, abs_tol=tol)
        for x, y in zip(a, b, strict=True)
    )


def is_right(probe: Probe, got: Outcome | None, right: Outcome | None) -> bool:
    """Whether an outcome is right: as in our engine, or as in another right one.

    Args:
        probe: The program.
        got: What came.
        right: What our engine gives.
    """
    return any(same(got, each, probe.exact) for each in (right, *probe.also))
