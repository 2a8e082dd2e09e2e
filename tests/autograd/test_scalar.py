import copy
import gc
import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from d2l_utils.autograd import Dual, Program, Value, path_totals, topological_order
from d2l_utils.checks import central_difference

EPS = 2.0**-52
UNARY = ("exp", "tanh", "relu", "sigmoid", "neg")
BINARY = ("+", "-", "*", "/")

PAIRS: list[tuple[Callable[..., Any], tuple[float, ...]]] = [
    (lambda a, b: a + b, (2.0, 5.0)),
    (lambda a, b: a - b, (2.0, 5.0)),
    (lambda a, b: a * b, (2.0, 5.0)),
    (lambda a, b: a / b, (2.0, 8.0)),
    (lambda a, b: a**b, (2.0, 3.0)),
    (lambda a: 1 - a, (2.0,)),
    (lambda a: 1 / a, (2.0,)),
    (lambda a: 2**a, (3.0,)),
    (lambda a: a**2, (-2.0,)),
    (lambda a: a**0, (0.0,)),
    (lambda a: a**1, (0.0,)),
    (lambda a: a**0.5, (0.0,)),
    (lambda a: -a, (2.0,)),
    (lambda a: a.exp(), (0.5,)),
    (lambda a: a.log(), (0.5,)),
    (lambda a: a.tanh(), (0.5,)),
    (lambda a: a.relu(), (0.0,)),
    (lambda a: a.relu(), (-1.0,)),
    (lambda a: a.sigmoid(), (-40.0,)),
    (lambda a: a.sigmoid(), (800.0,)),
]


@pytest.mark.parametrize(("program", "point"), PAIRS)
def test_operation_and_slope_are_torchs(program: Callable[..., Any], point: Any) -> None:
    ours = [Value(number) for number in point]
    theirs = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in point]
    y, z = program(*ours), program(*theirs)
    y.backward()
    slopes = torch.autograd.grad(z, theirs)
    assert y.data == pytest.approx(z.item(), rel=1e-14, abs=1e-300)
    for a, b in zip(ours, slopes, strict=True):
        assert a.grad == pytest.approx(b.item(), rel=1e-14, abs=1e-300)


steps = st.lists(
    st.tuples(st.sampled_from(UNARY + BINARY), st.integers(0, 99), st.integers(0, 99)),
    min_size=1,
    max_size=12,
)


def _run(lines: Any, leaves: list[Any]) -> Any:
    """Numbers are squeezed by tanh where they would grow; several ends are joined."""
    known = list(leaves)
    for name, i, j in lines:
        a, b = known[i % len(known)], known[(i if j % 5 == 0 else j) % len(known)]
        known.append(
            {
                "+": lambda a=a, b=b: a + b,
                "-": lambda a=a, b=b: a - b,
                "*": lambda a=a, b=b: a * b,
                "/": lambda a=a, b=b: a / (b * b + 1),
                "neg": lambda a=a: -a,
                "relu": lambda a=a: a.relu(),
                "exp": lambda a=a: a.tanh().exp(),
                "tanh": lambda a=a: a.tanh(),
                "sigmoid": lambda a=a: a.sigmoid(),
            }[name]()
        )
        known[-1] = known[-1].tanh() if name == "*" else known[-1]
    result = known[-1]
    for extra in known[len(leaves) : -1][-3:]:
        result = result + extra
    return result


@settings(derandomize=True, max_examples=150, deadline=None, database=None)
@given(steps, st.lists(st.sampled_from([-1.5, -0.25, 0.5, 1.0, 2.0]), min_size=3, max_size=3))
def test_random_graphs_agree_with_torch_to_a_few_eps_of_the_path_sum(
    lines: Any, point: list[float]
) -> None:
    ours = [Value(number) for number in point]
    y = _run(lines, ours)
    y.backward()
    theirs = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in point]
    slopes = torch.autograd.grad(_run(lines, theirs), theirs, allow_unused=True)
    bounds = path_totals(y, abs)
    for a, b in zip(ours, slopes, strict=True):
        slope = 0.0 if b is None else b.item()
        size = bounds.get(a, 0.0)
        # Local slopes carry their own rounding, once per edge of a path.
        assert abs(a.grad - slope) <= 200 * EPS * max(size, 1e-6)


@settings(derandomize=True, max_examples=150, deadline=None, database=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["+", "*", "relu"]), st.integers(0, 99), st.integers(0, 99)),
        min_size=5,
        max_size=14,
    ),
    st.sampled_from([3, -2, 1]),
)
def test_random_programs_are_exactly_dual_numbers_as_long_as_floats_are_exact(
    drawn: list[tuple[str, int, int]], point: int
) -> None:
    lines = [
        (name, (i % place, j % place)[: 1 if name == "relu" else 2])
        for place, (name, i, j) in enumerate(drawn, start=1)
    ]
    program = Program(tuple(lines))
    x = Value(float(point))
    y = program(x)
    # Every partial sum of a gradient is below the sum of the sizes of its terms.
    sizes = path_totals(y, abs)
    assume(max(*sizes.values(), *(abs(node.data) for node in topological_order(y))) < 2**53)
    y.backward()
    assert x.grad == program(Dual(point, 1)).slope  # whole numbers of Python, of any size


def test_difference_quotient_agrees() -> None:
    def f(a: Any, b: Any) -> Any:
        return (a * b + a.tanh()).exp() / (b * b + 1) - (a * 3).sigmoid() ** 2

    a, b = Value(0.3), Value(-0.7)
    f(a, b).backward()
    point = torch.tensor([0.3, -0.7], dtype=torch.float64)
    slope = central_difference(lambda t: f(t[0], t[1]), point)
    assert torch.allclose(slope, torch.tensor([a.grad, b.grad], dtype=torch.float64), rtol=1e-8)


def test_leaves_add_up_over_sweeps_and_inner_nodes_start_afresh() -> None:
    a, b = Value(2.0), Value(5.0)
    c = a * b
    (c * 2).backward()
    (c * 3).backward()
    assert (a.grad, b.grad, c.grad) == (25.0, 10.0, 3.0)


def test_data_that_change_later_change_no_gradient() -> None:
    a, b = Value(2.0), Value(3.0)
    c = a * b
    b.data = 10.0
    c.backward()
    assert a.grad == 3.0


def test_deep_graphs_cannot_be_copied_but_can_be_freed() -> None:
    node = Value(1.0)
    for _ in range(50_000):
        node = node + 1.0
    for copied in (copy.deepcopy, pickle.dumps):
        with pytest.raises(RecursionError):
            copied(node)
    del node


def test_nothing_stays_alive_with_the_collector_off() -> None:
    gc.collect()
    gc.disable()
    try:
        x = y = Value(0.5)
        for _ in range(200):
            y = (y * x).tanh() + x
        y.backward()
        del x, y
        assert not any(type(each) is Value for each in gc.get_objects())
    finally:
        gc.enable()


@pytest.mark.parametrize("bad", ["3", None, [1.0], True, 1j, np.array([4, 5, 6])])
def test_what_is_no_number_is_refused(bad: Any) -> None:
    with pytest.raises(TypeError, match="expected a Value or a real number, got"):
        Value(bad)
    for use in (lambda: Value(1.0) + bad, lambda: bad * Value(1.0), lambda: bad - Value(1.0)):
        with pytest.raises(TypeError):
            use()


def test_domain_errors_are_said() -> None:
    with pytest.raises(ValueError, match="log: expected a number above 0, got -1"):
        Value(-1.0).log()
    with pytest.raises(ZeroDivisionError):
        1 / Value(0.0)


def test_numpy_numbers_stand_on_both_sides() -> None:
    x = Value(3.0)
    y = np.float64(2.0) * x + np.float32(1.0)
    y.backward()
    assert (type(y), y.data, x.grad) == (Value, 7.0, 2.0)


def test_slope_of_a_negative_base_by_its_exponent_is_nan_and_leaves_the_base_alone() -> None:
    a, b = Value(-2.0), Value(2.0)
    (a**b).backward()
    assert a.grad == -4.0
    assert math.isnan(b.grad)
    c = Value(-2.0)
    (c**2).backward()
    assert c.grad == -4.0


def test_repr_is_short() -> None:
    assert repr(Value(3.0) * 2) == "Value(6, grad=0)"


@pytest.mark.parametrize(("base", "power"), [(-2.0, 0.5), (0.0, -1.0), (0.0, -0.5)])
def test_powers_that_are_no_real_number_are_refused(base: float, power: float) -> None:
    for b in (power, Value(power)):
        with pytest.raises(ValueError, match="expected a power that is a real number"):
            Value(base) ** b
