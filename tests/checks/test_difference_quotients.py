import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from d2l_utils.backprop.matrix_zoo import MatrixFunction, matrix_functions
from d2l_utils.checks.claims import relative_error
from d2l_utils.checks.difference_quotients import central_difference, default_step

pytestmark = pytest.mark.exercise(1)

SIZES = [(3, 4), (5, 2), (1, 3), (4, 1)]
NAMES = [one.name for one in matrix_functions(2, 3)]


def matrix(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def member(name: str, num_rows: int, num_cols: int) -> MatrixFunction:
    zoo = matrix_functions(num_rows, num_cols, torch.Generator().manual_seed(1))
    return next(one for one in zoo if one.name == name)


def cubes(X: Tensor) -> Tensor:
    return (X**3).sum()


def test_the_zoo_has_the_functions_of_the_exercise() -> None:
    assert len(NAMES) == len(set(NAMES)) == 8


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NAMES)
def test_closed_form_matches_autograd(name: str, size: tuple[int, int]) -> None:
    one, X = member(name, *size), matrix(*size).requires_grad_()
    value = one.f(X)
    (auto,) = torch.autograd.grad(value, X)
    closed = one.gradient(X.detach())
    assert value.shape == ()
    assert closed.shape == size
    assert relative_error(closed, auto) < 1e-12


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NAMES)
def test_closed_form_matches_central_differences(name: str, size: tuple[int, int]) -> None:
    one, X = member(name, *size), matrix(*size)
    assert relative_error(central_difference(one.f, X), one.gradient(X)) < 1e-7


@pytest.mark.parametrize("name", NAMES)
def test_autograd_passes_gradcheck_on_the_zoo(name: str) -> None:
    assert torch.autograd.gradcheck(member(name, 3, 2).f, matrix(3, 2).requires_grad_())


@pytest.mark.parametrize("name", NAMES)
def test_a_closed_form_is_a_tensor_of_its_own(name: str) -> None:
    one, X = member(name, 2, 3), matrix(2, 3)
    before = X.clone()
    one.gradient(X).add_(1)
    assert torch.equal(X, before)
    assert relative_error(one.gradient(X), central_difference(one.f, X)) < 1e-7


def test_the_same_generator_gives_the_same_functions() -> None:
    X = matrix(3, 2)
    first, second = (matrix_functions(3, 2, torch.Generator().manual_seed(4)) for _ in range(2))
    for a, b in zip(first, second, strict=True):
        assert torch.equal(a.gradient(X), b.gradient(X))


@pytest.mark.parametrize(
    ("sizes", "error", "message"),
    [
        ((0, 2), ValueError, "num_rows: expected at least 1 and at most 1,000, got 0"),
        ((2, -1), ValueError, "num_cols: expected at least 1 and at most 1,000, got -1"),
        ((2.0, 3), TypeError, "num_rows: expected an integer, got 2.0"),
        ((2, True), TypeError, "num_cols: expected an integer, got True"),
    ],
)
def test_zoo_refuses_impossible_sizes(
    sizes: tuple[Any, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        matrix_functions(*sizes)


def test_difference_of_a_hand_computed_case() -> None:
    X = torch.tensor([[1.0, 2.0, 0.0]], dtype=torch.float64)
    expected = torch.tensor([[3.0, 12.0, 0.0]], dtype=torch.float64)
    assert (central_difference(cubes, X) - expected).abs().max() < 1e-9


def test_truncation_error_is_the_square_of_the_step() -> None:
    # (x + h)^3 - (x - h)^3 = 2h (3 x^2 + h^2)
    X = matrix(2, 3)
    error = central_difference(cubes, X, step=0.25) - 3 * X**2
    assert (error - 0.0625).abs().max() < 1e-12


def test_difference_can_tell_a_wrong_gradient() -> None:
    X = matrix(3, 4)
    numeric = central_difference(cubes, X)
    assert relative_error(numeric, 3 * X**2 * 1.00001) > 1e-6
    with pytest.raises(ValueError, match="shape"):
        relative_error(numeric, (3 * X**2).T)


@pytest.mark.parametrize("shape", [(), (4,), (2, 3, 1), (0, 3)])
def test_difference_has_the_shape_and_dtype_of_its_input(shape: tuple[int, ...]) -> None:
    for dtype in (torch.float32, torch.float64):
        numeric = central_difference(cubes, matrix(*shape).to(dtype))
        assert numeric.shape == shape
        assert numeric.dtype == dtype


@pytest.mark.parametrize("make", [lambda X: X.T, lambda X: X[:, :1].expand(3, 2), lambda X: X[::2]])
def test_difference_accepts_views_and_leaves_them_alone(make: Callable[[Tensor], Tensor]) -> None:
    base = matrix(3, 4)
    X, before = make(base), base.clone()
    assert relative_error(central_difference(cubes, X), 3 * X**2) < 1e-7
    assert torch.equal(base, before)


def test_input_is_unchanged_even_if_f_writes_or_raises() -> None:
    X = matrix(2, 3).requires_grad_()
    before = X.detach().clone()

    def writes(Z: Tensor) -> Tensor:
        return Z.mul_(2).sum()

    assert relative_error(central_difference(writes, X), torch.full_like(before, 2)) < 1e-9
    with pytest.raises(ZeroDivisionError):
        central_difference(lambda Z: 1 / 0, X)
    assert torch.equal(X.detach(), before)
    assert X.grad is None


def test_f_may_return_a_float_or_use_autograd() -> None:
    X = matrix(2, 3)

    def slope_sum(Z: Tensor) -> Tensor:
        Z.requires_grad_()
        (gradient,) = torch.autograd.grad(cubes(Z), Z)
        return gradient.sum()

    assert relative_error(central_difference(lambda Z: float(cubes(Z)), X), 3 * X**2) < 1e-7
    assert relative_error(central_difference(slope_sum, X), 6 * X) < 1e-7


def test_default_step_is_the_cube_root_of_epsilon() -> None:
    assert default_step(torch.float64) == pytest.approx(2 ** (-52 / 3))
    assert default_step(torch.float32) == pytest.approx(2 ** (-23 / 3))
    with pytest.raises(TypeError, match=r"floating-point dtype, got torch\.int64"):
        default_step(torch.int64)


@pytest.mark.parametrize("step", [0.0, -1e-6, math.nan, math.inf])
def test_step_must_be_positive(step: float) -> None:
    with pytest.raises(ValueError, match="step: expected a positive number"):
        central_difference(cubes, matrix(2, 3), step=step)


def test_step_lost_in_rounding_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a change of 1e"):
        central_difference(cubes, torch.full((2, 3), 1e12), step=1e-3)


@pytest.mark.parametrize(
    ("f", "error", "message"),
    [
        (lambda X: X, ValueError, r"expected a scalar, shape \(\), got shape \(2, 3\)"),
        (lambda X: X.sum().reshape(1), ValueError, r"got shape \(1,\)"),
        (lambda X: X.sum().float(), TypeError, "dtype torch.float64 like X, got torch.float32"),
        (lambda X: X.sum().long(), TypeError, "got torch.int64"),
        (lambda X: None, TypeError, "expected a tensor or a float, got NoneType"),
        (lambda X: 1, TypeError, "got int"),
        (lambda X: X.sum() / 0, ValueError, "expected a finite value, got (-)?inf"),
        (lambda X: math.nan, ValueError, "expected a finite value, got nan"),
    ],
)
def test_f_must_return_one_precise_finite_number(
    f: Callable[[Tensor], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        central_difference(f, matrix(2, 3))


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([[1.0]], r"X: expected a tensor, got \["),
        (torch.ones(2, 3, dtype=torch.int64), "got torch.int64"),
        (torch.ones(2, 3, dtype=torch.complex64), "got dtype torch.complex64"),
    ],
)
def test_x_must_be_a_real_tensor(X: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        central_difference(cubes, X)
