"""Every small program, and derivatives by a way that has no graph to get wrong.

A program is a list of operations on one input and on earlier results; its value is the last result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from d2l_utils.border import Number, checked
from d2l_utils.border.constraints import shown

Line = tuple[str, tuple[int, ...]]
"""An operation and the places of its operands: 0 is x, k the result of line k."""


@dataclass(frozen=True)
class Program:
    """A straight-line program in one input.

    Attributes:
        lines: The operations, in order.
    """

    lines: tuple[Line, ...]

    def __call__(self, x: Any) -> Any:
        """Run the program on numbers of any kind.

        Args:
            x: The input; it knows ``+``, ``*`` and ``relu()``.

        Returns:
            The last result.
        """
        results = [x]
        for name, places in self.lines:
            a, b = results[places[0]], results[places[-1]]
            results.append(a + b if name == "+" else a * b if name == "*" else a.relu())
        return results[-1]

    def __str__(self) -> str:
        said = []
        for number, (name, places) in enumerate(self.lines, start=1):
            a, b = _letter(places[0]), _letter(places[-1])
            said.append(
                f"{_letter(number)} = {f'relu({a})' if name == 'relu' else f'{a} {name} {b}'}"
            )
        return "; ".join(said)


@dataclass(frozen=True)
class Dual:
    """A number with its derivative, carried forward through each operation.

    Attributes:
        data: The number.
        slope: Its derivative by the input.
    """

    data: float
    slope: float

    def __add__(self, other: Dual) -> Dual:
        return Dual(self.data + other.data, self.slope + other.slope)

    def __mul__(self, other: Dual) -> Dual:
        slope = self.slope * other.data + self.data * other.slope
        return Dual(self.data * other.data, slope)

    def relu(self) -> Dual:
        """Return the number, or 0 with slope 0 unless it is above 0."""
        return self if self.data > 0 else Dual(0.0, 0.0)


Operations = Annotated[int, Number(at_least=1, at_most=5)]
"""How many operations a program has at most: of 5 there are 311,427 programs."""


@checked
def programs(operations: Operations) -> Iterator[Program]:
    """List all programs with up to so many operations from +, * and relu, the shortest first.

    Operands of + and * come in one order only, since both commute; every earlier result may be used
    again, or not at all.

    Args:
        operations: How many at most.

    Yields:
        The programs, always in the same order.

    Raises:
        ValueError: If `operations` is not from 1 to 5.
    """
    for length in range(1, operations + 1):
        yield from map(Program, _lines(length))


def _lines(length: int) -> Iterator[tuple[Line, ...]]:
    if length == 0:
        yield ()
        return
    for before in _lines(length - 1):
        for a in range(length):
            for b in range(a, length):
                yield (*before, ("+", (a, b)))
                yield (*before, ("*", (a, b)))
            yield (*before, ("relu", (a,)))


@checked
def first_failure(
    engine: Callable[[float], Any],
    operations: Operations = 4,
    points: Sequence[float] = (3.0, -2.0, 0.0),
) -> tuple[Program, float, float, float] | None:
    """Compare an engine with dual numbers on every small program, with ``==``.

    All numbers are whole and small, so both are exact. Programs come shortest first: the failure is
    a smallest one.

    Args:
        engine: A class like `Value`.
        operations: As in `programs`.
        points: Where to differentiate; whole numbers.

    Returns:
        The program, the point, the right slope and the engine's; None if all are right.

    Raises:
        ValueError: If the engine fails on a program.
    """
    for program in programs(operations):
        for point in points:
            right = program(Dual(point, 1.0)).slope
            got = _slope(engine, program, point)
            if got != right:
                return program, point, right, got
    return None


def _slope(engine: Callable[[float], Any], program: Program, point: float) -> Any:
    try:
        x = engine(point)
        program(x).backward()
        return x.grad
    except Exception as error:
        raise ValueError(
            f"engine: expected a class like Value, got {shown(engine)}, in which "
            f"'{program}' raised {type(error).__name__}: {error}"
        ) from error


def _letter(place: int) -> str:
    return "xabcde"[place]
