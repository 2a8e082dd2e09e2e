from itertools import combinations
from typing import Any

import pytest

from d2l_utils.autograd import MISTAKES, RESOURCES, Value, check_engine, engine_with
from tests.autograd.reader_engines import RIGHT_SCALAR, WRONG_SCALAR, Shuffles


def test_right_engine_passes() -> None:
    report = check_engine(Value)
    assert report.passed
    assert report.mistakes == report.findings == report.left_out == ()
    assert repr(report).startswith("Passed: right on 36 programs")
    assert "<ul>" not in report._repr_html_()


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_named_and_no_other(name: str) -> None:
    report = check_engine(engine_with(name))
    assert not report.passed
    assert [each for each in report.mistakes if each in MISTAKES] == [name]
    assert any(MISTAKES[name].text[2:] in finding for finding in report.findings)
    # Passing totals on does walk every path; nothing else costs anything.
    others = ("every path",) if name.startswith("passes totals on") else ()
    assert report.mistakes[1:] == others


@pytest.mark.parametrize("name", RESOURCES)
def test_depth_work_and_memory_are_observed(name: str) -> None:
    report = check_engine(engine_with(name))
    assert name in report.mistakes
    # The recursive order is a function that refers to itself, which keeps its nodes alive.
    assert set(report.mistakes) - {name} <= {"keeps graphs alive"}


PAIRS = [
    pair
    for pair in combinations(
        ["overwrites", "pre-order", "relu slope at 0", "no power of a number"], 2
    )
    if pair != ("overwrites", "pre-order")
]


@pytest.mark.parametrize("pair", PAIRS)
def test_two_mistakes_are_both_named(pair: tuple[str, str]) -> None:
    assert check_engine(engine_with(*pair)).mistakes == pair


def test_three_mistakes_are_all_named() -> None:
    names = ("never resets", "relu slope at 0", "exponent without slope")
    assert check_engine(engine_with(*names)).mistakes == names


class Halved(Value):
    """No mistake of the catalogue."""

    def backward(self) -> None:
        super().backward()
        for source, _ in self.edges:
            source.grad /= 2


class Zero(Value):
    def backward(self) -> None:
        pass


class NoSlope(Value):
    def relu(self) -> Any:
        return type(self)(max(self.data, 0.0), (self, 1.0))


@pytest.mark.parametrize("engine", [Halved, Zero, NoSlope, object, int])
def test_unknown_mistakes_get_no_name(engine: type[Any]) -> None:
    report = check_engine(engine)
    assert not report.passed
    assert [name for name in report.mistakes if name in MISTAKES] == []
    assert "not by mistakes I know" in report.findings[0]


@pytest.mark.parametrize("engine", RIGHT_SCALAR)
def test_right_engines_in_other_forms_pass(engine: type[Any]) -> None:
    assert check_engine(engine).passed, check_engine(engine)


@pytest.mark.parametrize("engine", WRONG_SCALAR)
def test_new_mistakes_are_found_and_get_no_name(engine: type[Any]) -> None:
    report = check_engine(engine)
    assert report.mistakes == ()
    assert len(report.findings) == 1
    assert "not by mistakes I know" in report.findings[0]


def test_a_sweep_that_begins_at_0_hides_no_mistake_beside_it() -> None:
    class Both(engine_with("relu slope at 0")):  # type: ignore[misc]
        def backward(self) -> None:
            self.cleared()
            super().backward()

        def cleared(self) -> None:
            stack = [self]
            while stack:
                node = stack.pop()
                node.grad = 0.0
                stack.extend(source for source, _ in node.edges)

    assert check_engine(Both).mistakes[0] == "relu slope at 0"


def test_an_order_of_chance_is_observed() -> None:
    assert check_engine(Shuffles).mistakes == ("inputs in a set",)


def test_a_known_mistake_beside_an_unknown_one_gets_no_name_either() -> None:
    class Both(engine_with("relu slope at 0")):  # type: ignore[misc]
        def tanh(self) -> Any:
            y = self * 1
            return type(self)(y.data, (self, 7.0))

    report = check_engine(Both)
    assert report.mistakes == ()
    assert "relu(x) at 0" in report.findings[0]


class Small:
    """As much as the exercise asks for."""

    def __init__(self, data: float, edges: Any = ()) -> None:
        self.data, self.grad, self.edges = data, 0.0, edges

    def __add__(self, other: Any) -> Any:
        other = other if isinstance(other, Small) else Small(other)
        return Small(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other: Any) -> Any:
        other = other if isinstance(other, Small) else Small(other)
        return Small(self.data * other.data, [(self, other.data), (other, self.data)])

    __radd__, __rmul__ = __add__, __mul__

    def relu(self) -> Any:
        return Small(max(self.data, 0.0), [(self, float(self.data > 0))])

    backward = Value.backward


def test_operations_that_are_not_there_are_left_out() -> None:
    report = check_engine(Small)
    assert report.passed
    assert "exp(x) at 1" in report.left_out
    assert report.programs + len(report.left_out) == 36
    assert "Not tried" in report.summary


def test_only_a_class_is_judged() -> None:
    with pytest.raises(TypeError, match="expected a class"):
        check_engine(Value(1.0))  # type: ignore[arg-type]
